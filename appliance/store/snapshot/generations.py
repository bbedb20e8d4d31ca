"""The saved generations: which there are, which is current, which go. Never changes what is inside one."""

import sqlite3
from collections.abc import Callable, Set
from contextlib import closing, suppress
from pathlib import Path

from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.store.blobs import body_path
from appliance.store.disk import Disk, file_hash, replace
from appliance.store.schema import CONTENT
from appliance.store.snapshot import sessions
from appliance.store.snapshot.layout import CONTENT_DB, MANIFEST, Layout
from appliance.store.snapshot.manifest import Damaged, Flaw, Manifest, read, verify
from appliance.store.snapshot.outcome import Passed

KEEP_DELIBERATE = 5
KEEP_AUTOMATIC = 2
SAVED = "saved"  # in box.db's meta: a generation that was saved, so that losing all of them is noticed
NUMBER = "generation"  # there too: the newest number ever given, whether or not the save came to its end
_BUILDING = "building-"
_GONE = "gone-"
_log = logger("store")


def numbers(layout: Layout) -> list[int]:
    """All of them, the oldest first, whole or not."""
    return sorted(int(path.name) for path in layout.stable.iterdir() if path.name.isdecimal())


def building(layout: Layout, number: int) -> Path:
    """Where a generation grows until it is complete."""
    return layout.stable / f"{_BUILDING}{number}"


def pointer(layout: Layout) -> tuple[int, str] | None:
    """What `stable/CURRENT` says; None when there is none. Raises Damaged."""
    try:
        number, sha256 = layout.stable_current.read_text("ascii").split()
        return int(number), sha256
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise Damaged(Flaw.POINTER) from error


def point_at(layout: Layout, disk: Disk, number: int) -> None:
    """From here on a boot leads to this generation. Durable when it returns."""
    sha256 = file_hash(layout.generation(number) / MANIFEST)
    replace(disk, layout.stable_current, f"{number} {sha256}\n".encode(), durable=True)


def candidates(layout: Layout) -> tuple[list[tuple[int, str | None]], list[Passed]]:
    """In which order a boot tries them: the current one, those before it, at last those after it.

    With a pointer that cannot be read, the newest is the best guess.
    """
    found = numbers(layout)
    try:
        named = pointer(layout)
    except Damaged as damage:
        return [(number, None) for number in reversed(found)], [Passed(None, damage.flaw)]
    if named is None:
        return [(number, None) for number in reversed(found)], []
    current, sha256 = named
    older = [(number, None) for number in reversed(found) if number < current]
    newer = [(number, None) for number in found if number > current]
    return [(current, sha256), *older, *newer], []


def effective(layout: Layout, bad: frozenset[int] = frozenset()) -> Manifest | None:
    """The generation to which a boot would lead, as far as a look at the manifests tells."""
    for number, sha256 in candidates(layout)[0]:
        if number not in bad:
            with suppress(Damaged):
                return read(layout, number, sha256)
    return None


def make_current(layout: Layout, disk: Disk, number: int) -> Manifest:
    """An older one becomes current again, after a look at every byte of it."""
    manifest = checked(layout, number)
    point_at(layout, disk, number)
    return manifest


def checked(layout: Layout, number: int) -> Manifest:
    """`verify`, with refusals for people."""
    try:
        manifest = verify(layout, number)
    except Damaged as damage:
        if damage.flaw is Flaw.MISSING:
            raise Refusal(Code.NOT_FOUND) from None
        raise Refusal(Code.CONFLICT, reason="damaged", flaw=damage.flaw.value) from damage
    if manifest.schema > len(CONTENT):
        raise Refusal(Code.CONFLICT, reason="newer")
    return manifest


def delete(layout: Layout, disk: Disk, number: int) -> None:
    """Takes one away for good. Gone for every later boot before its first file goes."""
    if not layout.generation(number).is_dir():
        raise Refusal(Code.NOT_FOUND)
    gone = layout.stable / f"{_GONE}{number}"
    disk.remove(gone)
    disk.rename(layout.generation(number), gone)
    disk.sync_folder(layout.stable)
    disk.remove(gone)


def set_aside(layout: Layout, disk: Disk, now: int) -> None:
    """Everything that was saved gets another name, whole: the way out when none of it can be read."""
    for folder in (layout.stable, layout.blobs):
        disk.rename(folder, folder.with_name(f"{folder.name}.aside-{now}"))
        disk.mkdir(folder)
    disk.sync_folder(layout.data)


