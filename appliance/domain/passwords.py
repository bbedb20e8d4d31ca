"""Argon2id off the event loop, one password at a time, with parameters chosen once for this machine.

Must not decide who signs in: it only says whether a password fits a hash, at the same cost for any account.
"""

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TypeVar

import argon2
from argon2.exceptions import InvalidHashError, VerificationError

from appliance.base import log
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain import rules
from appliance.store import meta
from appliance.store.database import Connection, Database

T = TypeVar("T")
_log = log.logger("passwords")


@dataclass(frozen=True, slots=True)
class Rung:
    """One set of Argon2id parameters. A lane is a thread: one, so that chat keeps the other cores."""

    memory_kib: int
    passes: int
    lanes: int = 1

    def hasher(self) -> argon2.PasswordHasher:
        return argon2.PasswordHasher(self.passes, self.memory_kib, self.lanes, hash_len=32, salt_len=16)


# From the least that is allowed to the most that is of use; a machine climbs as far as it can.
LADDER = (Rung(19 * 1024, 2), Rung(46 * 1024, 2), Rung(64 * 1024, 3))
SLOWEST_SECONDS = 0.5
MEMORY_SHARE = 8  # a hash may take one part in so many of the machine's memory
# A stored hash above these came from elsewhere and would be a way to stop the box.
ABSURD_MEMORY_KIB, ABSURD_PASSES, ABSURD_LANES = 256 * 1024, 10, 8
_META = "password_parameters"


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether it fits, and the new hash to store when the parameters have changed since."""

    ok: bool
    rehash: str | None = None


class Hasher:
    """Construct it once per box; the first time on a machine it measures for a second or so."""

    def __init__(
        self, settings: Settings, box: Database, *, memory_bytes: int, ladder: Sequence[Rung] = LADDER
    ) -> None:
        self.rung, self._dummy = box.read_now(lambda db: _kept(db, ladder)) or _chosen(
            box, ladder, memory_bytes
        )
        self._argon = self.rung.hasher()
        self._worker = ThreadPoolExecutor(1, "password")
        self._queue = settings.hash_queue
        self._minimum = settings.password_min
        self._places = threading.Semaphore(1 + settings.hash_queue)
        self._seconds = 0.05  # of the last one: what a refused caller is told to wait for

    def accept(self, password: str, about: tuple[str, ...]) -> None:
        """Refuses one that nobody may choose, or not somebody of whom this is known (`about`)."""
        rules.password(password, minimum=self._minimum, about=about)

    async def chosen(self, password: str, about: tuple[str, ...]) -> str:
        """The hash of one that somebody chose; refuses as `accept` does."""
        self.accept(password, about)
        return await self.hash(password)

    async def hash(self, password: str) -> str:
        """A new hash, with the parameters of this machine."""
        return await self._turn(lambda: self.hash_now(password))

    def hash_now(self, password: str) -> str:
        """As `hash`, on the caller's thread: for the start and the command line."""
        return self._argon.hash(_bytes(password))

    async def verify(self, stored: str | None, password: str) -> Verified:
        """`stored` None (nobody of that name, no password yet) costs what a real account costs."""
        return await self._turn(lambda: self._verify(stored, password))

    def close(self) -> None:
        """Finishes the password in hand; those that wait are dropped."""
        self._worker.shutdown(cancel_futures=True)

    async def _turn(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise Refusal(Code.BUSY, retry_ms=max(1000, int(self._seconds * 1000 * (1 + self._queue))))
        try:
            future: Future[T] = self._worker.submit(self._timed, work)
        except RuntimeError:  # closed
            self._places.release()
            raise Refusal(Code.BUSY, retry_ms=2000) from None
        future.add_done_callback(lambda _: self._places.release())
        return await asyncio.wrap_future(future)

    def _timed(self, work: Callable[[], T]) -> T:
        began = time.monotonic()
        result = work()
        self._seconds = time.monotonic() - began
        return result

    def _verify(self, stored: str | None, password: str) -> Verified:
        usable = stored is not None and _sane(stored)
        against = stored if stored is not None and usable else self._dummy
        try:
            self._argon.verify(against, _bytes(password))
        except (VerificationError, InvalidHashError):
            return Verified(False)
        if not usable:
            return Verified(False)
        return Verified(True, self.hash_now(password) if self._argon.check_needs_rehash(against) else None)


def _bytes(password: str) -> bytes:
    return rules.normal_password(password).encode("utf-8", "replace")


def _sane(stored: str) -> bool:
    try:
        found = argon2.extract_parameters(stored)
    except InvalidHashError:
        _log.error("a stored password is not an Argon2 hash: nobody can sign in with it")
        return False
    if (
        found.memory_cost <= ABSURD_MEMORY_KIB
        and found.time_cost <= ABSURD_PASSES
        and found.parallelism <= ABSURD_LANES
    ):
        return True
    _log.error("a stored password asks for %d KiB and %d passes: refused", found.memory_cost, found.time_cost)
    return False


def _kept(db: Connection, ladder: Sequence[Rung]) -> tuple[Rung, str] | None:
    """The choice of an earlier start, unless the ladder has changed since."""
    text = meta.get(db, _META)
    if text is None:
        return None
    try:
        kept = json.loads(text)
        rung, dummy = Rung(**kept["rung"]), str(kept["dummy"])
    except (ValueError, KeyError, TypeError):
        return None
    return (rung, dummy) if rung in ladder else None


def _chosen(box: Database, ladder: Sequence[Rung], memory_bytes: int) -> tuple[Rung, str]:
    rung = climb(ladder, memory_bytes // MEMORY_SHARE // 1024, _measured)
    dummy = rung.hasher().hash(secrets.token_bytes(32))
    text = json.dumps({"rung": asdict(rung), "dummy": dummy})
    box.write_now(lambda db: meta.put(db, _META, text))
    return rung, dummy


def climb(ladder: Sequence[Rung], memory_kib: int, seconds: Callable[[Rung], float]) -> Rung:
    """The highest rung that fits the memory and the patience; the first one is taken whatever it costs."""
    best = ladder[0]
    for rung in ladder[1:]:
        if rung.memory_kib > memory_kib or seconds(rung) > SLOWEST_SECONDS:
            break
        best = rung
    return best


def _measured(rung: Rung) -> float:
    """The better of two: the machine may be busy starting up."""
    hasher = rung.hasher()
    times = []
    for _ in range(2):
        began = time.perf_counter()
        hasher.hash(b"how long does this take")
        times.append(time.perf_counter() - began)
    return min(times)
