"""Small pictures of files over HTTP: small bodies in, and out as what they were shown to be."""

from appliance.server.files import FileAnswers
from appliance.server.route import Access, Route

PATH = "/api/uploads/{id}/thumbnail"


class ThumbnailHandler(FileAnswers):
    """`PUT` by the owner of a picture or a video; `GET` by who may have its bytes."""

    async def put(self, id: str) -> None:
        data = bytes(self._body)
        put = await self.services.thumbnails.put(self.me, id, self.content_type, data)
        self.answer(self.shown(self.tell(put)))

    async def get(self, id: str) -> None:
        data, kind, sha256 = await self.services.thumbnails.get(self.actor, id, self.query("link"))
        etag = f'"{sha256}"'
        self.set_header("ETag", etag)
        self.set_header("Cache-Control", "private, no-cache")  # kept, and asked for again: rights change
        if self.matches(etag):
            self.set_status(304)
            return
        self.set_header("Content-Disposition", "inline")
        self._send(data, kind)


ROUTES = (
    Route("PUT", PATH, ThumbnailHandler, Access.SIGNED_IN, "A small picture of one's own picture or video"),
    Route("GET", PATH, ThumbnailHandler, Access.ALL, "The small picture of a file"),
)
