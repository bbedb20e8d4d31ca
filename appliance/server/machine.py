"""Restart, off, clock, Wi-Fi and updates over HTTP. Decides nothing."""

import asyncio
from typing import Annotated

from msgspec import Meta, Struct

from appliance.base.errors import Code, Refusal
from appliance.domain.power import PowerDeed
from appliance.domain.upkeep import WifiWish
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route
from appliance.server.uploads import Arriving


class PowerBody(Struct, frozen=True, kw_only=True):
    """One's own password again, and how long people are given."""

    action: PowerDeed
    password: str
    seconds: int = 0


class ClockBody(Struct, frozen=True, kw_only=True):
    """Milliseconds since 1970, as the device of whoever asks has them."""

    now: Annotated[int, Meta(ge=0)]


class PowerHandler(BaseHandler):
    async def post(self) -> None:
        body = self.body(PowerBody)
        power, address = self.services.tending.power, self.visitor.ip
        self.answer(
            self.tell(await power.ask(self.me, body.action, body.password, address, body.seconds)), 202
        )

    async def delete(self) -> None:
        self.tell(await self.services.tending.power.cancel(self.me))
        self.done()


class ClockHandler(BaseHandler):
    async def post(self) -> None:
        await self.services.tending.upkeep.set_clock(self.me, self.body(ClockBody).now)
        self.done()


class WifiHandler(BaseHandler):
    async def get(self) -> None:
        self.answer(await self.services.tending.upkeep.wifi(self.me))

    async def put(self) -> None:
        await self.services.tending.upkeep.choose_wifi(self.me, self.body(WifiWish))
        self.done()


class UpdateHandler(Arriving):
    """The body of the POST is the file, as it was made."""

    _receiving = False
    _abandoned: asyncio.Task[None] | None = None

    async def begin(self) -> None:
        if self.request.method == "POST":
            await self.services.tending.updates.begin(self.me, self.expect_body())
            self._receiving = True

    async def receive(self, chunk: bytes) -> None:
        if self._receiving:
            await self.services.tending.updates.write(chunk)
        elif chunk:
            raise Refusal(Code.BAD_REQUEST, reason="body")

    async def get(self) -> None:
        self.answer(await self.services.tending.updates.state(self.me))

    async def post(self) -> None:
        self.complete()
        self._receiving = False
        self.answer(await self.services.tending.updates.finish(self.me), 202)

    async def delete(self) -> None:
        self.answer(await self.services.tending.updates.withdraw(self.me), 202)

    def over(self) -> None:
        super().over()
        if self._receiving:
            self._receiving = False
            self._abandoned = asyncio.ensure_future(self.services.tending.updates.abandon())


_ADMINISTRATOR = Access.ADMINISTRATOR
ROUTES = (
    Route("POST", "/api/power", PowerHandler, _ADMINISTRATOR, "Restart or switch off", body=PowerBody),
    Route("DELETE", "/api/power", PowerHandler, _ADMINISTRATOR, "Call an announced restart or off off"),
    Route("POST", "/api/clock", ClockHandler, _ADMINISTRATOR, "Put the box's clock forward", body=ClockBody),
    Route("GET", "/api/wifi", WifiHandler, _ADMINISTRATOR, "Which Wi-Fi the box joins"),
    Route("PUT", "/api/wifi", WifiHandler, _ADMINISTRATOR, "Choose the box's Wi-Fi", body=WifiWish),
    Route(
        "GET", "/api/update", UpdateHandler, _ADMINISTRATOR, "Which version runs, and what came of updates"
    ),
    Route("POST", "/api/update", UpdateHandler, _ADMINISTRATOR, "Bring an update", streams=True),
    Route("DELETE", "/api/update", UpdateHandler, _ADMINISTRATOR, "Withdraw an update that still waits"),
)
