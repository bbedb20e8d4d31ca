"""A saved generation as one signed archive: a ticket first, then the bytes, as many as were announced."""

import asyncio

from msgspec import Struct
from msgspec.structs import replace
from tornado.iostream import StreamClosedError

from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
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


class PrepareHandler(FileAnswers):
    async def post(self) -> None:
        body = self.body(ExportBody)
        number = body.generation if body.generation is not None else self.services.stable.leads_to
        if number is None:
            raise Refusal(Code.CONFLICT, reason="nothing_saved")
        ticket = await self.services.exports.prepare(
            self.me,
            body.password,
            self.visitor.ip,
            generation=number,
            passwords=body.passwords,
            private_rooms=body.private_rooms,
        )
        self.answer(replace(ticket, url=self.whole(ticket.url)), 201)


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
                await asyncio.wait_for(self.flush(), idle)
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
    Route("GET", "/api/export/{ticket}", ArchiveHandler, Access.ALL, "The bytes of an archive, once"),
)
