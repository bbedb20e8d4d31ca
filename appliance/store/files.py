"""Files as rows of content.db. Knows no rule; their bytes are the business of `blobs`."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from appliance.store.database import Connection

SortKey = Literal["created", "name", "size"]
KeepState = Literal["proposed", "approved", "declined"]
# "created" is the order of arrival: wall time jumps on a machine without a clock of its own.
_SORT_COLUMN: dict[SortKey, str] = {"created": "ev", "name": "name_key", "size": "size"}


# What is said of a file that somebody would like to keep, as conditions.
KEPT: dict[KeepState, str] = {
    "proposed": "keep = 1 AND approved IS NULL",
    "approved": "keep = 1 AND approved = 1",
    "declined": "keep = 1 AND approved = 0",
}


@dataclass(frozen=True, slots=True)
class FileRow:
    """One file. The fields are the columns (STORED), but `stable`: whether a boot would bring it back."""

    id: str
    ev: int
    name: str
    name_key: str
    size: int
    type: str
    sha256: str
    state: str
    scan: str
    owner: str
    owner_name: str
    created: int
    keep: bool = False
    reasons: str = "[]"
    description: str = ""
    width: int | None = None
    height: int | None = None
    folder: str = ""
    thumbnail: str | None = None
    thumbnail_size: int = 0
    approved: int | None = None  # of `keep`: 1 yes, 0 no, None: nobody has decided
    room: str | None = None
    stable: bool = False

    @property
    def bodies(self) -> tuple[str, ...]:
        """Whatever of it lies among the bodies."""
        return (self.sha256, self.thumbnail) if self.thumbnail else (self.sha256,)


ANYWHERE = "*"
_ROOMS = "SELECT room FROM members WHERE user = ? UNION SELECT id FROM rooms WHERE kind = 'public'"
_HELD = "state = 'rejected' OR (state = 'quarantined' AND scan IN ('pending', 'flagged'))"
_STRICT = " OR state = 'quarantined'"
STORED = tuple(column for column in FileRow.__slots__ if column != "stable")
_STABLE = "EXISTS (SELECT 1 FROM stable_files s WHERE s.id = files.id AND s.sha256 = files.sha256)"
_COLUMNS = f"{', '.join(STORED)}, {_STABLE} AS stable"
_PLACES = ", ".join("?" for _ in STORED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a list is asked for; `after` is the sort value and `ev` of the last file of the page before.

    `room`: none, one, or ANYWHERE; `held`: also what is held back in any room, by a box that is `strict`.
    """

    name_part: str = ""
    state: str = ""
    scan: str = ""
    owner: str = ""
    folder: str = ""
    room: str = ""
    held: bool = False
    strict: bool = False
    stable: bool | None = None
    keep: KeepState | None = None
    sort: SortKey = "created"
    descending: bool = True
    after: tuple[int | str, int] | None = None
    limit: int = 100


def insert(db: Connection, row: FileRow) -> None:
    values = [getattr(row, column) for column in STORED]
    columns = ", ".join(STORED)
    db.execute(f"INSERT INTO files ({columns}) VALUES ({_PLACES})", values)  # noqa: S608 (own columns)


def find(db: Connection, file_id: str) -> FileRow | None:
    found = db.execute(f"SELECT {_COLUMNS} FROM files WHERE id = ?", (file_id,)).fetchone()  # noqa: S608
    return _row(found) if found else None


def newest_named(db: Connection, name: str) -> FileRow | None:
    """The one that came last, of those that have exactly this name."""
    sql = f"SELECT {_COLUMNS} FROM files WHERE name = ? AND room IS NULL ORDER BY ev DESC LIMIT 1"  # noqa: S608
    found = db.execute(sql, (name,)).fetchone()
    return _row(found) if found else None


def named(db: Connection) -> frozenset[str]:
    """Every body that a file has."""
    return frozenset(str(row[0]) for row in db.execute("SELECT sha256 FROM bodies"))


def find_many(db: Connection, file_ids: Iterable[str]) -> list[FileRow]:
    """Those of the ids that exist, in the order asked for."""
    rows = (find(db, file_id) for file_id in file_ids)
    return [row for row in rows if row is not None]


def listed(db: Connection, wanted: Listing, user: str) -> list[FileRow]:
    """One page, at most `limit` rows. Of what came for rooms a rough sieve: the domain looks again."""
    column = _SORT_COLUMN[wanted.sort]
    way, beyond = ("DESC", "<") if wanted.descending else ("ASC", ">")
    where, values = _conditions(wanted, user)
    if wanted.after is not None:
        where.append(f"({column}, ev) {beyond} (?, ?)")
        values += wanted.after
    text = (
        f"SELECT {_COLUMNS} FROM files WHERE {' AND '.join(where) or '1'}"  # noqa: S608 (own columns)
        f" ORDER BY {column} {way}, ev {way} LIMIT ?"
    )
    return [_row(found) for found in db.execute(text, [*values, wanted.limit])]


def delete(db: Connection, file_id: str) -> bool:
    """Whether there was one."""
    return db.execute("DELETE FROM files WHERE id = ?", (file_id,)).rowcount > 0


def describe(db: Connection, row: FileRow) -> None:
    """What people say of it from now on."""
    said = ("name", "name_key", "folder", "description", "keep", "approved")
    values = [getattr(row, column) for column in said]
    db.execute(f"UPDATE files SET {' = ?, '.join(said)} = ? WHERE id = ?", (*values, row.id))  # noqa: S608


