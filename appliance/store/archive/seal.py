"""The key by which other boxes know this one (Ed25519, RFC 8032), and what it signs. Trusts nobody by itself.

The library is imported when it is needed: it takes 10 MB of memory.
"""

import base64
import binascii
import hashlib
import json

from appliance.base.errors import StartError
from appliance.base.ids import CROCKFORD
from appliance.store import meta, secret
from appliance.store.database import Connection
from appliance.store.snapshot.layout import Layout

_KNOWN = "known_boxes"  # in box.db's meta: public keys that an administrator trusted once, by box id


class Seal:
    """The box's own key. Its seed never leaves `<data>/secrets`."""

    def __init__(self, layout: Layout) -> None:
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415
                Ed25519PrivateKey,
            )
        except ImportError as error:
            raise StartError("archives need the Python package `cryptography`") from error
        self._key = Ed25519PrivateKey.from_private_bytes(secret.kept_secret(layout, secret.BOX))
        self.public = base64.b64encode(self._key.public_key().public_bytes_raw()).decode()
        self.box = box_of(self.public)

    def sign(self, data: bytes) -> str:
        """64 bytes in base64."""
        return base64.b64encode(self._key.sign(data)).decode()


def box_of(public: str) -> str:
    """The name of a box, which is its key in short: `b_` and 80 bits, for people to compare."""
    digest = hashlib.sha256(base64.b64decode(public)).digest()
    return "b_" + "".join(CROCKFORD[byte & 31] for byte in digest[:16]).lower()


def holds(public: str, data: bytes, signature: str) -> bool:
    """Whether who has this key signed exactly these bytes."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415

    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), data)
    except (InvalidSignature, binascii.Error, ValueError):
        return False
    return True


def known(db: Connection) -> dict[str, str]:
    """Keys that were trusted once, by box. In box.db."""
    return dict(json.loads(meta.get(db, _KNOWN) or "{}"))


def trust(db: Connection, public: str) -> None:
    meta.put(db, _KNOWN, json.dumps({**known(db), box_of(public): public}))
