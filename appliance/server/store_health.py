"""The health of what is kept, over HTTP, for administrators. Decides nothing."""

from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route


class StoreHealthHandler(BaseHandler):
    async def get(self) -> None:
        self.answer(await self.services.store_health.report(self.me))

    async def post(self) -> None:
        self.answer(await self.services.store_health.check_now(self.me), 202)


ROUTES = (
    Route(
        "GET",
        "/api/health/store",
        StoreHealthHandler,
        Access.ADMINISTRATOR,
        "Whether what is kept is still what was kept, and how the card is",
    ),
    Route(
        "POST", "/api/health/store", StoreHealthHandler, Access.ADMINISTRATOR, "Read every body again, now"
    ),
)
