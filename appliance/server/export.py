"""A saved generation as one signed archive: a ticket first, then the bytes, as many as were announced;
or onto a USB stick in the box.
"""

import asyncio

from msgspec import Struct
from msgspec.structs import replace
from tornado.iostream import StreamClosedError

from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain.archive.exports import Choice
from appliance.server.base import BaseHandler
from appliance.server.downloads import disposition
from appliance.server.files import FileAnswers
from appliance.server.route import Access, Route

_log = logger("archive")


class ExportBody(Struct, frozen=True, kw_only=True):
    """`generation`: a number; left out, the one that a reboot leads to. `passwords`: password hashes, room
    codes and room passwords too, for a box that is to be rebuilt. `private_rooms`: as readable pages too.
    """

    password: str
    generation: int | None = None
    passwords: bool = False
    private_rooms: bool = False


class StickBody(ExportBody, frozen=True, kw_only=True):
    """`stick`: the id of one; left out, the only one there is."""

    stick: str | None = None


class PrepareHandler(FileAnswers):
    async def post(self) -> None:
        body = self.body(ExportBody)
        wish = choice(body, self.services.stable.leads_to)
        ticket = await self.services.exports.prepare(self.me, body.password, self.visitor.ip, wish)
        self.answer(replace(ticket, url=self.whole(ticket.url)), 201)


class StickHandler(BaseHandler):
    async def get(self) -> None:
        self.answer(await self.services.archiving.sticks.state(self.me))

    async def post(self) -> None:
        body = self.body(StickBody)
        wish = choice(body, self.services.stable.leads_to)
        sticks, address = self.services.archiving.sticks, self.visitor.ip
        self.answer(await sticks.begin(self.me, body.password, address, wish, body.stick), 202)

    async def delete(self) -> None:
        await self.services.archiving.sticks.stop(self.me)
        self.done()


def choice(body: ExportBody, leads_to: int | None) -> Choice:
    number = body.generation if body.generation is not None else leads_to
    if number is None:
        raise Refusal(Code.CONFLICT, reason="nothing_saved")
    return Choice(number, passwords=body.passwords, private_rooms=body.private_rooms)


class ArchiveHandler(FileAnswers):
    """The address is the right to it, once. HEAD would use it up, so it is answered with nothing."""

    async def get(self, ticket: str) -> None:
        if self.request.method == "HEAD":
            return
        exports = self.services.exports
        one = exports.redeem(ticket)
        self.set_header("Content-Type", "application/zip")
        self.set_header("Content-Disposition", disposition(one.name))
        self.set_header("Content-Length", str(one.making.size))
        idle = self.services.settings.upload_idle_seconds
        try:
            async for piece in exports.pieces(one):
                self.write(piece)
                async with asyncio.timeout(idle):
                    await self.flush()
        except (StreamClosedError, TimeoutError, Refusal):
            self.cut()  # the length is out: only a broken connection says "not all of it"
        except OSError as error:
            _log.error("an archive ends early: %s", error)
            self.cut()
        finally:
            await exports.over(one)


ROUTES = (
    Route(
        "POST",
        "/api/export",
        PrepareHandler,
        Access.ADMINISTRATOR,
        "A signed archive of a generation",
        body=ExportBody,
    ),
    Route(
        "GET",
        "/api/export/stick",
        StickHandler,
        Access.ADMINISTRATOR,
        "How a copy onto a USB stick stands",
    ),
    Route(
        "POST",
        "/api/export/stick",
        StickHandler,
        Access.ADMINISTRATOR,
        "Copy an archive onto a USB stick in the box",
        body=StickBody,
    ),
    Route("DELETE", "/api/export/stick", StickHandler, Access.ADMINISTRATOR, "Stop copying onto a USB stick"),
    Route("GET", "/api/export/{ticket}", ArchiveHandler, Access.ALL, "The bytes of an archive, once"),
)
