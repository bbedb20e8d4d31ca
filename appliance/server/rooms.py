"""Rooms and their members over HTTP. The same domain calls as the frames of `commands`."""

from appliance.base.errors import Code, Refusal
from appliance.domain.policy import Membership
from appliance.server.base import BaseHandler
from appliance.server.commands import wish
from appliance.server.protocol import JoinBody, MemberBody, RoomBody, RoomChange
from appliance.server.route import Access, Route

PAGE = 100


class RoomList(BaseHandler):
    """`/api/rooms`."""

    async def get(self) -> None:
        limit = min(self.number("limit", PAGE, most=PAGE) or PAGE, PAGE)
        items, following = await self.services.rooms.listed(self.me, self.query("after"), limit)
        self.answer({"items": items, "next": following})

    async def post(self) -> None:
        outcome = await self.services.rooms.create(self.me, wish(self.body(RoomBody)))
        self.answer(self.tell(outcome), 201)


class OneRoom(BaseHandler):
    """`/api/rooms/{id}`."""

    async def get(self, room: str) -> None:
        self.answer(await self.services.rooms.find(self.me, room))

    async def patch(self, room: str) -> None:
        change = self.body(RoomChange)
        self.answer(self.tell(await self.services.rooms.rename(self.me, room, change.name)))

    async def delete(self, room: str) -> None:
        self.tell(await self.services.rooms.close(self.me, room))
        self.done()


class Join(BaseHandler):
    """`/api/rooms/{id}/join`."""

    async def post(self, room: str) -> None:
        self.body(JoinBody)
        self.answer(self.tell(await self.services.members.join(self.me, room)))


class Leave(BaseHandler):
    """`/api/rooms/{id}/leave`."""

    async def post(self, room: str) -> None:
        self.tell(await self.services.members.leave(self.me, room))
        self.done()


class MemberList(BaseHandler):
    """`/api/rooms/{id}/members`."""

    async def get(self, room: str) -> None:
        self.answer({"items": await self.services.members.listed(self.me, room), "next": None})


class OneMember(BaseHandler):
    """`/api/rooms/{id}/members/{user}`."""

    async def put(self, room: str, user: str) -> None:
        body = self.body(MemberBody)
        if body.muted_until is not None:
            raise Refusal(Code.BAD_REQUEST, field="muted_until", reason="unsupported")
        role = Membership(body.role)
        self.answer(self.tell(await self.services.members.put(self.me, room, user, role)))

    async def delete(self, room: str, user: str) -> None:
        self.tell(await self.services.members.remove(self.me, room, user))
        self.done()


_ROOM, _MEMBER = "/api/rooms/{room}", "/api/rooms/{room}/members/{user}"
ROUTES = (
    Route("GET", "/api/rooms", RoomList, Access.SIGNED_IN, "public rooms and one's own"),
    Route("POST", "/api/rooms", RoomList, Access.SIGNED_IN, "a new room", body=RoomBody),
    Route("GET", _ROOM, OneRoom, Access.GUEST, "a room as one sees it"),
    Route("PATCH", _ROOM, OneRoom, Access.SIGNED_IN, "another name for a room", body=RoomChange),
    Route("DELETE", _ROOM, OneRoom, Access.SIGNED_IN, "end a room and all that was said in it"),
    Route("POST", f"{_ROOM}/join", Join, Access.SIGNED_IN, "become a member", body=JoinBody),
    Route("POST", f"{_ROOM}/leave", Leave, Access.GUEST, "be a member no more"),
    Route("GET", f"{_ROOM}/members", MemberList, Access.GUEST, "who is in a room"),
    Route("PUT", _MEMBER, OneMember, Access.SIGNED_IN, "bring somebody in", body=MemberBody),
    Route("DELETE", _MEMBER, OneMember, Access.SIGNED_IN, "show somebody out"),
)
