"""Connections as presence sees them: waits out the grace after the last one. Decides nothing."""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, Protocol

from appliance.base import log
from appliance.base.errors import Refusal
from appliance.domain.actor import Actor
from appliance.domain.events import Event, Who
from appliance.domain.presence import Presence
from appliance.server.gathered import Gathered

_log = log.logger("chat")


class Telling(Protocol):
    """The hub, as far as it is needed here."""

    def publish(self, events: Sequence[Event]) -> None: ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None: ...


class Attendance:
    """One timer for each person who has just lost their last connection."""

    def __init__(self, presence: Presence, hub: Telling, grace_ms: int) -> None:
        self._presence = presence
        self._hub = hub
        self._grace = grace_ms / 1000
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._gathered = Gathered(lambda moved: hub.spawn(self._tell(moved, together=True)))
        self._closed = False

    async def arrived(self, actor: Actor, rooms: Sequence[str]) -> None:
        """`rooms` are all that they are in."""
        if timer := self._timers.pop(actor.id, None):
            timer.cancel()
        if self._presence.arrived(actor):
            await self._moved(Who(actor.id, actor.name), rooms)

    def left(self, user: str) -> None:
        if self._presence.left(user) and not self._closed:
            loop = asyncio.get_running_loop()
            self._timers[user] = loop.call_later(self._grace, self._over, user)

    def close(self) -> None:
        """The box stops: nobody has left, everybody will be back."""
        self._closed = True
        self._gathered.close()
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _over(self, user: str) -> None:
        self._timers.pop(user, None)
        self._hub.spawn(self._gone(user))

    async def _gone(self, user: str) -> None:
        try:
            outcome = await self._presence.gone(user)
        except Refusal as refusal:
            _log.warning("could not tell that %s left: %s", user, refusal)
            return
        self._hub.publish(outcome.events)
        if outcome.value is not None:
            await self._moved(*outcome.value)

    async def _moved(self, who: Who, rooms: Sequence[str]) -> None:
        """Tells at once what is not to be told with others in a moment."""
        alone = [room for room in rooms if not self._gathered.takes(room, who)]
        if alone and not self._closed:
            await self._tell({room: [who] for room in alone}, together=False)

    async def _tell(self, moved: Mapping[str, Sequence[Who]], *, together: bool) -> None:
        try:
            self._hub.publish(await self._presence.told(moved, together=together))
        except Refusal as refusal:
            _log.warning("could not tell who is here: %s", refusal)
