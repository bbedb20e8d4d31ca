"""How often: token buckets by key, and the growing wait after wrong passwords. Memory is bounded."""

import ipaddress
from collections import OrderedDict, deque
from dataclasses import dataclass, field

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal

KEYS = 4096  # forgotten beyond this, the longest unused first
LONGEST_WAIT = 60.0


def network(address: str) -> str:
    """What counts as one address: an IPv4 address, or the /64 that one IPv6 host can roam in."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv4Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((parsed, 64), strict=False))


def rate_limited(seconds: float) -> Refusal:
    """The refusal, with the wait rounded up so that obeying it is enough."""
    return Refusal(Code.RATE_LIMITED, retry_ms=int(seconds * 1000) + 1)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Throttle:
    """Token buckets. A key is any text: prefix it with what it limits (`login:192.168.1.20`)."""

    def __init__(self, clock: Clock, keys: int = KEYS) -> None:
        self._clock = clock
        self._keys = keys
        self._buckets: OrderedDict[str, _Bucket] = OrderedDict()

    def take(self, key: str, *, burst: float, per_second: float, cost: float = 1) -> None:
        """Takes `cost` tokens or refuses with `rate_limited`; a refusal takes nothing."""
        now = self._clock.monotonic()
        bucket = self._buckets.get(key)
        if bucket is None:
            bucket = self._buckets[key] = _Bucket(burst, now)
            if len(self._buckets) > self._keys:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(key)
            bucket.tokens = min(burst, bucket.tokens + (now - bucket.at) * per_second)
            bucket.at = now
        if bucket.tokens < cost:
            raise rate_limited((cost - bucket.tokens) / per_second)
        bucket.tokens -= cost

    def per_minute(self, key: str, count: int) -> None:
        """The usual shape: `count` at once, and `count` a minute after that."""
        self.take(key, burst=count, per_second=count / 60)

    def give_back(self, key: str) -> None:
        """One token again: what was limited did not happen."""
        if bucket := self._buckets.get(key):
            bucket.tokens += 1

    def forget(self, key: str) -> None:
        self._buckets.pop(key, None)


@dataclass(slots=True)
class _Attempts:
    """Attempts at one account that did not succeed (yet): when, and from which network."""

    recent: deque[tuple[float, str]] = field(default_factory=lambda: deque(maxlen=256))


class Slowdown:
    """Wrong passwords for one account: `limit` in `window` are free, then each network waits, 1 s to 60 s.

    The wait runs per network, so that a stranger who hammers an account delays himself and not its owner.
    An attempt counts from its beginning: a hundred at the same time are a hundred.
    """

    def __init__(self, clock: Clock, limit: int, window_seconds: float, keys: int = KEYS) -> None:
        self._clock = clock
        self._limit = limit
        self._window = window_seconds
        self._keys = keys
        self._accounts: OrderedDict[str, _Attempts] = OrderedDict()

    def begin(self, account: str, address: str) -> None:
        """Counts an attempt, or refuses with `rate_limited` while this network has to wait."""
        now = self._clock.monotonic()
        attempts = self._fresh(account, now)
        here = network(address)
        last = max((at for at, where in attempts.recent if where == here), default=None)
        beyond = len(attempts.recent) - self._limit
        if last is not None and beyond >= 0:
            left = last + min(LONGEST_WAIT, 2.0 ** min(beyond, 10)) - now
            if left > 0:
                raise rate_limited(left)
        attempts.recent.append((now, here))

    def succeeded(self, account: str, address: str) -> None:
        """The right password: this network's attempts are forgotten, those of others are not."""
        attempts = self._accounts.get(account)
        if attempts is None:
            return
        here = network(address)
        kept = [entry for entry in attempts.recent if entry[1] != here]
        attempts.recent.clear()
        attempts.recent.extend(kept)

    def forgive(self, account: str, address: str) -> None:
        """Takes the last attempt of this network back: it was never judged."""
        attempts = self._accounts.get(account)
        here = network(address)
        for entry in reversed(attempts.recent if attempts else ()):
            if entry[1] == here and attempts:
                attempts.recent.remove(entry)
                return

    def _fresh(self, account: str, now: float) -> _Attempts:
        attempts = self._accounts.get(account)
        if attempts is None:
            attempts = self._accounts[account] = _Attempts()
            if len(self._accounts) > self._keys:
                self._accounts.popitem(last=False)
        self._accounts.move_to_end(account)
        while attempts.recent and now - attempts.recent[0][0] > self._window:
            attempts.recent.popleft()
        return attempts
