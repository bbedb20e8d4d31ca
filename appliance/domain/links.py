"""Signed, short-lived links to a file's bytes, for who cannot send a header. Must not decide who gets one.

A link is bound to the file, to its bytes and to this epoch: it ends with a reset, whatever a clock that
lost its time says.
"""

import hmac

from appliance.base.clock import Clock

_HOUR_MS = 3_600_000


class Links:
    """Makes and checks `<expires>.<signature>`."""

    def __init__(self, secret: bytes, epoch: str, hours: int, clock: Clock) -> None:
        # A key of its own: the same secret signs other things.
        key = hmac.digest(secret, b"pichat file link", "sha256")
        self._keyed = hmac.new(key, digestmod="sha256")  # copied for each link: a list has many
        self._epoch = epoch
        self._hours = hours
        self._clock = clock

    def sign(self, file_id: str, sha256: str) -> str:
        """The same text for a whole hour, so that a list asked for twice is the same list."""
        hour = self._clock.now() // _HOUR_MS + 1
        expires = (hour + self._hours) * _HOUR_MS
        return f"{expires}.{self._signature(file_id, sha256, expires)}"

    def holds(self, file_id: str, sha256: str, link: str) -> bool:
        expires, _, signature = link.partition(".")
        if not (expires.isascii() and expires.isdigit() and len(expires) <= 16):
            return False
        right = self._signature(file_id, sha256, int(expires))
        return hmac.compare_digest(right.encode(), signature.encode()) and self._clock.now() < int(expires)

    def _signature(self, file_id: str, sha256: str, expires: int) -> str:
        signature = self._keyed.copy()
        signature.update(f"{self._epoch}\n{file_id}\n{sha256}\n{expires}".encode())
        return signature.hexdigest()[:32]
