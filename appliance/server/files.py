"""The list of files and what one does with a file, apart from its bytes."""

from msgspec import Struct
from msgspec.structs import replace

from appliance.domain.file_list import listing
from appliance.domain.file_views import File, Page
from appliance.domain.keeping import Change
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route

_WORDS = ("q", "sort", "state", "scan", "owner", "folder", "room", "stable", "keep", "limit", "after")


class Link(Struct):
    """An address that needs no header for a while."""

    public_url: str


class Here(Struct, frozen=True):
    """`POST /api/uploads/here`: bytes that one could download need not be sent."""

    sha256: str
    name: str
    folder: str = ""


class Approval(Struct, frozen=True):
    """Whether a file that somebody would like to keep is to be saved."""

    approved: bool


class FileAnswers(BaseHandler):
    """Signed links are told with the address that the asker used, so that they can be handed on."""

    def whole(self, address: str) -> str:
        return f"{self.visitor.scheme}://{self.request.host}{address}"

    def shown(self, file: File) -> File:
        return replace(file, public_url=self.whole(file.public_url)) if file.public_url else file


class FilesHandler(FileAnswers):
    async def get(self) -> None:
        words = {name: self.query(name) for name in _WORDS}
        if self.get_query_arguments("mine") or words["owner"] == "me":
            words["owner"] = self.me.id
        page = await self.services.files.list(self.me, listing(**words))
        self.answer(Page([self.shown(file) for file in page.items], page.next))


class FileHandler(FileAnswers):
    async def get(self, id: str) -> None:
        self.answer(self.shown(await self.services.files.get(self.me, id)))

    async def patch(self, id: str) -> None:
        changed = await self.services.keeping.change(self.me, id, self.body(Change))
        self.answer(self.shown(self.tell(changed)))

    async def delete(self, id: str) -> None:
        """`?forever=1` erases it for good, with every file of the same bytes."""
        if self.query("forever") == "1":
            saved = self.query("generations") == "1"
            self.answer(self.tell(await self.services.erasing.erase(self.me, [id], saved=saved)))
            return
        self.tell(await self.services.keeping.delete(self.me, id))
        self.done()


class RestoreHandler(FileAnswers):
    async def post(self, id: str) -> None:
        self.answer(self.shown(self.tell(await self.services.keeping.restore(self.me, id))))


class KeepHandler(FileAnswers):
    async def post(self, id: str) -> None:
        decided = await self.services.keeping.decide(self.me, id, self.body(Approval).approved)
        self.answer(self.shown(self.tell(decided)))


class HereHandler(FileAnswers):
    """204: send it. No error, for a page asks before each large file, and browsers write errors down."""

    async def post(self) -> None:
        wanted = self.body(Here)
        file = await self.services.keeping.again(self.me, wanted.sha256, wanted.name, wanted.folder)
        if file is None:
            self.done()
        else:
            self.answer(self.shown(self.tell(file)), 201)


class LinkHandler(FileAnswers):
    async def post(self, id: str) -> None:
        self.answer(Link(self.whole(await self.services.files.link(self.me, id))), 201)


class TypesHandler(BaseHandler):
    async def get(self) -> None:
        self.answer(self.services.arrivals.allowed(self.actor, self.meant_room or None))


ROUTES = (
    Route("GET", "/api/uploads", FilesHandler, Access.SIGNED_IN, "The files, newest first"),
    Route("GET", "/api/uploads/types/allowed", TypesHandler, Access.ALL, "What may be uploaded"),
    Route("GET", "/api/uploads/{id}", FileHandler, Access.SIGNED_IN, "One file"),
    Route("DELETE", "/api/uploads/{id}", FileHandler, Access.SIGNED_IN, "Delete a file until the next reset"),
    Route("PATCH", "/api/uploads/{id}", FileHandler, Access.SIGNED_IN, "Rename, describe, keep", body=Change),
    Route(
        "POST", "/api/uploads/{id}/restore", RestoreHandler, Access.SIGNED_IN, "Undo a deletion, for a minute"
    ),
    Route(
        "POST",
        "/api/uploads/{id}/keep",
        KeepHandler,
        Access.ADMINISTRATOR,
        "Approve or decline that a file be kept",
        body=Approval,
    ),
    Route(
        "POST",
        "/api/uploads/here",
        HereHandler,
        Access.MAY_UPLOAD,
        "Upload without sending what one may download already",
        body=Here,
    ),
    Route("POST", "/api/uploads/{id}/link", LinkHandler, Access.SIGNED_IN, "A signed link to the bytes"),
)
