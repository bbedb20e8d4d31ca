"""Bodies on their way in: `PUT` for programs, forms for pages. Each piece goes to the corridor, no further.

An upload that stops without a word is cut off; one that is refused is still read for a while, so that the
refusal is seen.
"""

import asyncio

from appliance.base.errors import Code, Refusal
from appliance.domain.corridor import Upload
from appliance.domain.permits import Destination
from appliance.server.files import FileAnswers
from appliance.server.route import Access, Route


class Arriving(FileAnswers):
    """A handler whose body may take hours, but not pause for long."""

    _watch: asyncio.TimerHandle | None = None
    _taking = False

    def expect_body(self) -> int:
        """Lifts the limits of ordinary requests; answers the length that was announced."""
        length = self.request.headers.get("Content-Length", "")
        if not length:
            raise Refusal(Code.LENGTH_REQUIRED)
        self.expect_bytes(int(length))
        return int(length)

    def expect_bytes(self, most: int) -> None:
        """A body may come, of so many bytes, as long as it does not pause."""
        self.limit_body(most, None)
        self._heard = asyncio.get_running_loop().time()
        self._look()

    async def data_received(self, chunk: bytes) -> None:
        self._taking = True
        await super().data_received(chunk)
        self._taking = False
        self._heard = asyncio.get_running_loop().time()

    def _look(self) -> None:
        """The time that a slow card takes is not the sender's."""
        loop = asyncio.get_running_loop()
        idle = self.services.settings.upload_idle_seconds
        if not self._taking and loop.time() - self._heard >= idle:
            self.cut()
            return
        self._watch = loop.call_later(idle / 4, self._look)

    def complete(self) -> None:
        """The body is there: from now on the sender waits for us."""
        if self._watch is not None:
            self._watch.cancel()

    def _give_up(self, problem: Exception) -> None:
        super()._give_up(problem)
        self.over()

    def over(self) -> None:
        """It is answered, or nobody sends it any more."""
        self.complete()

    def on_connection_close(self) -> None:
        super().on_connection_close()
        self.over()

    def on_finish(self) -> None:
        self.over()


class PutHandler(Arriving):
    """`curl -T file`: the body is the file."""

    upload: Upload | None = None

    async def begin(self) -> None:
        size = self.expect_body()
        self.upload = await self.services.arrivals.begin(
            self.me,
            self.path_kwargs["name"],
            size=size,
            to=Destination.of(self.query("folder"), self.meant_room),
        )

    async def receive(self, chunk: bytes) -> None:
        assert self.upload is not None
        await self.upload.write(chunk)

    async def put(self, name: str) -> None:
        self.complete()
        assert self.upload is not None
        self.answer(self.shown(self.tell(await self.services.arrivals.finish(self.upload))), 201)

    def over(self) -> None:
        super().over()
        if self.upload is not None:
            self.services.arrivals.abandon(self.upload)

    def decode_argument(self, value: bytes, name: str | None = None) -> str:
        """A name in another encoding is made readable, not refused."""
        return value.decode("utf-8", "replace")


ROUTES = (
    Route(
        "PUT",
        "/api/uploads/{name}",
        PutHandler,
        Access.MAY_UPLOAD,
        "Upload a file as the body of the request",
        streams=True,
    ),
)
