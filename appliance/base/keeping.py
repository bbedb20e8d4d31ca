"""Small files that only their owner reads and that outlive a power cut. Must not know what is in them."""

import os
from pathlib import Path


def keep(path: Path, raw: bytes) -> None:
    """The file is the old one or the new one, also after a power cut. Readable by its owner alone.

    Raises OSError when it cannot be had; the old one is there then.
    """
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(handle)
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