def depict(db: Connection, file_id: str, thumbnail: str, size: int) -> None:
    """Its small picture from now on."""
    sql = "UPDATE files SET thumbnail = ?, thumbnail_size = ? WHERE id = ?"
    db.execute(sql, (thumbnail, size, file_id))


def of_room(db: Connection, room: str) -> list[str]:
    """What came for the messages of a room, by id."""
    return [file for (file,) in db.execute("SELECT id FROM files WHERE room = ?", (room,))]


def unsent(db: Connection, last: int) -> list[str]:
    """What came for messages up to an event, and no message has."""
    text = (
        "SELECT id FROM files WHERE room IS NOT NULL AND ev <= ?"
        " AND NOT EXISTS (SELECT 1 FROM message_files WHERE file = files.id)"
    )
    return [file for (file,) in db.execute(text, (last,))]


def drop_unneeded(db: Connection, file_ids: Iterable[str]) -> list[str]:
    """Takes away those that came for a room and that no message has; answers what lies among the bodies."""
    bodies: list[str] = []
    for row in find_many(db, file_ids):
        sent = db.execute("SELECT 1 FROM message_files WHERE file = ?", (row.id,)).fetchone()
        if row.room is not None and sent is None:
            delete(db, row.id)
            bodies += row.bodies
    return bodies


def is_named(db: Connection, sha256: str) -> bool:
    """Whether a file has this body, or this small picture."""
    sql = "SELECT sha256 FROM files WHERE sha256 = :one UNION ALL SELECT id FROM files WHERE thumbnail = :one"
    return db.execute(sql, {"one": sha256}).fetchone() is not None


def stand(db: Connection, file_id: str, *, state: str, scan: str, reasons: str) -> None:
    """How it stands from now on."""
    sql = "UPDATE files SET state = ?, scan = ?, reasons = ? WHERE id = ?"
    db.execute(sql, (state, scan, reasons, file_id))


def pending(db: Connection, limit: int = -1) -> list[FileRow]:
    """Those that wait to be scanned, in the order of their arrival."""
    text = f"SELECT {_COLUMNS} FROM files WHERE scan = 'pending' ORDER BY ev LIMIT ?"  # noqa: S608 (own columns)
    return [_row(found) for found in db.execute(text, (limit,))]


def unscanned(db: Connection, but: str) -> FileRow | None:
    """The first that nobody rejected and no antivirus looked at, without `but` among its reasons."""
    text = (
        f"SELECT {_COLUMNS} FROM files WHERE scan = 'unscanned' AND state != 'rejected'"  # noqa: S608
        " AND instr(reasons, ?) = 0 ORDER BY ev LIMIT 1"
    )
    found = db.execute(text, (but,)).fetchone()
    return _row(found) if found else None


def of_body(db: Connection, sha256: str) -> list[FileRow]:
    """Every file that has this body."""
    text = f"SELECT {_COLUMNS} FROM files WHERE sha256 = ? ORDER BY ev"  # noqa: S608 (own columns)
    return [_row(found) for found in db.execute(text, (sha256,))]


def standings(db: Connection) -> dict[tuple[str, str], int]:
    """How many files there are of each state and scan."""
    rows = db.execute("SELECT state, scan, count(*) FROM files GROUP BY state, scan")
    return {(state, scan): count for state, scan, count in rows}


def bytes_of(db: Connection, owner: str) -> int:
    """What somebody's files weigh together."""
    found = db.execute("SELECT coalesce(sum(size), 0) FROM files WHERE owner = ?", (owner,)).fetchone()
    return int(found[0])


def names_of_body(db: Connection, sha256: str) -> int:
    """How many files have this body."""
    found = db.execute("SELECT count(*) FROM files WHERE sha256 = ?", (sha256,)).fetchone()
    return int(found[0])


def _conditions(wanted: Listing, user: str) -> tuple[list[str], list[int | str]]:
    where, values = _of_rooms(wanted, user)
    if wanted.name_part:
        where.append("instr(name_key, ?) > 0")
        values.append(wanted.name_part)
    for column, value in (("state", wanted.state), ("scan", wanted.scan), ("owner", wanted.owner)):
        if value:
            where.append(f"{column} = ?")
            values.append(value)
    if wanted.folder:
        where.append("(folder = ? OR substr(folder, 1, ?) = ?)")
        values += (wanted.folder, len(wanted.folder) + 1, f"{wanted.folder}/")
    if wanted.keep is not None:
        where.append(KEPT[wanted.keep])
    if wanted.stable is not None:
        where.append(f"{_STABLE} = {int(wanted.stable)}")
    return where, values


def _of_rooms(wanted: Listing, user: str) -> tuple[list[str], list[int | str]]:
    if wanted.room == ANYWHERE:
        return [f"(room IS NULL OR room IN ({_ROOMS}))"], [user]
    if wanted.room:
        return ["room = ?"], [wanted.room]
    if wanted.held:
        return [f"(room IS NULL OR {_HELD}{_STRICT if wanted.strict else ''})"], []
    return ["room IS NULL"], []


def _row(found: Any) -> FileRow:
    return FileRow(**{**dict(found), "keep": bool(found["keep"]), "stable": bool(found["stable"])})
