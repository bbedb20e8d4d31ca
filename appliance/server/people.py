"""The directory over HTTP: whom one can write to, invite or name."""

from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route

PAGE = 100


class Directory(BaseHandler):
    """`/api/people?q=&after=&limit=`."""

    async def get(self) -> None:
        limit = self.number("limit", PAGE, most=PAGE) or PAGE
        self.answer(self.services.people.page(self.me, self.query("q"), self.query("after"), limit))


ROUTES = (Route("GET", "/api/people", Directory, Access.SIGNED_IN, "whom one can write to, by name"),)
