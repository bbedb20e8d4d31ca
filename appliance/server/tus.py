"""tus 1.0.0 (tus.io/protocols/resumable-upload): uploads that stop and go on. Headers in, headers out.

An upload's address is a secret of its own: who has it may go on though the session that began it has ended.
"""

from datetime import UTC, datetime
from email.utils import format_datetime

from msgspec import Struct
from tornado.httputil import HTTPServerRequest

from appliance.base.errors import Code, Refusal
from appliance.domain.permits import Destination
from appliance.domain.progress import ALGORITHMS, State, Turn
from appliance.domain.resumable import PARTIAL
from appliance.server import headers, tus_words
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route
from appliance.server.tus_words import BODY, EXTENSIONS, PATH, VERSION
from appliance.server.uploads import Arriving


class UploadState(Struct):
    """How far an upload has come, for people who look at it with curl."""

    name: str
    offset: int
    size: int | None
    file: str | None


class Tus(Arriving):
    """What every answer of the protocol has."""

    turn: Turn | None = None

    def set_default_headers(self) -> None:
        super().set_default_headers()
        self.set_header("Tus-Resumable", VERSION)

    def refuse(self, problem: Refusal) -> None:
        if problem.code is Code.PRECONDITION_FAILED:
            self.set_header("Tus-Version", VERSION)
        if isinstance(offset := problem.params.get("offset"), int):
            self.set_header("Upload-Offset", str(offset))
        super().refuse(problem)

    async def receive(self, chunk: bytes) -> None:
        if self.turn is None:
            raise Refusal(Code.BAD_TYPE, types=[BODY])
        await self.turn.write(chunk)

    def over(self) -> None:
        super().over()
        if self.turn is not None:
            self.services.resumable.break_off(self.turn)

    def options(self, **_: str) -> None:
        """What this server speaks. Asked by clients and, before they write, by browsers of other origins."""
        self.set_header("Tus-Version", VERSION)
        self.set_header("Tus-Extension", ",".join(EXTENSIONS))
        self.set_header("Tus-Checksum-Algorithm", ",".join(ALGORITHMS))
        self.set_header("Tus-Max-Size", str(self.services.arrivals.largest(self.actor)))
        allow = (
            "POST, OPTIONS" if self.request.path.rstrip("/") == PATH else "GET, HEAD, PATCH, DELETE, OPTIONS"
        )
        self.set_header("Allow", allow)
        if self.house.doors.shared_with(self.request.headers.get("Origin")):
            self.set_header("Access-Control-Allow-Methods", allow)
            self.set_header("Access-Control-Allow-Headers", headers.CORS_SEND)
            self.set_header("Access-Control-Max-Age", "600")

    def check_version(self) -> None:
        if self.request.headers.get("Tus-Resumable") != VERSION:
            raise Refusal(Code.PRECONDITION_FAILED, versions=[VERSION])

    def announced(self) -> int | None:
        """The length of the body; None when it comes in chunks. Lifts the limits of other bodies."""
        length = tus_words.number(self.request.headers, "Content-Length")
        chunked = "Transfer-Encoding" in self.request.headers
        if self.content_type != BODY:
            if length:
                raise Refusal(Code.BAD_TYPE, types=[BODY])
            return 0
        if chunked or length:
            self.expect_bytes(length if length is not None else self.services.arrivals.largest(self.actor))
        return None if chunked else length or 0

    def describe(self, state: State) -> None:
        """Where the upload stands; nothing of what it became but its id."""
        if state.offset is not None:
            self.set_header("Upload-Offset", str(state.offset))
        if state.expires is not None:
            at = datetime.fromtimestamp(state.expires / 1000, UTC)
            self.set_header("Upload-Expires", format_datetime(at, usegmt=True))
        if state.file is not None:
            self.set_header("Upload-File", state.file)


class UnfinishedHandler(BaseHandler):
    """One's own uploads that wait to be gone on with: for another device, or a page that forgot."""

    async def get(self) -> None:
        self.answer({"items": self.services.resumable.unfinished.of(self.me, PATH)})


