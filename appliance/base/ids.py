"""Randomness and names made of it. Must not decide what a name is allowed to do."""

import hashlib
import hmac
import secrets

# Crockford's base32: no I, L, O, U, so that a code can be read aloud and copied from a screen.
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_FIVE_BITS = bytes(ord(CROCKFORD[byte & 31]) for byte in range(256))
_LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_id(prefix: str) -> str:
    """A random identifier such as `u_9f3k2m7q4r1t8v0w` (80 bits), opaque to clients."""
    return f"{prefix}_{code(16).lower()}"


def code(length: int) -> str:
    """`length` random Crockford characters, 5 bits each."""
    return secrets.token_bytes(length).translate(_FIVE_BITS).decode()


def claim_code() -> str:
    """The code that claims a box: 13 characters (65 bits), without separators."""
    return code(13)


def grouped(text: str, size: int = 4, between: str = "-") -> str:
    """A code for people: `ABCD-EFGH-JKMN-P`."""
    return between.join(text[i : i + size] for i in range(0, len(text), size))


def compared(fingerprint: str) -> str:
    """64 digits as people compare them: `0A1B2C3D 4E5F...`."""
    return grouped(fingerprint, 8, " ")


def normal_code(text: str) -> str:
    """What a person typed, as the code it stands for: upper case, no separators, O is 0, I and L are 1."""
    kept = "".join(c for c in text.upper() if c.isalnum())
    return kept.translate(_LOOKALIKES)


def epoch() -> str:
    """Eight hex characters that name one boot's content."""
    return secrets.token_hex(4)


def token() -> str:
    """A bearer secret: 256 bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(secret: str) -> bytes:
    """How a token is stored. It has 256 bits of its own, so a plain SHA-256 is enough."""
    return hashlib.sha256(secret.encode()).digest()


def same(left: str, right: str) -> bool:
    """Compares two secrets in constant time."""
    return hmac.compare_digest(left.encode(), right.encode())
