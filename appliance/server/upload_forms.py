"""Files that come in a form: `POST` multipart, from a page of ours, a plain HTML form or `curl -F`.

All or nothing: the files get their rows when the whole form is there. Must not keep a body in memory.
"""

from multipart import MultipartError, MultipartSegment, PushMultipartParser, parse_options_header

from appliance.base.errors import Code, Refusal
from appliance.base.settings import MIB
from appliance.domain.corridor import Upload
from appliance.domain.file_views import File
from appliance.domain.permits import Destination
from appliance.server.forms import FIELD
from appliance.server.route import Access, Route
from appliance.server.uploads import Arriving

NAMES = ("file", "archivo")
FOLDER = "folder"
_FIELDS = 20  # that are no files
_FIELD_BYTES = 4096


class FormHandler(Arriving):
    """Fields `file` or `archivo`; of other fields the form token and `folder` count, before the files."""

    _current: Upload | None = None
    _whole = False  # all of it becomes files, though nobody may wait for the answer any more

    async def begin(self) -> None:
        self._uploads: list[Upload] = []
        self._fields = {FIELD: bytearray(), FOLDER: bytearray()}
        self._segment: MultipartSegment | None = None
        self._left = self.expect_body()
        most = self.services.settings.upload_max_files
        limit = self.services.arrivals.largest(self.me) * most + MIB
        if self._left > limit:
            raise Refusal(Code.TOO_LARGE, size=self._left, maximum=limit)
        kind, options = parse_options_header(self.request.headers.get("Content-Type", ""))
        if kind != "multipart/form-data":
            raise Refusal(Code.BAD_TYPE, types=["multipart/form-data"])
        try:
            self._parser = PushMultipartParser(
                options.get("boundary", ""), max_segment_count=most + _FIELDS, strict=True
            )
        except MultipartError:
            raise Refusal(Code.BAD_REQUEST, reason="form") from None

    async def receive(self, chunk: bytes) -> None:
        try:
            for part in self._parser.parse(chunk):
                if isinstance(part, MultipartSegment):
                    await self._open(part)
                elif part is None:
                    self._ended()
                else:
                    await self._take(bytes(part))
        except MultipartError:
            raise Refusal(Code.BAD_REQUEST, reason="form") from None
        self._left -= len(chunk)

    async def post(self) -> None:
        self.complete()
        try:
            self._parser.close()
        except MultipartError:
            raise Refusal(Code.BAD_REQUEST, reason="form") from None
        if not self._uploads:
            raise self.nothing_came()
        self._whole = True
        try:
            files = [await self._stored(upload) for upload in self._uploads]
        finally:
            self._whole = False
            self._abandon()
        self.stored(files)

    def nothing_came(self) -> Refusal:
        """Hook: a form without a file."""
        return Refusal(Code.BAD_REQUEST, reason="no_file")

    def stored(self, files: list[File]) -> None:
        """Hook: the answer when all is there."""
        self.answer(files[0] if len(files) == 1 else {"items": files}, 201)

    async def _open(self, segment: MultipartSegment) -> None:
        self._segment = segment
        if not segment.filename:  # a field, or a choice of no file
            return
        if segment.name not in NAMES:
            raise Refusal(Code.BAD_REQUEST, field=segment.name or "", reason="field")
        if len(self._uploads) >= self.services.settings.upload_max_files:
            raise Refusal(Code.TOO_LARGE, reason="files", maximum=self.services.settings.upload_max_files)
        self.check_form_token(self._fields[FIELD].decode("ascii", "replace"))
        folder = self._fields[FOLDER].decode("utf-8", "replace")
        self._current = await self.services.arrivals.begin(
            self.me,
            segment.filename,
            size=None,
            at_most=self._left,
            to=Destination.of(folder, self.meant_room),
        )
        self._uploads.append(self._current)

    async def _take(self, data: bytes) -> None:
        if self._current is not None:
            await self._current.write(data)
        elif self._segment is not None and self._segment.bytes_received > _FIELD_BYTES:
            raise Refusal(Code.TOO_LARGE, field=self._segment.name or "", maximum=_FIELD_BYTES)
        elif self._segment is not None and self._segment.name in self._fields:
            self._fields[self._segment.name] += data

    def _ended(self) -> None:
        if self._current is not None:
            self.services.arrivals.sized(self._current)
        self._current = self._segment = None

    async def _stored(self, upload: Upload) -> File:
        return self.shown(self.tell(await self.services.arrivals.finish(upload)))

    def over(self) -> None:
        super().over()
        if not self._whole:
            self._abandon()

    def _abandon(self) -> None:
        """Those that are not files yet."""
        for upload in getattr(self, "_uploads", ()):
            self.services.arrivals.abandon(upload)


ROUTES = tuple(
    Route(
        "POST",
        path,
        FormHandler,
        Access.MAY_UPLOAD,
        "Upload up to ten files as a form, in fields `file` or `archivo`",
        form=True,
        streams=True,
    )
    for path in ("/api/uploads", "/api/upload")
)