def surplus(layout: Layout, current: int) -> list[int]:
    """Those that the newer ones push out: five deliberate and two automatic stay, and the current one."""
    deliberate: list[int] = []
    automatic: list[int] = []
    for number in reversed(numbers(layout)):
        (automatic if _is_automatic(layout, number) else deliberate).append(number)
    old = deliberate[KEEP_DELIBERATE:] + automatic[KEEP_AUTOMATIC:]
    return [number for number in old if number != current]


def clear_leftovers(layout: Layout, disk: Disk) -> bool:
    """Removes what a save or a deletion left when its process ended; whether there was anything."""
    left = [path for shape in (f"{_BUILDING}*", f"{_GONE}*", "*.new") for path in layout.stable.glob(shape)]
    for folder in left:
        disk.remove(folder)
    return bool(left)


def bodies(path: Path) -> dict[str, int]:
    """The bodies that a saved database names, with their sizes. Leaves no trace beside it."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        return named_bodies(db)


def named_bodies(db: sqlite3.Connection) -> dict[str, int]:
    """Rejected and unfinished files keep their rows, and nobody their bytes."""
    rows = db.execute(
        f"SELECT sha256, max(size) FROM {naming(db)}"  # noqa: S608 (own names)
        " WHERE state IN ('quarantined', 'released') GROUP BY 1"
    )
    return {str(sha256): int(size) for sha256, size in rows}


def naming(db: sqlite3.Connection) -> str:
    """Where a database names its bodies. What an older program saved stays as it was saved."""
    return "bodies" if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'bodies'").fetchone() else "files"


def saved_files(layout: Layout, number: int | None) -> list[tuple[str, str]]:
    """Id and SHA-256 of every file of a generation; of none, no file. Raises Damaged."""
    if number is None:
        return []
    path = layout.generation(number) / CONTENT_DB
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            return [(str(one), str(sha256)) for one, sha256 in db.execute("SELECT id, sha256 FROM files")]
    except sqlite3.Error as error:
        raise Damaged(Flaw.CONTENT) from error


def second_yes(layout: Layout, flagged: str) -> list[str]:
    """Ids of the files that look dangerous (an SQL condition) and that a boot brings all the same."""
    if (manifest := effective(layout)) is None:
        return []
    path = layout.generation(manifest.generation) / CONTENT_DB
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
            return [str(id) for (id,) in db.execute(f"SELECT id FROM files WHERE {flagged}")]  # noqa: S608 (own words)
    except sqlite3.Error:  # a boot would not lead there either
        return []


def sweep_bodies(layout: Layout, disk: Disk, epoch: str, held: Callable[[], Set[str]]) -> int:
    """Unlinks kept bodies that no generation names and no session leans on; answers how many.

    Only under the save lock. While any generation is damaged nothing goes: it may name what looks unneeded.
    `held`: the bodies that nothing names at this moment and that somebody may still name.
    """
    wanted = _leant_on(layout, epoch)
    for other in sessions.earlier(layout, but=epoch):
        with suppress(sqlite3.Error):
            wanted |= _leant_on(layout, other)
    for number in numbers(layout):
        try:
            verify(layout, number)
            wanted |= bodies(layout.generation(number) / CONTENT_DB).keys()
        except (Damaged, sqlite3.Error) as problem:
            _log.warning("bodies are not cleared away while generation %d is damaged: %s", number, problem)
            return 0
    wanted |= held()  # last: a row that went while we looked left its body there
    unneeded = [path for path in layout.blobs.glob("??/*") if path.name not in wanted]
    for path in unneeded:
        disk.remove(path)
    return len(unneeded)


def _leant_on(layout: Layout, epoch: str) -> set[str]:
    """The bodies that a session names and does not have itself."""
    own = layout.session(epoch) / "blobs"
    with closing(sessions.look(layout, epoch)) as db:
        source = naming(db)
        rows = db.execute(f"SELECT DISTINCT sha256 FROM {source} WHERE state != 'receiving'").fetchall()  # noqa: S608
    named = {str(row[0]) for row in rows}
    return {sha256 for sha256 in named if not body_path(own, sha256).exists()}


def _is_automatic(layout: Layout, number: int) -> bool:
    try:
        return read(layout, number).kind != "deliberate"
    except Damaged:
        return False
