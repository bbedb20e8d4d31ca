"""An update as one file: a page that says what it is, signed, and a squashfs of /opt/pichat behind it.

Reads and checks; must not decide whether the box wants it. `image/update.py` writes such files.
"""

import base64
import hashlib
import json
import platform
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from box.machine import Machine

MAGIC = "pichat-update 1"
HEAD = 4096  # bytes; the squashfs begins behind it
LARGEST = 512 * 1024 * 1024
KEY = "usr/lib/pichat/update.pem"  # Ed25519, public: whose updates this image takes
_VERSION = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6}){1,3}")
_CHUNK = 1024 * 1024


class Unfit(Exception):
    """An update that is not taken; `why` is a word: format, signature, truncated, older, no_space."""

    def __init__(self, why: str, version: str = "") -> None:
        super().__init__(f"{why} {version}".strip())
        self.why = why
        self.version = version


@dataclass(frozen=True, slots=True)
class About:
    """What the signed page says. `sha256` and `size` are the squashfs's."""

    version: str
    needs: str
    size: int
    sha256: str

    @property
    def name(self) -> str:
        return f"{self.sha256[:16]}.pichat"


def needed() -> str:
    """The Python and processor that byte code and libraries in there are for."""
    return f"{sys.implementation.cache_tag}-{platform.machine()}"


def number(version: str) -> tuple[int, ...]:
    """For comparing: 1.10 is newer than 1.9."""
    return tuple(int(part) for part in version.split(".")) if _VERSION.fullmatch(version) else (0,)


def head(raw: bytes, key: bytes, root: Path = Path("/")) -> About:
    """The first HEAD bytes of the file. Unfit: format, signature."""
    try:
        signed, _, rest = raw[:HEAD].partition(b"}\n")
        magic, _, text = (signed + b"}\n").decode().partition("\n")
        if len(raw) < HEAD or magic != MAGIC:
            raise Unfit("format")
        signature = base64.b64decode(rest.partition(b"\n")[0], validate=True)
    except ValueError:
        raise Unfit("format") from None
    if not genuine(signed + b"}\n", signature, key, root):
        raise Unfit("signature")
    try:
        said = json.loads(text)
        about = About(str(said["version"]), str(said["needs"]), int(said["size"]), str(said["sha256"]))
    except (ValueError, KeyError, TypeError):
        raise Unfit("format") from None
    if about.needs != needed() or not _VERSION.fullmatch(about.version) or not 0 < about.size <= LARGEST:
        raise Unfit("format", about.version)
    return about


def genuine(signed: bytes, signature: bytes, key: bytes, root: Path) -> bool:
    """Whether the owner of the image's key wrote it. The product brings the library for it."""
    sys.path.append(str(root / "opt/pichat/lib"))
    try:
        from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 (only for who has an update)
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415
        from cryptography.hazmat.primitives.serialization import load_pem_public_key  # noqa: PLC0415
    finally:
        sys.path.pop()
    try:
        public = load_pem_public_key(key)
        assert isinstance(public, Ed25519PublicKey)
        public.verify(signature, signed)
    except (InvalidSignature, ValueError, AssertionError):
        return False
    return True


def key(machine: Machine) -> bytes:
    """Empty on an image that was built without one: it takes no updates."""
    try:
        return (machine.root / KEY).read_bytes()
    except OSError:
        return b""


def body(file: IO[bytes], about: About, to: IO[bytes] | None = None) -> None:
    """All that follows the page, copied if somebody wants it. Unfit: truncated, which is also "changed"."""
    digest, left = hashlib.sha256(), about.size
    while left:
        chunk = file.read(min(_CHUNK, left))
        if not chunk:
            raise Unfit("truncated", about.version)
        digest.update(chunk)
        left -= len(chunk)
        if to is not None:
            to.write(chunk)
    if file.read(1) or digest.hexdigest() != about.sha256:
        raise Unfit("truncated", about.version)


def checked(machine: Machine, path: Path) -> About:
    """A whole file, read to its end. Unfit, also when it cannot be read."""
    try:
        with path.open("rb") as file:
            about = head(file.read(HEAD), key(machine), machine.root)
            body(file, about)
    except OSError:
        raise Unfit("truncated") from None
    return about
