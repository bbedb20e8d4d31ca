"""What a power cut interrupted, over HTTP: look, bring back, erase. Decides nothing."""

from typing import Annotated

from msgspec import Meta, Struct

from appliance.domain.waiting import WaitingChange
from appliance.server.base import BaseHandler
from appliance.server.protocol import Name
from appliance.server.route import Access, Route
from appliance.store.bringing import Choice

PAGE = 100
Ids = Annotated[list[Name], Meta(max_length=1000)]


class BringBackBody(Struct, frozen=True, kw_only=True):
    """`POST /api/previous/bring-back`: all of a session, or some things of it by their ids."""

    epoch: Name
    all: bool = False
    files: Ids = []
    rooms: Ids = []
    messages: Ids = []


class PreviousHandler(BaseHandler):
    async def get(self) -> None:
        self.answer(await self.services.previous.listed(self.me))

    async def patch(self) -> None:
        self.answer(await self.services.previous.change(self.me, self.body(WaitingChange)))

    async def delete(self) -> None:
        self.tell(await self.services.previous.erase(self.me))
        self.done()


class OneSession(BaseHandler):
    async def delete(self, epoch: str) -> None:
        self.tell(await self.services.previous.erase(self.me, epoch))
        self.done()


class Items(BaseHandler):
    async def get(self, epoch: str) -> None:
        limit = min(self.number("limit", PAGE, most=PAGE) or PAGE, PAGE)
        kind, q, after = self.query("kind", "files"), self.query("q"), self.query("after")
        items = self.services.previous.items
        self.answer(await items(self.me, epoch, kind=kind, q=q, after=after, limit=limit))


class BringBack(BaseHandler):
    async def post(self) -> None:
        body = self.body(BringBackBody)
        choice = Choice(body.all, body.files, body.rooms, body.messages)
        self.answer(self.tell(await self.services.previous.bring_back(self.me, body.epoch, choice)))


_ADMINISTRATOR = Access.ADMINISTRATOR
ROUTES = (
    Route("GET", "/api/previous", PreviousHandler, _ADMINISTRATOR, "What power cuts interrupted"),
    Route(
        "PATCH",
        "/api/previous",
        PreviousHandler,
        _ADMINISTRATOR,
        "Change how long it waits",
        body=WaitingChange,
    ),
    Route("DELETE", "/api/previous", PreviousHandler, _ADMINISTRATOR, "Erase all of it now"),
    Route("DELETE", "/api/previous/{epoch}", OneSession, _ADMINISTRATOR, "Erase one earlier session now"),
    Route("GET", "/api/previous/{epoch}/items", Items, _ADMINISTRATOR, "What one earlier session holds"),
    Route(
        "POST",
        "/api/previous/bring-back",
        BringBack,
        _ADMINISTRATOR,
        "Bring back what a power cut interrupted",
        body=BringBackBody,
    ),
)
