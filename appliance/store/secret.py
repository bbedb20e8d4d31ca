"""The keys of the box: made once, kept in `<data>/secrets`. Signs nothing itself."""

import os
import secrets

from appliance.store.snapshot.layout import Layout

_BYTES = 32


LINKS = "links.key"
BOX = "box.key"  # the seed of the key by which other boxes know this one


def kept_secret(layout: Layout, name: str = LINKS) -> bytes:
    """32 bytes of the box's own, made at the first use. A torn file is made anew: it held no promise yet."""
    path = layout.secrets / name
    with_key = path.read_bytes() if path.exists() else b""
    if len(with_key) == _BYTES:
        return with_key
    key = secrets.token_bytes(_BYTES)
    draft = path.with_suffix(".new")
    fd = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    with os.fdopen(fd, "wb") as file:
        file.write(key)
        file.flush()
        os.fsync(fd)
    draft.rename(path)
    return key
