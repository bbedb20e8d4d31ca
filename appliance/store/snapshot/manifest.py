"""What a generation says about itself, sealed by a hash, and how one is found whole or damaged."""

import hashlib
from enum import StrEnum
from pathlib import Path
from typing import Literal

import msgspec
from msgspec import Raw, Struct, field

from appliance.store.disk import file_hash
from appliance.store.snapshot.layout import BOX_DB, CONTENT_DB, MANIFEST, Layout

GenerationKind = Literal["deliberate", "timer", "shutdown"]


class Flaw(StrEnum):
    """Why a generation was passed over. Codes: people read them in their own language."""

    POINTER = "pointer"
    MISSING = "missing"
    MANIFEST = "manifest"
    REPLACED = "replaced"
    CONTENT = "content"
    BOX = "box"


FLAW_TEXT = {
    Flaw.POINTER: "the file that names the current generation cannot be read",
    Flaw.MISSING: "it is not there",
    Flaw.MANIFEST: "its manifest is damaged",
    Flaw.REPLACED: "its manifest is not the one that was saved",
    Flaw.CONTENT: "its content is damaged",
    Flaw.BOX: "its copy of the accounts is damaged",
}


class Damaged(Exception):
    """This generation is not what was saved."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(FLAW_TEXT[flaw])
        self.flaw = flaw


class Chosen(Struct, frozen=True, kw_only=True):
    """What a save by choice took; the rest is as in the generation `base` (None: as a box begins).

    `left_out`: ids of files that were meant and whose room is not in it (the first hundred). No names: a file
    that is erased for good leaves none here.
    """

    kinds: list[str]
    rooms: int
    files: int
    kept: bool
    base: int | None
    left_out: list[str] = field(default_factory=list)


class Manifest(Struct, frozen=True, kw_only=True):
    """One generation, as it was saved. New fields need a default: old manifests are never rewritten."""

    format: int = 1
    generation: int
    kind: GenerationKind
    saved_at: int
    by: str
    by_name: str
    note: str
    epoch: str
    program: str
    schema: int
    files: int
    bytes: int
    messages: int
    rooms: int
    members: int = 0
    posts: int = 0
    only: Chosen | None = None
    instead_of: int | None = None  # the generation that this one replaces, without what was erased
    lost: int = 0  # bodies that were lost before the save, and are named all the same
    content_sha256: str
    content_size: int
    box_sha256: str
    box_size: int


class _Sealed(Struct):
    sha256: str
    manifest: Raw


def seal(manifest: Manifest) -> bytes:
    """The file's bytes."""
    inner = msgspec.json.encode(manifest)
    sealed = _Sealed(hashlib.sha256(inner).hexdigest(), Raw(inner))
    return msgspec.json.encode(sealed) + b"\n"


def unseal(data: bytes) -> Manifest:
    """The manifest in these bytes. Raises Damaged."""
    try:
        sealed = msgspec.json.decode(data, type=_Sealed)
        if hashlib.sha256(sealed.manifest).hexdigest() != sealed.sha256:
            raise Damaged(Flaw.MANIFEST)
        return msgspec.json.decode(sealed.manifest, type=Manifest)
    except msgspec.MsgspecError as error:
        raise Damaged(Flaw.MANIFEST) from error


def read(layout: Layout, number: int, expected_sha256: str | None = None) -> Manifest:
    """The manifest of a generation whose files are there in full length. Does not read the databases."""
    data = _read_bytes(layout, number)
    if expected_sha256 is not None and hashlib.sha256(data).hexdigest() != expected_sha256:
        raise Damaged(Flaw.REPLACED)
    manifest = unseal(data)
    if manifest.generation != number:
        raise Damaged(Flaw.REPLACED)
    try:
        size = (layout.generation(number) / CONTENT_DB).stat().st_size
    except OSError as error:
        raise Damaged(Flaw.CONTENT) from error
    if size != manifest.content_size:
        raise Damaged(Flaw.CONTENT)
    return manifest


def verify(layout: Layout, number: int, expected_sha256: str | None = None) -> Manifest:
    """As `read`, and every byte of both databases is what was saved."""
    manifest = read(layout, number, expected_sha256)
    _check_hash(layout.generation(number) / CONTENT_DB, manifest.content_sha256, Flaw.CONTENT)
    _check_hash(layout.generation(number) / BOX_DB, manifest.box_sha256, Flaw.BOX)
    return manifest


def verify_box(layout: Layout, number: int) -> None:
    """Whether the copy of the accounts is what was saved, whatever became of the content."""
    manifest = unseal(_read_bytes(layout, number))
    _check_hash(layout.generation(number) / BOX_DB, manifest.box_sha256, Flaw.BOX)


def _read_bytes(layout: Layout, number: int) -> bytes:
    if not layout.generation(number).is_dir():
        raise Damaged(Flaw.MISSING)
    try:
        return (layout.generation(number) / MANIFEST).read_bytes()
    except OSError as error:
        raise Damaged(Flaw.MANIFEST) from error


def _check_hash(path: Path, sha256: str, flaw: Flaw) -> None:
    try:
        if file_hash(path) == sha256:
            return
    except OSError as error:
        raise Damaged(flaw) from error
    raise Damaged(flaw)
