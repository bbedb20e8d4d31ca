"""`/api/ws/{room}?token=`: one room, for clients of older systems. No hello; the token is in the address."""

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Actor
from appliance.server import izpochat
from appliance.server.hub import UNAUTHORIZED
from appliance.server.izpochat import IZPOCHAT
from appliance.server.protocol import VERSION, Hello, Inbound
from appliance.server.route import Access, Route
from appliance.server.socket import BAD_HELLO, Socket


class RoomDoor(Socket):
    """Understands IzpoChat's frames, RedUP's envelopes and our own."""

    room = ""

    async def open(self, *_: str, **path: str) -> None:
        await super().open()
        self.room = path["room"]
        try:
            actor = await self._shown()
            joined = await self.services.members.join(actor, self.room)
            self.hub.publish(joined.events)
        except Refusal as problem:
            self.say_refused(problem)
            self.end(UNAUTHORIZED if problem.code is Code.UNAUTHORIZED else BAD_HELLO)
            return
        self.told_apart()
        await self.welcome(actor, Hello(v=VERSION), IZPOCHAT, self.room)
        if self.connection is not None and not self.connection.over:
            online = await self.services.members.users_online(actor, self.room)
            self.hub.reply(self.connection, online)

    def decode(self, text: str) -> Inbound:
        return izpochat.decode(text, self.room)

    async def _shown(self) -> Actor:
        actor = await self.services.sessions.actor_for(self.get_query_argument("token", ""))
        if actor is None:
            raise Refusal(Code.UNAUTHORIZED)
        return actor

    async def _identify(self) -> None:
        """By the token alone: a cookie would let any page of this browser in."""

    def _check_origin(self) -> None:
        """Who shows a token of their own may be a page of anywhere, or no page at all."""


ROUTES = (Route("GET", "/api/ws/{room}", RoomDoor, Access.ALL, "the chat, one room: for older clients"),)
