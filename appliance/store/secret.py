"""The key that signs links and form tokens: made once, kept in `<data>/secrets`. Signs nothing itself."""

import os
import secrets

from appliance.store.snapshot.layout import Layout

_BYTES = 32


def kept_secret(layout: Layout) -> bytes:
    """The box's own key, made at the first start. A torn file, which holds no promise yet, is made anew."""
    path = layout.secrets / "links.key"
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
