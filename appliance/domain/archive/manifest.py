"""What an archive says about itself: every file in it by its SHA-256, signed by the box that made it.

Holds no bytes and trusts nobody.
"""

import msgspec
from msgspec import Struct

FORMAT = 1
KIND = "pichat-archive"
MANIFEST, SIGNATURE = "manifest.json", "manifest.sig"
CONTENT, BOX = "content.db", "box.db"
SIGNATURE_BYTES = 89  # 64 bytes in base64, and the end of the line


class Maker(Struct, frozen=True):
    """The box: its name for people, its id, and the public key that the id stands for (base64)."""

    id: str
    name: str
    key: str


class Listed(Struct, frozen=True):
    """One file of the archive."""

    path: str
    size: int
    sha256: str


class Counts(Struct, frozen=True):
    """For people who decide whether it is the right one."""

    files: int
    bytes: int
    messages: int
    rooms: int
    accounts: int


class Manifest(Struct, frozen=True, kw_only=True):
    """`manifest.json`. New fields need a default; a reader refuses a higher `format`. Times in ms."""

    kind: str = KIND
    format: int = FORMAT
    box: Maker
    made_at: int
    by: str
    generation: int
    saved_at: int
    note: str
    program: str
    schema: int
    box_schema: int
    passwords: bool
    counts: Counts
    bodies: dict[str, str]  # where the bytes of a SHA-256 are
    lost: list[str]  # bodies that the box did not have any more
    entries: list[Listed]


def encoded(manifest: Manifest) -> bytes:
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n"
