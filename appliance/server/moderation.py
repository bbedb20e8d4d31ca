"""Bans, reports and the audit log over HTTP. Decides nothing."""

from appliance.server.base import BaseHandler
from appliance.server.bodies import BanBody, BoxBanBody, ReportBody
from appliance.server.route import Access, Route

PAGE = 100


class BanList(BaseHandler):
    """`/api/rooms/{id}/bans`."""

    async def get(self, room: str) -> None:
        self.answer({"items": await self.services.moderation.banned(self.me, room), "next": None})

    async def post(self, room: str) -> None:
        body = self.body(BanBody)
        ban = self.services.moderation.ban
        self.tell(await ban(self.me, room, body.user, body.minutes, body.reason))
        self.done()


class OneBan(BaseHandler):
    """`/api/rooms/{id}/bans/{ban}`."""

    async def delete(self, room: str, ban: str) -> None:
        await self.services.moderation.lift(self.me, room, ban)
        self.done()


class BoxBan(BaseHandler):
    """`/api/users/{id}/ban`."""

    async def post(self, id: str) -> None:
        reason = self.body(BoxBanBody).reason
        self.tell(await self.services.moderation.ban_from_box(self.me, id, reason))
        self.done()


class RoomReports(BaseHandler):
    """`/api/rooms/{id}/reports`."""

    async def post(self, room: str) -> None:
        body = self.body(ReportBody)
        report = self.services.reports.report
        made = self.tell(await report(self.me, room, body.user, body.seq, body.reason))
        self.answer({"id": made}, 201)


class ReportList(BaseHandler):
    """`/api/reports`."""

    async def get(self) -> None:
        limit = min(self.number("limit", PAGE, most=PAGE) or PAGE, PAGE)
        items, following = await self.services.reports.listed(self.me, self.query("after"), limit)
        self.answer({"items": items, "next": following})


class OneReport(BaseHandler):
    """`/api/reports/{id}`."""

    async def delete(self, id: str) -> None:
        await self.services.reports.settle(self.me, id)
        self.done()


class Audit(BaseHandler):
    """`/api/audit`."""

    async def get(self) -> None:
        limit = min(self.number("limit", PAGE, most=PAGE) or PAGE, PAGE)
        items, following = await self.services.record.page(self.me, self.number("after"), limit)
        self.answer({"items": items, "next": following})


_BANS = "/api/rooms/{room}/bans"
ROUTES = (
    Route("GET", _BANS, BanList, Access.SIGNED_IN, "who may not come into a room"),
    Route("POST", _BANS, BanList, Access.SIGNED_IN, "keep somebody out of a room", body=BanBody),
    Route("DELETE", f"{_BANS}/{{ban}}", OneBan, Access.SIGNED_IN, "let somebody in again"),
    Route(
        "POST",
        "/api/users/{id}/ban",
        BoxBan,
        Access.ADMINISTRATOR,
        "close an account at once",
        body=BoxBanBody,
    ),
    Route(
        "POST",
        "/api/rooms/{room}/reports",
        RoomReports,
        Access.GUEST,
        "tell the moderators",
        body=ReportBody,
    ),
    Route("GET", "/api/reports", ReportList, Access.SIGNED_IN, "what was reported in one's rooms"),
    Route("DELETE", "/api/reports/{id}", OneReport, Access.SIGNED_IN, "somebody saw to it"),
    Route("GET", "/api/audit", Audit, Access.ADMINISTRATOR, "who did what, the newest first"),
)
