"""The product alone as one signed file, for boxes without internet. `box/package.py` reads it.

The same tree, the same key and the same date give the same bytes: Ed25519 has no chance in it.
"""

import base64
import json
from pathlib import Path

from box.package import HEAD, MAGIC, About

from image import card, initrd, product
from image.download import digest
from image.tools import BuildError, run

NEEDS = f"cpython-{product.PYTHON.replace('.', '')}-aarch64"
PUBLIC = "usr/lib/pichat/update.pem"


def check_key(key: Path) -> None:
    """Before anything is built: a key that can sign what is built."""
    try:
        about = run("openssl", "pkey", "-in", key, "-noout", "-text", "-passin", "pass:")
    except BuildError:
        about = ""
    if "ED25519 Private-Key" not in about:
        raise BuildError(
            f"{key} is no Ed25519 key without a password; openssl genpkey -algorithm ed25519 makes one"
        )


def lay_key(root: Path, key: Path) -> None:
    """The public half goes into the image: it takes updates of this key and of no other."""
    target = root / PUBLIC
    target.write_text(run("openssl", "pkey", "-in", key, "-pubout"))
    target.chmod(0o644)


def make(root: Path, key: Path, version: str, epoch: int, work: Path) -> Path:
    """/opt/pichat of a finished tree."""
    squashed = work / "update.squashfs"
    card.squash(root / "opt/pichat", squashed, epoch, initrd.compression(root))
    target = work / f"pichat-{version}.pichat"
    write(squashed, target, key, version)
    squashed.unlink()
    return target


def write(squashed: Path, target: Path, key: Path, version: str, needs: str = NEEDS) -> None:
    """The page that says what it is, signed, and the file system behind it."""
    about = About(version, needs, squashed.stat().st_size, digest(squashed))
    said = {"version": about.version, "needs": about.needs, "size": about.size, "sha256": about.sha256}
    signed = f"{MAGIC}\n{json.dumps(said)}\n".encode()
    page = signed + base64.b64encode(signature(signed, key, target.with_suffix(".page"))) + b"\n"
    if len(page) > HEAD:
        raise BuildError("the page of the update has no room for its version")
    with target.open("wb") as file, squashed.open("rb") as body:
        file.write(page.ljust(HEAD, b"\0"))
        while chunk := body.read(1024 * 1024):
            file.write(chunk)


def signature(signed: bytes, key: Path, page: Path) -> bytes:
    """By openssl, which wants files."""
    made = page.with_suffix(".sig")
    page.write_bytes(signed)
    try:
        run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", page, "-out", made)
        return made.read_bytes()
    finally:
        page.unlink()
        made.unlink(missing_ok=True)
