"""When the box saves as stable by itself, over HTTP. Decides nothing."""

from appliance.domain.automatic import AutomaticChange
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route


class AutomaticHandler(BaseHandler):
    async def get(self) -> None:
        self.answer(await self.services.automatic.shown(self.me))

    async def patch(self) -> None:
        self.answer(await self.services.automatic.change(self.me, self.body(AutomaticChange)))


_PATH = "/api/stable/automatic"
ROUTES = (
    Route("GET", _PATH, AutomaticHandler, Access.ADMINISTRATOR, "When the box saves by itself"),
    Route(
        "PATCH",
        _PATH,
        AutomaticHandler,
        Access.ADMINISTRATOR,
        "Change when the box saves by itself",
        body=AutomaticChange,
    ),
)
