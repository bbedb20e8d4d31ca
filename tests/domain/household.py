"""The people's part of a box without a server: real databases, real Argon2, a clock that tests move."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from appliance.base.settings import Settings
from appliance.domain.accounts import Accounts
from appliance.domain.actor import Actor, Role
from appliance.domain.claim import Claim
from appliance.domain.directory import Directory
from appliance.domain.events import Outcome, SessionsEnded
from appliance.domain.passwords import Hasher
from appliance.domain.sessions import Kind, Sessions, SignedIn
from appliance.domain.throttle import Throttle
from appliance.store import audit, schema
from appliance.store.database import Database
from tests.boxes import QUICK

GIB = 1024**3
HOME = "192.168.1.20"
PASSWORD = "la luna de papel 9"


class HandClock:
    """Time that passes only when a test says so."""

    def __init__(self) -> None:
        self.wall = 1_790_000_000_000
        self.running = 1000.0

    def now(self) -> int:
        return self.wall

    def monotonic(self) -> float:
        return self.running

    def wait(self, seconds: float) -> None:
        self.wall += int(seconds * 1000)
        self.running += seconds


class Household:
    """One box's people. `again()` is a restart on the same data."""

    def __init__(self, folder: Path, clock: HandClock | None = None, **changes: Any) -> None:
        folder.mkdir(exist_ok=True)
        self.folder = folder
        self.clock = clock or HandClock()
        self.settings = replace(Settings(data=folder), **changes)
        self.box = Database(folder / "box.db", schema.BOX, "FULL")
        self.hasher = Hasher(self.settings, self.box, memory_bytes=GIB, ladder=QUICK)
        self.directory = Directory(self.box)
        self.throttle = Throttle(self.clock)
        self.sessions = Sessions(self.box, self.directory, self.throttle, self.settings, self.clock)
        shared = {
            "box": self.box,
            "hasher": self.hasher,
            "directory": self.directory,
            "sessions": self.sessions,
            "throttle": self.throttle,
            "settings": self.settings,
            "clock": self.clock,
        }
        self.accounts = Accounts(**shared)  # type: ignore[arg-type]
        self.claim = Claim(**shared)  # type: ignore[arg-type]

    def close(self) -> None:
        self.sessions.close()
        self.hasher.close()
        self.box.close()

    def again(self, **changes: Any) -> "Household":
        self.close()
        return Household(self.folder, self.clock, **changes)

    async def founded(self) -> Actor:
        """Claims the box; the first administrator."""
        code = self.claim.code
        assert code is not None
        outcome = await self.claim.claim(
            code, "marta", PASSWORD, "Marta", kind="cookie", address=HOME, client="test"
        )
        return outcome.value.actor

    async def person(self, admin: Actor, username: str, role: Role = Role.CLIENTE) -> str:
        made = await self.accounts.administration.create(admin, username, role, "", PASSWORD)
        return made.value.account.id

    async def sign_in(
        self, username: str, password: str = PASSWORD, *, kind: Kind = "cookie", address: str = HOME
    ) -> SignedIn:
        outcome = await self.accounts.sign_in(username, password, kind=kind, address=address, client="test")
        return outcome.value

    def deeds(self) -> list[str]:
        """The audit log, oldest first, as "who action"."""
        rows = self.box.read_now(lambda db: audit.newest(db, 1000))
        return [f"{row.actor_name} {row.action}" for row in reversed(rows)]


def ended(outcome: Outcome[Any]) -> set[str]:
    """The sessions whose sockets must close."""
    return {one for event in outcome.events if isinstance(event, SessionsEnded) for one in event.sessions}
