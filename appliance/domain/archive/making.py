"""Lays an archive out and gives its bytes in order. Memory is bounded: nothing is kept but names and sizes.

The length is known before the first byte: what is made here is made once to be measured, once to be sent.
"""

import hashlib
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from appliance import __version__
from appliance.base.errors import Code, Refusal
from appliance.domain import zipping
from appliance.domain.archive import manifest as form
from appliance.domain.archive import pages
from appliance.domain.archive.manifest import Counts, Listed, Maker, Manifest
from appliance.domain.custody import HARMLESS
from appliance.domain.room_access import PUBLIC
from appliance.store import schema
from appliance.store.archive.seal import Seal
from appliance.store.archive.source import People, Source, boxed
from appliance.store.files import FileRow
from appliance.store.rooms import RoomRow
from appliance.store.snapshot.manifest import Manifest as Saved

CHUNK = 256 * 1024
HELD = "retenidos"  # the folder of what looks dangerous: by hash, with no ending that a double click runs
Bytes = Callable[[], Iterator[bytes]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody wants in it. `private_rooms`: as pages too; the database has them anyway."""

    at: int
    by: str
    name: str  # of the box
    passwords: bool = False
    private_rooms: bool = False


@dataclass(slots=True)
class Part:
    """One file of the archive. `body`: the SHA-256 that it has to have."""

    path: str
    size: int
    at: int
    pieces: Bytes
    sha256: str = "0" * 64
    body: str = ""


class Making:
    """One archive. `size` is its length; `pieces` may be gone through once."""

    def __init__(self, source: Source, people: People, saved: Saved, seal: Seal, wish: Wish) -> None:
        self._source, self._people, self._saved = source, people, saved
        self._seal, self._wish = seal, wish
        self.maker = Maker(seal.box, wish.name, seal.public)
        self._taken: set[str] = set()
        self._files = [row for row in source.files() if row.state in ("quarantined", "released")]
        self._rooms = source.rooms()
        self._names = {row.id: row.name for row in people.users}
        self._bodies: dict[str, str] = {}
        self._lost: list[str] = []
        self.counts = self._counted()
        self._parts = self._laid()
        about = len(form.encoded(self._manifest()))
        listed = [(part.path, part.size, part.at) for part in self._parts]
        listed += [(form.MANIFEST, about, wish.at), (form.SIGNATURE, form.SIGNATURE_BYTES, wish.at)]
        self._entries = zipping.laid_out(listed)
        self.size = zipping.length(self._entries)

    @property
    def lost(self) -> int:
        """How many bodies are named and nobody has."""
        return len(self._lost)

    def close(self) -> None:
        self._source.close()

    def pieces(self) -> Iterator[bytes]:
        """Every byte. Refusal(gone) when a body is not what it was (`damaged`: its SHA-256), for the archive
        is not complete then.
        """
        for part, entry in zip(self._parts, self._entries, strict=False):
            yield entry.head
            digest, count = hashlib.sha256(), 0
            for piece in part.pieces():
                digest.update(piece)
                count += len(piece)
                entry.crc = zlib.crc32(piece, entry.crc)
                yield piece
            part.sha256 = digest.hexdigest()
            if count != part.size or part.body not in ("", part.sha256):
                raise Refusal(Code.GONE, reason="damaged", name=part.path, sha256=part.body)
            yield entry.tail
        about = form.encoded(self._manifest())
        signature = f"{self._seal.sign(about)}\n".encode()
        for entry, data in zip(self._entries[-2:], (about, signature), strict=True):
            entry.crc = zlib.crc32(data)
            yield entry.head + data + entry.tail
        yield zipping.directory(self._entries)

    # What is in it

    def _laid(self) -> list[Part]:
        """The page to begin with comes first, the bodies last."""
        stored = [*self._stored_bodies()]
        rooms = [room for room in self._rooms if room.kind == PUBLIC or self._wish.private_rooms]
        files = {row.id: row for row in self._files}
        told: list[Part] = []
        listed: list[tuple[RoomRow, str, int]] = []
        for room in rooms:
            html, lines = self._paths_of(room)
            listed.append((room, html, self._source.count(room.id)))
            told.append(self._made(html, self._page_of(room, files)))
            told.append(self._made(lines, self._lines_of(room, files)))
        hidden = len(self._rooms) - len(rooms)
        first = self._made(
            "LEEME.html",
            lambda: pages.index(
                self.maker,
                self._saved,
                self.counts,
                rooms=listed,
                files=self._files,
                paths=self._bodies,
                hidden=hidden,
            ),
        )
        box = boxed(self._people, passwords=self._wish.passwords)
        path, at = self._source.path, self._saved.saved_at
        databases = [
            Part(form.CONTENT, path.stat().st_size, at, lambda: _read(path)),
            Part(form.BOX, len(box), at, lambda: iter((box,))),
        ]
        return [first, *told, *databases, *stored]

    def _page_of(self, room: RoomRow, files: dict[str, FileRow]) -> Bytes:
        return lambda: pages.room_page(room, self._source.said(room.id), files, self._bodies, self._name)

    def _lines_of(self, room: RoomRow, files: dict[str, FileRow]) -> Bytes:
        return lambda: pages.room_lines(self._source.said(room.id), files, self._bodies, self._name)

    def _paths_of(self, room: RoomRow) -> tuple[str, str]:
        html = self._settled(f"salas/{_flat(room.name) or room.id}.html")
        return html, self._settled(f"{html.removesuffix('.html')}.jsonl")

    def _stored_bodies(self) -> Iterator[Part]:
        """Each once, under the first name that it has."""
        wanted = self._source.bodies()
        for row in self._files:
            if row.sha256 in wanted:
                held = row.state != "released" and row.scan not in HARMLESS
                folder = "/".join(_flat(part) for part in row.folder.split("/")) if row.folder else ""
                path = (
                    f"{HELD}/{row.sha256}.bin"
                    if held
                    else "/".join(part for part in ("archivos", folder, _flat(row.name)) if part)
                )
                yield from self._stored(row.sha256, wanted.pop(row.sha256), path, row.created)
        for sha256, size in wanted.items():  # small pictures
            yield from self._stored(sha256, size, f"miniaturas/{sha256}", self._saved.saved_at)

    def _stored(self, sha256: str, size: int, path: str, at: int) -> Iterator[Part]:
        place = self._source.body(sha256, size)
        if place is None:
            self._lost.append(sha256)
            return
        self._bodies[sha256] = self._settled(path)
        yield Part(self._bodies[sha256], size, at, lambda: _read(place), body=sha256)

    def _made(self, path: str, pieces: Bytes) -> Part:
        return Part(path, sum(map(len, pieces())), self._saved.saved_at, pieces)

    def _settled(self, path: str) -> str:
        return zipping.settled(path, self._taken)

    def _name(self, user: str, fallback: str) -> str:
        return self._names.get(user, fallback)

    def _counted(self) -> Counts:
        size = sum(row.size for row in self._files)
        messages = sum(self._source.count(room.id) for room in self._rooms)
        return Counts(len(self._files), size, messages, len(self._rooms), len(self._people.users))

    def _manifest(self) -> Manifest:
        return Manifest(
            box=self.maker,
            made_at=self._wish.at,
            by=self._wish.by,
            generation=self._saved.generation,
            saved_at=self._saved.saved_at,
            note=self._saved.note,
            program=__version__,
            schema=len(schema.CONTENT),
            box_schema=len(schema.BOX),
            passwords=self._wish.passwords,
            counts=self.counts,
            bodies=self._bodies,
            lost=self._lost,
            entries=[Listed(part.path, part.size, part.sha256) for part in self._parts],
        )


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb", buffering=0) as file:
        while piece := file.read(CHUNK):
            yield piece


def _flat(name: str) -> str:
    """A name that is no path."""
    return name.replace("/", "_").replace("\\", "_")
