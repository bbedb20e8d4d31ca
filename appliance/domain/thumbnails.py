"""Small pictures of pictures and videos, made by the uploader's browser. Draws nothing, knows no HTTP.

Each is a body like any other, named in the row of its file, so it is saved, restored and erased with it.
"""

from dataclasses import replace
from io import BytesIO

from appliance.base.errors import Code, Refusal
from appliance.base.ids import new_id
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.domain.actor import Actor
from appliance.domain.arrivals import Arrivals
from appliance.domain.corridor import refused
from appliance.domain.custody import may_show
from appliance.domain.events import Outcome
from appliance.domain.file_views import File, Views, changed
from appliance.domain.files import Files
from appliance.domain.inspection.pictures import measured
from appliance.domain.inspection.reasons import holds_back
from appliance.domain.policy import Action, require
from appliance.domain.quarantine import Quarantine
from appliance.store import files as rows
from appliance.store.database import Connection
from appliance.store.events import next_ev
from appliance.store.files import FileRow
from appliance.store.opened import Store
from appliance.store.writer import Body

TYPES = ("image/jpeg", "image/webp", "image/png")
_KINDS = ("image/", "video/")
_NEVER = "image/svg+xml"
_log = logger("files")


class Thumbnails:
    """The service."""

    def __init__(
        self,
        *,
        store: Store,
        views: Views,
        arrivals: Arrivals,
        files: Files,
        quarantine: Quarantine,
        settings: Settings,
    ) -> None:
        self._content = store.content
        self._blobs = store.blobs
        self._views = views
        self._arrivals = arrivals
        self._files = files
        self._quarantine = quarantine
        self._bytes = settings.thumbnail_bytes
        self._pixels = settings.thumbnail_pixels

    async def put(self, actor: Actor, file_id: str, media_type: str, data: bytes) -> Outcome[File]:
        """For one's own picture or video, while nobody has looked at it; the one before it goes."""
        require(actor, Action.CHANGE_OWN_FILE)
        await self._content.read(lambda db: _own(db, actor, file_id))
        self._check(media_type, data)
        await self._arrivals.fits(actor, len(data))
        writer = await self._arrivals.in_pool(lambda: self._blobs.writer(new_id("t")))
        body: Body | None = None
        old: str | None = None
        try:
            await self._arrivals.in_pool(lambda: writer.write(data))
            body = await self._arrivals.in_pool(writer.finish)
            await self._look(body, media_type)
            sha256, size = body
            old, row, ev = await self._content.write(lambda db: _depict(db, actor, file_id, sha256, size))
        except BaseException as error:
            old = body.sha256 if body else None
            raise (refused(error) if isinstance(error, Exception) else error) from error
        finally:
            await self._arrivals.in_pool(writer.abort if body is None else writer.settled)
            if old:
                await self._arrivals.discard(old)
        return Outcome(self._views.file(actor, row), [changed(ev, row)])

    async def get(self, actor: Actor | None, file_id: str, link: str = "") -> tuple[bytes, str, str]:
        """Bytes, media type and SHA-256, for who may have the file's own bytes."""
        row = await self._files.allowed(actor, file_id, link)
        sha256 = row.thumbnail
        if sha256 is None:
            raise Refusal(Code.NOT_FOUND)
        if not may_show(row):
            raise Refusal(Code.QUARANTINED, reason=row.state if row.state == "rejected" else row.scan)

        def read() -> bytes:
            with self._blobs.open_read(sha256) as body:
                return body.read()

        data = await self._arrivals.in_pool(read)
        return data, kind_of(data), sha256

    def _check(self, media_type: str, data: bytes) -> None:
        """It is what it says, and small."""
        if media_type not in TYPES:
            raise Refusal(Code.BAD_TYPE, types=list(TYPES))
        if len(data) > self._bytes:
            raise Refusal(Code.TOO_LARGE, size=len(data), maximum=self._bytes)
        if kind_of(data) != media_type:
            raise Refusal(Code.BAD_TYPE, reason="content", types=list(TYPES))
        sides = measured(BytesIO(data))
        if sides is None:
            raise Refusal(Code.BAD_REQUEST, field="thumbnail", reason="picture")
        if max(sides) > self._pixels:
            raise Refusal(
                Code.TOO_LARGE, field="thumbnail", width=sides[0], height=sides[1], pixels=self._pixels
            )

    async def _look(self, body: Body, media_type: str) -> None:
        """What would be held back as a file is no small picture either."""
        if self._quarantine.is_rejected(body.sha256):
            raise Refusal(Code.QUARANTINED, reason="rejected")
        name = f"thumbnail.{media_type.partition('/')[2]}"
        if holds_back(await self._quarantine.look(body, name)):
            raise Refusal(Code.BAD_REQUEST, field="thumbnail", reason="picture")


def kind_of(data: bytes) -> str:
    """By its first bytes; empty for anything else."""
    if data.startswith(b"\xff\xd8\xff"):
        return TYPES[0]
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return TYPES[1]
    return TYPES[2] if data.startswith(b"\x89PNG\r\n\x1a\n") else ""


def _own(db: Connection, actor: Actor, file_id: str) -> FileRow:
    row = rows.find(db, file_id)
    if row is None:
        raise Refusal(Code.NOT_FOUND)
    if row.owner != actor.id or row.state != "quarantined":
        raise Refusal(Code.FORBIDDEN, action=Action.CHANGE_OWN_FILE.value)
    if not row.type.startswith(_KINDS) or row.type == _NEVER:
        raise Refusal(Code.BAD_REQUEST, field="thumbnail", reason="kind")
    return row


def _depict(
    db: Connection, actor: Actor, file_id: str, sha256: str, size: int
) -> tuple[str | None, FileRow, int]:
    """The small picture before this one, the row as it is now, and the number of the change."""
    row = _own(db, actor, file_id)
    rows.depict(db, file_id, sha256, size)
    return row.thumbnail, replace(row, thumbnail=sha256, thumbnail_size=size), next_ev(db)
