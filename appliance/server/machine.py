"""Restart, off and the clock over HTTP. Decides nothing."""

from typing import Annotated

from msgspec import Meta, Struct

from appliance.domain.power import PowerDeed
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route


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


_ADMINISTRATOR = Access.ADMINISTRATOR
ROUTES = (
    Route("POST", "/api/power", PowerHandler, _ADMINISTRATOR, "Restart or switch off", body=PowerBody),
    Route("DELETE", "/api/power", PowerHandler, _ADMINISTRATOR, "Call an announced restart or off off"),
    Route("POST", "/api/clock", ClockHandler, _ADMINISTRATOR, "Put the box's clock forward", body=ClockBody),
)
