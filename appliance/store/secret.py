"""The keys of the box: made once, kept in `<data>/secrets`. Signs nothing itself."""

import secrets

from appliance.base.keeping import keep
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
    keep(path, key)
    return key
