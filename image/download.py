"""Files from elsewhere: whole and of the named checksum, or not at all. Knows nothing of what they are."""

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from pathlib import Path

from image.tools import BuildError, cache, progress

PATIENCE = 60  # seconds in which an archive has to say something
CHUNK = 1024 * 1024
TOLD_EVERY = 64 * CHUNK  # bytes between two lines of progress
FAULTS = (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError, ValueError)


def digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def kept(url: str, name: str, sha256: str) -> Path:
    """The file of that checksum from the cache, or fetched into it; a kept one that was damaged goes."""
    path = cache() / name
    if path.exists() and digest(path) != sha256:
        path.unlink()
    if not path.exists():
        part = path.with_name(f"{name}.{os.getpid()}.part")
        try:
            fetch(url, part)
            if (found := digest(part)) != sha256:
                raise BuildError(f"{name} is damaged or another one: its SHA-256 is {found}")
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return path


def fetch(url: str, target: Path) -> None:
    """All of it; an answer that breaks off is an error, which urllib does not call one."""
    progress(f"downloading {url}")
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer, target.open("wb") as file:
            size, done = int(answer.headers.get("Content-Length") or 0), 0
            while chunk := answer.read(CHUNK):
                file.write(chunk)
                if (done + len(chunk)) // TOLD_EVERY > done // TOLD_EVERY:
                    progress(f"{(done + len(chunk)) // CHUNK} MB" + (f" of {size // CHUNK}" if size else ""))
                done += len(chunk)
    except (
        urllib.error.URLError,
        http.client.HTTPException,
        TimeoutError,
        ConnectionError,
        ValueError,
    ) as why:
        if isinstance(why, urllib.error.HTTPError):
            why.close()
        raise BuildError(f"{url} cannot be downloaded: {getattr(why, 'reason', why)}") from None
    if done < size:
        raise BuildError(f"{url} broke off after {done} of {size} bytes: try again")
