"""What administrators ask of the machine beside its power: the time, its Wi-Fi. Carries nothing out."""

import asyncio
import re
from typing import TypeVar

import msgspec
from msgspec import Struct

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.ids import new_id
from appliance.base.log import logger
from appliance.domain import rules
from appliance.domain.actor import Actor
from appliance.domain.policy import Action, require
from appliance.domain.record import Record
from appliance.host.machine import Machine

LEAST_AHEAD_MS = 60_000  # a difference that is worth a deed
LATEST_MS = 4_102_444_800_000  # the year 2100: more is a mistake
SSID_BYTES = 32
T = TypeVar("T", bound=Struct)
_COUNTRY = re.compile(r"[A-Z]{2}")
_MADE_KEY = re.compile(r"[0-9a-fA-F]{64}")  # what programs make of a passphrase
KEY_BYTES = (8, 63)  # of a WPA passphrase; the standard says ASCII, routers take what people write
_log = logger("box")


class Wifi(Struct, frozen=True, kw_only=True):
    """The one that the box joins; empty: none. `key`: whether it has one, which nobody is told.

    `state`: joining, joined, key (it is wrong), absent, failed, no_radio; empty where nobody knows.
    """

    can: bool = False
    ssid: str = ""
    country: str = ""
    key: bool = False
    state: str = ""


class Joining(Struct, frozen=True):
    """What the machine found; `asked` is the wish that it was looking at."""

    state: str = ""
    asked: str = ""


class WifiWish(Struct, frozen=True, kw_only=True):
    """`key` null keeps the one of the same network, empty is for an open one."""

    ssid: str
    country: str
    key: str | None = None


class Upkeep:
    """The service."""

    def __init__(self, machine: Machine, record: Record, clock: Clock) -> None:
        self._machine = machine
        self._record = record
        self._clock = clock
        self._asked = ""

    async def set_clock(self, actor: Actor, now: int) -> None:
        """The time of the administrator's own device, ms. Forward alone: going back would bring sessions and
        links to life again. Refusal(conflict): no_machine, not_behind.
        """
        require(actor, Action.CHANGE_SETTINGS)
        if "clock" not in await asyncio.to_thread(self._machine.can):
            raise Refusal(Code.CONFLICT, reason="no_machine")
        if now > LATEST_MS:
            raise rules.bad("now", "range")
        before = self._clock.now()
        if now - before < LEAST_AHEAD_MS:
            raise Refusal(Code.CONFLICT, reason="not_behind")
        await self._record.write(actor, "clock_set", "", {"before": before, "now": now})
        _log.info("the clock is put forward by %d s, by %s", (now - before) // 1000, actor.username)
        await asyncio.to_thread(self._machine.ask, "clock", {"now": now})

    async def wifi(self, actor: Actor) -> Wifi:
        require(actor, Action.CHANGE_SETTINGS)
        return await asyncio.to_thread(self._wifi)

    async def choose_wifi(self, actor: Actor, wish: WifiWish) -> None:
        """From now on, and until ajustes.txt says another. Refusal: conflict (no_machine), bad_request."""
        require(actor, Action.CHANGE_SETTINGS)
        if "wifi" not in await asyncio.to_thread(self._machine.can):
            raise Refusal(Code.CONFLICT, reason="no_machine")
        country = wish.country.upper()
        if not (wish.ssid.isprintable() and len(wish.ssid.encode()) <= SSID_BYTES):
            raise rules.bad("ssid", "length")
        if (wish.ssid or country) and not _COUNTRY.fullmatch(country):
            raise rules.bad("country", "value")
        if wish.key and not _key_fits(wish.key):
            raise rules.bad("key", "length")
        detail = {"ssid": wish.ssid, "country": country}
        await self._record.write(actor, "wifi_chosen", "", detail)
        _log.info("another Wi-Fi is chosen, by %s", actor.username)
        asked = new_id("t")
        await asyncio.to_thread(self._machine.ask, "wifi", {"id": asked, **detail, "key": wish.key})
        self._asked = asked

    def _wifi(self) -> Wifi:
        noted, found = self._noted("wifi", Wifi), self._noted("joining", Joining)
        state = "joining" if self._asked not in ("", found.asked) else found.state
        return msgspec.structs.replace(noted, can="wifi" in self._machine.can(), state=state)

    def _noted(self, name: str, kind: type[T]) -> T:
        try:
            return msgspec.convert(self._machine.noted(name) or {}, kind)
        except msgspec.ValidationError:
            return kind()


def _key_fits(key: str) -> bool:
    least, most = KEY_BYTES
    return bool(_MADE_KEY.fullmatch(key)) or (key.isprintable() and least <= len(key.encode()) <= most)
