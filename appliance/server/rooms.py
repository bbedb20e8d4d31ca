"""Rooms and their members over HTTP. The same domain calls as the frames of `commands`."""

from msgspec import UNSET

from appliance.domain.policy import Membership
from appliance.domain.room_kinds import Change
from appliance.domain.room_views import MemberView
from appliance.server.base import BaseHandler
from appliance.server.bodies import CodeBody, JoinBody, MemberBody, MineBody, RoomBody, RoomChange
from appliance.server.commands import wish
from appliance.server.route import Access, Route

PAGE = 100


class RoomList(BaseHandler):
    """`/api/rooms`."""

    async def get(self) -> None:
        limit = min(self.number("limit", PAGE, most=PAGE) or PAGE, PAGE)
        archived = self.query("archived") == "1"
        items, following = await self.services.rooms.listed(self.me, self.query("after"), limit, archived)
        self.answer({"items": items, "next": following})

    async def post(self) -> None:
        outcome = await self.services.rooms.create(self.me, wish(self.body(RoomBody)))
        self.answer(self.tell(outcome), 201)


class OneRoom(BaseHandler):
    """`/api/rooms/{id}`."""

    async def get(self, room: str) -> None:
        self.answer(await self.services.rooms.find(self.me, room))

    async def patch(self, room: str) -> None:
        body = self.body(RoomChange)
        change = Change(
            name=body.name,
            code=body.code,
            password=body.password,
            archived=body.archived,
            announcement=body.announcement,
            slow=body.slow,
            retention_days=body.retention_days,
        )
        self.answer(self.tell(await self.services.rooms.change(self.me, room, change)))

    async def delete(self, room: str) -> None:
        """`?forever=1` erases it for good."""
        if self.query("forever") == "1":
            saved = self.query("generations") == "1"
            self.answer(self.tell(await self.services.erasing.erase(self.me, [room], saved=saved)))
            return
        self.tell(await self.services.rooms.close(self.me, room))
        self.done()


class Mine(BaseHandler):
    """`/api/rooms/{id}/mine`: what somebody chose for themselves alone."""

    async def patch(self, room: str) -> None:
        self.tell(await self.services.members.mute_alerts(self.me, room, self.body(MineBody).muted))
        self.answer(await self.services.rooms.find(self.me, room))


class Join(BaseHandler):
    """`/api/rooms/{id}/join`."""

    async def post(self, room: str) -> None:
        password = self.body(JoinBody).password
        join = self.services.members.join
        self.answer(self.tell(await join(self.me, room, password, self.visitor.ip)))


class JoinByCode(BaseHandler):
    """`/api/rooms/join`."""

    async def post(self) -> None:
        body = self.body(CodeBody)
        join = self.services.members.join_by_code
        self.answer(self.tell(await join(self.me, body.code, body.password, self.visitor.ip)))


class Leave(BaseHandler):
    """`/api/rooms/{id}/leave`."""

    async def post(self, room: str) -> None:
        self.tell(await self.services.members.leave(self.me, room))
        if not self.me.signed_in and self.credential == "cookie":
            self.clear_session_cookie()
        self.done()


class MemberList(BaseHandler):
    """`/api/rooms/{id}/members`."""

    async def get(self, room: str) -> None:
        self.answer({"items": await self.services.members.listed(self.me, room), "next": None})


class OneMember(BaseHandler):
    """`/api/rooms/{id}/members/{user}`."""

    async def put(self, room: str, user: str) -> None:
        body = self.body(MemberBody)
        member: MemberView | None = None
        if body.role is not UNSET or body.muted_until is UNSET:
            role = Membership.MEMBER if body.role is UNSET else Membership(body.role)
            member = self.tell(await self.services.members.put(self.me, room, user, role))
        if body.muted_until is not UNSET:
            mute = self.services.moderation.mute_until
            member = self.tell(await mute(self.me, room, user, body.muted_until or 0))
        self.answer(member)

    async def delete(self, room: str, user: str) -> None:
        self.tell(await self.services.moderation.kick(self.me, room, user))
        self.done()


_ROOM, _MEMBER = "/api/rooms/{room}", "/api/rooms/{room}/members/{user}"
ROUTES = (
    Route("GET", "/api/rooms", RoomList, Access.SIGNED_IN, "public rooms and one's own"),
    Route("POST", "/api/rooms", RoomList, Access.SIGNED_IN, "a new room", body=RoomBody),
    Route("GET", _ROOM, OneRoom, Access.GUEST, "a room as one sees it"),
    Route(
        "PATCH",
        _ROOM,
        OneRoom,
        Access.SIGNED_IN,
        "another name, code, password, pace; archive",
        body=RoomChange,
    ),
    Route("DELETE", _ROOM, OneRoom, Access.SIGNED_IN, "end a room and all that was said in it"),
    Route("PATCH", f"{_ROOM}/mine", Mine, Access.GUEST, "alerts of a room, on or off", body=MineBody),
    Route("POST", "/api/rooms/join", JoinByCode, Access.SIGNED_IN, "join by a code", body=CodeBody),
    Route("POST", f"{_ROOM}/join", Join, Access.SIGNED_IN, "become a member", body=JoinBody),
    Route("POST", f"{_ROOM}/leave", Leave, Access.GUEST, "be a member no more"),
    Route("GET", f"{_ROOM}/members", MemberList, Access.GUEST, "who is in a room"),
    Route("PUT", _MEMBER, OneMember, Access.SIGNED_IN, "bring somebody in", body=MemberBody),
    Route("DELETE", _MEMBER, OneMember, Access.SIGNED_IN, "show somebody out"),
)
