"""Archives on their way in: the bytes first, then a look at all of them, then an administrator's word."""

from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route
from appliance.server.uploads import Arriving


class MergeBody(Struct, frozen=True, kw_only=True):
    """One's own password again; `trust` vouches for a box that this one does not know."""

    password: str
    trust: bool = False


class ImportHandler(Arriving):
    """The body of the POST is the archive, as it was made."""

    _receiving = False

    async def begin(self) -> None:
        if self.request.method == "POST":
            size = self.expect_body()
            await self.services.imports.begin(self.me, size)
            self._receiving = True

    async def receive(self, chunk: bytes) -> None:
        if self._receiving:
            await self.services.imports.write(chunk)
        elif chunk:
            raise Refusal(Code.BAD_REQUEST, reason="body")

    async def get(self) -> None:
        self.answer(self.services.imports.state(self.me))

    async def post(self) -> None:
        self.complete()
        self._receiving = False
        self.answer(await self.services.imports.finish(self.me), 202)

    async def delete(self) -> None:
        await self.services.imports.drop(self.me)
        self.done()

    def over(self) -> None:
        super().over()
        if self._receiving:
            self._receiving = False
            self.services.imports.abandon()


class MergeHandler(BaseHandler):
    async def post(self) -> None:
        body = self.body(MergeBody)
        imports = self.services.imports
        self.answer(await imports.agree(self.me, body.password, self.visitor.ip, trust=body.trust), 202)


_ADMINISTRATOR = Access.ADMINISTRATOR
ROUTES = (
    Route("GET", "/api/import", ImportHandler, _ADMINISTRATOR, "How an archive on its way in stands"),
    Route("POST", "/api/import", ImportHandler, _ADMINISTRATOR, "Bring an archive", streams=True),
    Route("DELETE", "/api/import", ImportHandler, _ADMINISTRATOR, "Forget the archive that was brought"),
    Route(
        "POST",
        "/api/import/merge",
        MergeHandler,
        _ADMINISTRATOR,
        "Merge the archive that was brought",
        body=MergeBody,
    ),
)