class CreationHandler(Tus):
    """A new upload: with its first bytes, without, or made of others."""

    _final: str | None = None
    _created: State | None = None

    async def begin(self) -> None:
        if self.request.method == "OPTIONS":
            return
        self.check_version()
        given, resumable = self.request.headers, self.services.resumable
        concat, metadata = given.get("Upload-Concat", ""), given.get("Upload-Metadata", "")
        name, announced = tus_words.file_name(metadata), self.announced()
        if concat.startswith("final;"):
            if "Upload-Length" in given or announced != 0:
                raise Refusal(Code.BAD_REQUEST, field="Upload-Length", reason="final")
            self._final = concat
            return
        if concat not in ("", PARTIAL):
            raise Refusal(Code.BAD_REQUEST, field="Upload-Concat", reason="unknown")
        checksum = tus_words.checksum(given.get("Upload-Checksum"))
        size = tus_words.new_length(given)
        if size is not None and announced is not None and announced > size:
            raise Refusal(Code.TOO_LARGE, name=name, size=announced, maximum=size)
        self._created = made = await resumable.create(
            self.me, name, size, to=self._to(metadata), metadata=metadata, concat=concat
        )
        if announced != 0 or size == 0:
            self.turn = await resumable.take(
                self.me, made.id, self.cut, offset=0, announced=announced, checksum=checksum
            )

    @property
    def meant_room(self) -> str:
        """Said in the metadata, as all that is said of the file."""
        return tus_words.room(self.request.headers.get("Upload-Metadata", "")) or super().meant_room

    def _to(self, metadata: str) -> Destination:
        return Destination.of(tus_words.folder(metadata), self.meant_room)

    async def post(self) -> None:
        self.complete()
        state = self._created
        if self._final is not None:
            metadata = self.request.headers.get("Upload-Metadata", "")
            joined = await self.services.resumable.join(
                self.me,
                tus_words.file_name(metadata),
                tus_words.parts(self._final),
                to=self._to(metadata),
                metadata=metadata,
                concat=self._final,
            )
            state = self.tell(joined)
        elif self.turn is not None:
            state = self.tell(await self.services.resumable.end(self.turn))
        assert state is not None
        self.set_status(201)
        self.set_header("Location", f"{PATH}/{state.id}")
        self.describe(state)


class UploadHandler(Tus):
    """One upload, at its own address."""

    async def begin(self) -> None:
        if self.request.method in ("GET", "OPTIONS"):
            return
        self.check_version()
        if self.request.method != "PATCH":
            return
        given, announced = self.request.headers, self.announced()
        if self.content_type != BODY:
            raise Refusal(Code.BAD_TYPE, types=[BODY])
        offset = tus_words.number(given, "Upload-Offset")
        if offset is None:
            raise Refusal(Code.BAD_REQUEST, field="Upload-Offset", reason="missing")
        self.turn = await self.services.resumable.take(
            self.actor,
            self.path_kwargs["upload"],
            self.cut,
            offset=offset,
            announced=announced,
            size=tus_words.number(given, "Upload-Length"),
            checksum=tus_words.checksum(given.get("Upload-Checksum")),
        )

    async def patch(self, upload: str) -> None:
        self.complete()
        assert self.turn is not None
        self.describe(self.tell(await self.services.resumable.end(self.turn)))
        self.done()

    async def get(self, upload: str) -> None:
        """HEAD, of which GET is the readable form."""
        state = self.tell(await self.services.resumable.look(self.actor, upload))
        self.describe(state)
        if state.size is None:
            self.set_header("Upload-Defer-Length", "1")
        else:
            self.set_header("Upload-Length", str(state.size))
        if state.metadata:
            self.set_header("Upload-Metadata", state.metadata)
        if state.concat:
            self.set_header("Upload-Concat", state.concat)
        if self.request.method == "GET":
            self.answer(UploadState(state.name, state.offset, state.size, state.file))

    async def delete(self, upload: str) -> None:
        await self.services.resumable.forget(self.actor, upload)
        self.done()


def meant(request: HTTPServerRequest) -> str:
    """The method that counts: clients behind old proxies say it in a header of this protocol."""
    method = str(request.method)
    if request.path == PATH or request.path.startswith(f"{PATH}/"):
        method = request.headers.get("X-HTTP-Method-Override", method).upper()
    return method


_ONE = f"{PATH}/{{upload}}"
ROUTES = (
    Route(
        "GET",
        "/api/uploads/unfinished",
        UnfinishedHandler,
        Access.MAY_UPLOAD,
        "One's own unfinished tus uploads",
    ),
    Route("OPTIONS", PATH, CreationHandler, Access.ALL, "tus: versions and extensions"),
    Route("POST", PATH, CreationHandler, Access.MAY_UPLOAD, "tus: a new upload", streams=True),
    Route("OPTIONS", _ONE, UploadHandler, Access.ALL, "tus: versions and extensions"),
    Route("GET", _ONE, UploadHandler, Access.ALL, "tus: how far an upload has come (HEAD)"),
    Route("PATCH", _ONE, UploadHandler, Access.ALL, "tus: go on with an upload", streams=True),
    Route("DELETE", _ONE, UploadHandler, Access.ALL, "tus: give an upload up"),
)
