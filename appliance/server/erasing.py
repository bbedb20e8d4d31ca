"""Erase for good, over HTTP, by ids: also what is here no more and would come back. Decides nothing."""

from typing import Annotated

from msgspec import Meta, Struct

from appliance.server.base import BaseHandler
from appliance.server.protocol import Name
from appliance.server.route import Access, Route


class EraseBody(Struct, frozen=True):
    """`POST /api/erase`: messages, files and rooms, by id; `generations`: out of what was saved too."""

    ids: Annotated[list[Name], Meta(min_length=1, max_length=100)]
    generations: bool = False


class EraseHandler(BaseHandler):
    async def post(self) -> None:
        body = self.body(EraseBody)
        erase = self.services.erasing.erase
        self.answer(self.tell(await erase(self.me, body.ids, saved=body.generations)))


ROUTES = (Route("POST", "/api/erase", EraseHandler, Access.ADMINISTRATOR, "Erase for good", body=EraseBody),)
