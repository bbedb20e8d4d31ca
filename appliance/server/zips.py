"""A selection of files as one zip: a ticket first, then the bytes, as many as were announced."""

import asyncio

from msgspec import Struct
from msgspec.structs import replace
from tornado.iostream import StreamClosedError

from appliance.base.errors import Refusal
from appliance.base.log import logger
from appliance.server.downloads import disposition
from appliance.server.files import FileAnswers
from appliance.server.route import Access, Route

_log = logger("files")


class Selection(Struct, frozen=True):
    """`POST /api/uploads/zip`."""

    ids: list[str]


class TicketHandler(FileAnswers):
    async def post(self) -> None:
        ticket = await self.services.zips.prepare(self.me, self.body(Selection).ids)
        self.answer(replace(ticket, url=self.whole(ticket.url)), 201)


class ZipHandler(FileAnswers):
    """The address is the right to it, once. HEAD would use it up, so it is answered with nothing."""

    async def get(self, ticket: str) -> None:
        if self.request.method == "HEAD":
            return
        one = self.services.zips.redeem(ticket)
        self.set_header("Content-Type", "application/zip")
        self.set_header("Content-Disposition", disposition("PiChat.zip"))
        self.set_header("Content-Length", str(one.size))
        idle = self.services.settings.upload_idle_seconds
        try:
            async for piece in self.services.zips.pieces(one):
                self.write(piece)
                async with asyncio.timeout(idle):
                    await self.flush()
        except (StreamClosedError, TimeoutError, Refusal):
            self.cut()  # the length is out: only a broken connection says "not all of it"
        except OSError as error:
            _log.error("a zip ends early: %s", error)
            self.cut()


ROUTES = (
    Route("POST", "/api/uploads/zip", TicketHandler, Access.SIGNED_IN, "A zip of some files", body=Selection),
    Route("GET", "/api/uploads/zip/{ticket}", ZipHandler, Access.ALL, "The bytes of a zip, once"),
)
