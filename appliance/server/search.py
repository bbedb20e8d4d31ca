"""Search over HTTP."""

from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route

PAGE, MOST = 20, 100


class SearchAnswers(BaseHandler):
    """`/api/search?q=&after=&limit=`."""

    async def get(self) -> None:
        limit = self.number("limit", PAGE, most=MOST) or PAGE
        found = await self.services.search.find(self.me, self.query("q"), self.query("after"), limit)
        self.answer(found)


ROUTES = (
    Route("GET", "/api/search", SearchAnswers, Access.SIGNED_IN, "messages and files with these words"),
)
