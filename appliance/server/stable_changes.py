"""What a reboot would undo, how generations differ, what a save would take, over HTTP. Decides nothing."""

from appliance.base.errors import Code, Refusal
from appliance.domain.stable_changes import PAGE, Query
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route
from appliance.server.stable import Wanted


class Looking(BaseHandler):
    """Asks for a page of differences."""

    @property
    def wanted(self) -> Query:
        limit = self.number("limit", PAGE, most=PAGE)
        if not limit:
            raise Refusal(Code.BAD_REQUEST, field="limit", reason="range")
        words = {name: self.query(name) for name in ("kind", "q", "change", "after")}
        return Query(limit=limit, **words)


class DifferenceHandler(Looking):
    async def get(self) -> None:
        self.answer(await self.services.stable_changes.difference(self.me, self.wanted))


class CompareHandler(Looking):
    async def get(self) -> None:
        old, new = self.number("from"), self.number("to")
        if old is None or new is None:
            raise Refusal(Code.BAD_REQUEST, field="from" if old is None else "to", reason="missing")
        self.answer(await self.services.stable_changes.compare(self.me, old, new, self.wanted))


class EstimateHandler(BaseHandler):
    async def post(self) -> None:
        body = self.body(Wanted)
        changes = self.services.stable_changes
        self.answer(await changes.estimate(self.me, body.only, body.include_flagged))


_ADMINISTRATOR = Access.ADMINISTRATOR
ROUTES = (
    Route("GET", "/api/stable/difference", DifferenceHandler, _ADMINISTRATOR, "What a reboot would undo"),
    Route("GET", "/api/stable/compare", CompareHandler, _ADMINISTRATOR, "What two generations differ in"),
    Route(
        "POST",
        "/api/stable/estimate",
        EstimateHandler,
        _ADMINISTRATOR,
        "What a save would take in time and space",
        body=Wanted,
    ),
)
