"""One's own sessions: the list, and ending one. Decides nothing."""

from msgspec import Struct

from appliance.domain.sessions import SessionView
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route


class SessionList(Struct):
    """All of them: there are never many."""

    items: list[SessionView]
    next: str | None = None


class SessionsHandler(BaseHandler):
    async def get(self) -> None:
        self.answer(SessionList(await self.services.sessions.of(self.me)))


class SessionHandler(BaseHandler):
    async def delete(self, id: str) -> None:
        self.tell(await self.services.sessions.revoke(self.me, id))
        if id == self.me.session and self.credential == "cookie":
            self.clear_session_cookie()
        self.done()


ROUTES = (
    Route("GET", "/api/sessions", SessionsHandler, Access.SIGNED_IN, "One's own sessions"),
    Route("DELETE", "/api/sessions/{id}", SessionHandler, Access.SIGNED_IN, "End one of them at once"),
)
