"""The door for people without an account, and the sheet that stands on the table. Decides nothing."""

from msgspec import UNSET, Struct, UnsetType

from appliance.base.errors import Code, Refusal
from appliance.base.ids import grouped
from appliance.domain.room_views import RoomEntry
from appliance.server.base import BaseHandler
from appliance.server.bodies import EnterBody
from appliance.server.route import Access, Route
from appliance.server.signing_in import User


class EnterAnswer(Struct, omit_defaults=True):
    """Who one is now, and where. The token is there for programs alone."""

    user: User
    room: RoomEntry
    expires_in: int
    access_token: str | UnsetType = UNSET
    token_type: str | UnsetType = UNSET


class Card(Struct):
    """What stands on a room's card: the code as people read it, and addresses that hold it behind the #."""

    name: str
    code: str
    shown: str
    password: bool
    urls: list[str]


class EnterHandler(BaseHandler):
    async def post(self) -> None:
        body = self.body(EnterBody)
        if self.actor is not None and self.actor.signed_in and self.credential == "cookie":
            raise Refusal(Code.CONFLICT, reason="signed_in")  # who has an account joins with it
        entered = self.tell(
            await self.services.guests.enter(body.code, body.password, body.name, self.visitor.ip)
        )
        answer = EnterAnswer(User.of(entered.actor), entered.room, entered.expires_in)
        if body.session == "cookie":
            self.set_session_cookie(entered.token)
        else:
            answer.access_token = entered.token
            answer.token_type = "bearer"  # noqa: S105
        self.answer(answer, 201)


class CardHandler(BaseHandler):
    async def get(self, room: str) -> None:
        entry = await self.services.rooms.card(self.me, room)
        code = entry.code or ""
        urls = [f"{url.rstrip('/')}/entrar#{code}" for url in self.urls()]
        self.answer(Card(entry.name, code, grouped(code), entry.password, urls))


ROUTES = (
    Route("POST", "/api/enter", EnterHandler, Access.ALL, "enter one room as a guest", body=EnterBody),
    Route("GET", "/api/rooms/{room}/card", CardHandler, Access.SIGNED_IN, "code and addresses, to print"),
)
