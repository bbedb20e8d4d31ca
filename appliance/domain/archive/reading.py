"""Opens an archive that somebody brought, and believes nothing of it until every byte was looked at.

Nothing is written by the names in it, so a path in it leads nowhere; memory and time have bounds.
"""

import hashlib
import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, BinaryIO, Literal, NamedTuple, cast

import msgspec
from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.domain.archive import manifest as form
from appliance.domain.archive.manifest import Manifest
from appliance.store import schema
from appliance.store.archive import seal

LARGEST_LIST = 64 * 1024 * 1024  # of the zip's directory and of the manifest: some 300,000 files
BOMB_RATIO = 100
CHUNK = 1024 * 1024
Signer = Literal["own", "known", "unknown"]
_LOCKED = 0x2041
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (
    zipfile.BadZipFile,
    RuntimeError,
    ValueError,
    EOFError,
    struct.error,
    zlib.error,
    OverflowError,
    KeyError,
)


class Header(Struct, frozen=True):
    """What every format that there will ever be begins with."""

    kind: str
    format: int


class Checked(NamedTuple):
    """How far the look at every byte has come, in bytes."""

    done: int
    total: int


def bad(reason: str, name: str = "") -> Refusal:
    """What is wrong with it: `not_an_archive`, `truncated`, `manifest`, `signature`, `paths`, `changed`..."""
    if name:
        return Refusal(Code.BAD_REQUEST, field="archive", reason=reason, name=name)
    return Refusal(Code.BAD_REQUEST, field="archive", reason=reason)


class _Bounded:
    """A file of which nobody reads a great piece at once, whatever its directory says."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def seekable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, LARGEST_LIST + 1) if size >= 0 else LARGEST_LIST + 1)
        if len(data) > LARGEST_LIST:
            raise ValueError("too much at once")
        return data


class Archive:
    """One archive, open. `verify` before anything of it is used."""

    def __init__(self, source: Path | BinaryIO) -> None:
        """Looks at the directory, the manifest and the signature. Refusal(bad_request) says what is wrong."""
        self._file = source.open("rb") if isinstance(source, Path) else source
        try:
            self._size = self._file.seek(0, os.SEEK_END)
            self._zip = self._opened()
            self.raw = self._small(form.MANIFEST)
            self.manifest = _understood(self.raw)
            self._check_signature()
            self._sizes = self._listed()
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        self._zip.close()
        self._file.close()

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def sha256(self) -> str:
        """Of the manifest: two archives that say the same are the same."""
        return hashlib.sha256(self.raw).hexdigest()

    @property
    def weight(self) -> int:
        """Bytes of everything in it."""
        return sum(self._sizes.values())

    def signer(self, own: str, known: dict[str, str]) -> Signer:
        """Whether this box, or one that was trusted once, signed it."""
        key = self.manifest.box.key
        if key == own:
            return "own"
        return "known" if key in known.values() else "unknown"

    def verify(self, tell: Callable[[Checked], None], stopped: Callable[[], bool] = lambda: False) -> None:
        """Every byte of it is what the manifest says. Refusal(bad_request, changed) with the name."""
        done = 0
        for entry in self.manifest.entries:
            digest = hashlib.sha256()
            for piece in self.read(entry.path):
                if stopped():
                    raise Refusal(Code.BUSY)
                digest.update(piece)
                done += len(piece)
                tell(Checked(done, self.weight))
            if digest.hexdigest() != entry.sha256:
                raise bad("changed", entry.path)

    def read(self, path: str) -> Iterator[bytes]:
        """The bytes of one entry, as many as the manifest says."""
        left = self._sizes[path]
        try:
            with self._zip.open(path) as file:
                while piece := file.read(min(CHUNK, left + 1)):
                    left -= len(piece)
                    if left < 0:
                        raise bad("changed", path)
                    yield piece
        except OSError:
            raise
        except _BROKEN as error:
            raise bad("changed", path) from error
        if left:
            raise bad("changed", path)

    def body(self, sha256: str) -> Iterator[bytes] | None:
        """The bytes of a file's body; None when the archive has not got it."""
        path = self.manifest.bodies.get(sha256)
        return self.read(path) if path in self._sizes else None

    def has(self, sha256: str) -> bool:
        return self.manifest.bodies.get(sha256) in self._sizes

    # Inside

    def _opened(self) -> zipfile.ZipFile:
        try:
            opened = zipfile.ZipFile(cast(IO[bytes], _Bounded(self._file)))
        except _BROKEN as error:
            self._file.seek(0)
            began_well = self._file.read(4) == b"PK\x03\x04"
            raise bad("truncated" if began_well else "not_an_archive") from error
        names = set()
        for info in opened.infolist():
            if info.flag_bits & _LOCKED or info.compress_type not in _METHODS:
                raise bad("not_an_archive", info.filename)
            if _leads_out(info) or info.filename in names:
                raise bad("paths", info.filename)
            names.add(info.filename)
        return opened

    def _small(self, name: str) -> bytes:
        """A file that fits into memory."""
        try:
            info = self._zip.getinfo(name)
            if info.file_size > LARGEST_LIST:
                raise bad("manifest", name)
            with self._zip.open(info) as file:
                data = file.read(LARGEST_LIST + 1)
        except KeyError:
            raise bad("not_an_archive") from None
        except _BROKEN as error:
            raise bad("changed", name) from error
        if len(data) > LARGEST_LIST:
            raise bad("manifest", name)
        return data

    def _check_signature(self) -> None:
        box = self.manifest.box
        signature = self._small(form.SIGNATURE).decode("ascii", "replace").strip()
        if not seal.holds(box.key, self.raw, signature) or seal.box_of(box.key) != box.id:
            raise bad("signature")

    def _listed(self) -> dict[str, int]:
        """Every file of the manifest is there with its length, and nothing else is."""
        there = {info.filename: info for info in self._zip.infolist()}
        sizes = {entry.path: entry.size for entry in self.manifest.entries}
        for path, size in sizes.items():
            if path not in there:
                raise bad("missing", path)
            if there[path].file_size != size or size < 0:
                raise bad("changed", path)
        if extra := there.keys() - sizes.keys() - {form.MANIFEST, form.SIGNATURE}:
            raise bad("unlisted", min(extra))
        if not {form.CONTENT, form.BOX} <= sizes.keys():
            raise bad("missing", form.CONTENT)
        if sum(sizes.values()) > self._size * BOMB_RATIO:
            raise bad("bomb")
        return sizes


def _understood(raw: bytes) -> Manifest:
    try:
        header = msgspec.json.decode(raw, type=Header)
        if header.kind != form.KIND:
            raise bad("not_an_archive")
        if header.format > form.FORMAT:
            raise Refusal(Code.CONFLICT, reason="newer")
        found = msgspec.json.decode(raw, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise bad("manifest") from error
    if found.schema > len(schema.CONTENT) or found.box_schema > len(schema.BOX):
        raise Refusal(Code.CONFLICT, reason="newer")
    return found


def _leads_out(info: zipfile.ZipInfo) -> bool:
    """Links, folders, drives and the way up: none of them is in an archive of ours."""
    name = info.filename
    parts = name.split("/")
    is_link = (info.external_attr >> 28) == 0xA
    return (
        is_link or "\\" in name or "\0" in name or ":" in name or any(one in ("", ".", "..") for one in parts)
    )
