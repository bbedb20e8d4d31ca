"""Erase for good, over HTTP, by ids: also what is here no more and would come back. Decides nothing."""

from typing import Annotated

from msgspec import Meta, Struct

from appliance.server.base import BaseHandler
from appliance.server.protocol import Name
from appliance.server.route import Access, Route


class EraseBody(Struct, frozen=True):
    """`POST /api/erase`: messages, files and rooms, by their ids."""

    ids: Annotated[list[Name], Meta(min_length=1, max_length=100)]


class EraseHandler(BaseHandler):
    async def post(self) -> None:
        self.answer(self.tell(await self.services.erasing.erase(self.me, self.body(EraseBody).ids)))


ROUTES = (Route("POST", "/api/erase", EraseHandler, Access.ADMINISTRATOR, "Erase for good", body=EraseBody),)
