"""Bytes on their way out: as an attachment unless asked and safe, in ranges, with back-pressure."""

import asyncio
import unicodedata
from urllib.parse import quote

from tornado.iostream import StreamClosedError

from appliance.base.errors import Refusal
from appliance.base.log import logger
from appliance.domain import file_types
from appliance.domain.reader import Reader
from appliance.server import ranges
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route

_log = logger("files")
# What a picture or a video needs when it is opened on its own; still nothing that runs.
_SHOWN = "default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'; sandbox"


class ContentHandler(BaseHandler):
    """`GET` and `HEAD` of a file's bytes, by a signed-in person or by a link."""

    async def get(self, id: str) -> None:
        reader = await self.services.files.open(self.actor, id, self.query("link"))
        try:
            await self._give(reader)
        except (StreamClosedError, TimeoutError):
            self.cut()
        except OSError as error:  # the length is out already: only a broken connection says "not all of it"
            _log.error("file %s cannot be read: %s", id, error)
            self.cut()
        finally:
            reader.close()

    async def _give(self, reader: Reader) -> None:
        row = reader.row
        etag = f'"{row.sha256}"'
        if self.matches(etag):
            self._describe(reader, etag)
            self.set_status(304)
            return
        try:
            part = self._range(row.size, etag)
        except Refusal as problem:
            self.set_status(416)
            self.set_header("Content-Range", f"bytes */{row.size}")
            self.refuse(problem)
            return
        self._describe(reader, etag)
        start, stop = part or (0, row.size)
        if part:
            self.set_status(206)
            self.set_header("Content-Range", f"bytes {start}-{stop - 1}/{row.size}")
        self.set_header("Content-Length", str(stop - start))
        if self.request.method != "HEAD":
            await self._send_bytes(reader, start, stop)

    def _range(self, size: int, etag: str) -> tuple[int, int] | None:
        header = self.request.headers.get("Range", "")
        if self.request.headers.get("If-Range", etag) != etag:
            return None
        return ranges.wanted(header, size)

    def _describe(self, reader: Reader, etag: str) -> None:
        row = reader.row
        shown = self.query("inline") == "1" and reader.may_inline
        self.set_header("Content-Type", file_types.served_as(row.type))
        self.set_header("Content-Disposition", disposition(row.name, inline=shown))
        self.set_header("Accept-Ranges", "bytes")
        self.set_header("ETag", etag)
        if shown:
            self.set_header("Content-Security-Policy", _SHOWN)
        if row.state == "released":  # the right to it is asked for again, the bytes are not sent again
            self.set_header("Cache-Control", "private, no-cache")

    async def _send_bytes(self, reader: Reader, start: int, stop: int) -> None:
        """One piece on the wire while the next one is read. Who takes nothing for long is cut off."""
        idle = self.services.settings.upload_idle_seconds
        piece = await reader.read(start, stop - start)
        while piece:
            start += len(piece)
            ahead = asyncio.ensure_future(reader.read(start, stop - start))
            try:
                self.write(piece)
                async with asyncio.timeout(idle):
                    await self.flush()
            finally:
                piece = await ahead
        if start < stop:  # the disk gave less than it had taken
            raise StreamClosedError()


def disposition(name: str, *, inline: bool = False) -> str:
    """Content-Disposition with a plain name for old clients and the real one (RFC 6266, RFC 8187)."""
    plain = unicodedata.normalize("NFKD", name)
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%/:;<>|?*' else "_" for c in plain)
    kind = "inline" if inline else "attachment"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


ROUTES = (
    Route(
        "GET",
        "/api/uploads/{id}/content",
        ContentHandler,
        Access.ALL,
        "The bytes of a file, to who is signed in or has a signed link",
    ),
)
