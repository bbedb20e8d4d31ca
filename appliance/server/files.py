"""The list of files and what one does with a file, apart from its bytes."""

from msgspec import Struct
from msgspec.structs import replace

from appliance.domain.file_list import listing
from appliance.domain.file_views import File, Page
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route


class Link(Struct):
    """An address that needs no header for a while."""

    public_url: str


class FileAnswers(BaseHandler):
    """Signed links are told with the address that the asker used, so that they can be handed on."""

    def whole(self, address: str) -> str:
        return f"{self.visitor.scheme}://{self.request.host}{address}"

    def shown(self, file: File) -> File:
        return replace(file, public_url=self.whole(file.public_url)) if file.public_url else file


class FilesHandler(FileAnswers):
    async def get(self) -> None:
        words = {name: self.query(name) for name in ("q", "sort", "state", "scan", "owner", "limit", "after")}
        page = await self.services.files.list(self.me, listing(**words))
        self.answer(Page([self.shown(file) for file in page.items], page.next))


class FileHandler(FileAnswers):
    async def get(self, id: str) -> None:
        self.answer(self.shown(await self.services.files.get(self.me, id)))

    async def delete(self, id: str) -> None:
        self.tell(await self.services.files.delete(self.me, id))
        self.done()


class LinkHandler(FileAnswers):
    async def post(self, id: str) -> None:
        self.answer(Link(self.whole(await self.services.files.link(self.me, id))), 201)


class TypesHandler(BaseHandler):
    async def get(self) -> None:
        self.answer(self.services.arrivals.allowed(self.actor))


ROUTES = (
    Route("GET", "/api/uploads", FilesHandler, Access.SIGNED_IN, "The files, newest first"),
    Route("GET", "/api/uploads/types/allowed", TypesHandler, Access.ALL, "What may be uploaded"),
    Route("GET", "/api/uploads/{id}", FileHandler, Access.SIGNED_IN, "One file"),
    Route("DELETE", "/api/uploads/{id}", FileHandler, Access.SIGNED_IN, "Delete a file until the next reset"),
    Route("POST", "/api/uploads/{id}/link", LinkHandler, Access.SIGNED_IN, "A signed link to the bytes"),
)
