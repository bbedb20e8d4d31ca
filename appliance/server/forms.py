"""Tokens for plain HTML forms of our own pages. Must not read a request.

A form that a foreign page sends carries that page's Origin and is refused before; the token is the second
lock, for browsers that can be made to leave the Origin out of a form of ours that somebody framed or saved.
"""

import hashlib
import hmac

from appliance.base import ids
from appliance.base.clock import Clock

FIELD = "form_token"
_LIFE_MS = 24 * 60 * 60 * 1000


class Forms:
    """Makes and checks tokens, bound to a session (or to nobody, on the sign-in page)."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._key = hashlib.sha256(b"form tokens\0" + secret).digest()
        self._clock = clock

    def token(self, session: str = "") -> str:
        stamp = str(self._clock.now())
        return f"{stamp}.{self._mac(stamp, session)}"

    def valid(self, token: str, session: str = "") -> bool:
        stamp, _, mac = token.partition(".")
        if not (stamp.isascii() and stamp.isdigit() and len(stamp) <= 15):
            return False
        fresh = abs(self._clock.now() - int(stamp)) <= _LIFE_MS
        return ids.same(mac, self._mac(stamp, session)) and fresh

    def _mac(self, stamp: str, session: str) -> str:
        return hmac.new(self._key, f"{stamp}.{session}".encode(), hashlib.sha256).hexdigest()
