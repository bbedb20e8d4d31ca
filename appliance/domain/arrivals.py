"""Files on their way in: who may bring what, what fits, and the end of it. Every door leads through here.

Decides everything before the first byte of a body. Speaks neither HTTP nor SQL.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import NamedTuple, TypeVar

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.ids import new_id
from appliance.base.log import logger
from appliance.base.settings import MIB, Settings
from appliance.domain.actor import Actor
from appliance.domain.corridor import Stage, Upload, refused
from appliance.domain.events import Event, Outcome
from appliance.domain.file_views import Allowed, File, Views
from appliance.domain.permits import HERE, Destination, Permits
from appliance.domain.places import Places
from appliance.domain.policy import Action, may
from appliance.domain.quarantine import Looked, Quarantine
from appliance.domain.space import Space
from appliance.host import turns
from appliance.store import files as rows
from appliance.store.database import Connection
from appliance.store.events import next_ev
from appliance.store.files import FileRow
from appliance.store.opened import Store
from appliance.store.writer import Body

_TIGHT = 64 * MIB
T = TypeVar("T")
# What else is to be written with the row of a file, in the same transaction.
Also = Callable[[Connection, FileRow], None]
MakeRoom = Callable[[int], Awaitable[bool]]
_log = logger("files")


class Arrived(NamedTuple):
    """A body in its place, and what it looks like."""

    body: Body
    looked: Looked


def _nothing_else(db: Connection, row: FileRow) -> None:
    """Most doors remember nothing of an upload that is over."""


class Arrivals:
    """The service. `start` before the port opens; `close` ends what is under way."""

    def __init__(
        self,
        *,
        store: Store,
        views: Views,
        quarantine: Quarantine,
        space: Space,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._store = store
        self._content = store.content
        self._blobs = store.blobs
        self._views = views
        self._quarantine = quarantine
        self._clock = clock
        self._settings = settings
        self.permits = Permits(clock, settings)
        self._places = Places(space.free, settings)
        self._pool = ThreadPoolExecutor(turns.workers(settings.upload_threads), "upload")
        self._sweeper = ThreadPoolExecutor(1, "discard")
        self._open: dict[str, Upload] = {}
        self._left = asyncio.Event()  # one of them is over
        self._ending: set[asyncio.Task[None]] = set()
        self._make_room: list[MakeRoom] = []

    async def start(self, keep: Collection[str] = ()) -> None:
        """Drops the parts that a crash of the program left, but those with which somebody can go on."""

        def sweep() -> None:
            for upload_id, _ in self._blobs.parts():
                if upload_id not in keep:
                    self._blobs.drop_part(upload_id)

        await asyncio.to_thread(sweep)

    async def begin(
        self,
        actor: Actor,
        name: str,
        *,
        size: int | None,
        at_most: int | None = None,
        to: Destination = HERE,
    ) -> Upload:
        """Decides whether this body may come at all, and promises it the space.

        A body whose `size` is not known yet comes with the most that it can be.
        """
        name = self.named(actor, name, to.room)
        limit = await self.admit(actor, name, size, to.room)
        upload_id = new_id("f")
        expected = min(limit, at_most or limit) if size is None else size
        await self._room_for(expected)
        place = self._places.take(upload_id, actor.id, expected)
        writer = self._blobs.expect(upload_id)
        upload = Upload(upload_id, name, actor, size=size, limit=limit, writer=writer, pool=self._pool, to=to)
        place.written = lambda: upload.written
        self._open[upload_id] = upload
        return upload

    def sized(self, upload: Upload) -> None:
        """No more comes, though it is not to be finished yet: what it does not need is given back."""
        upload.size = upload.received
        self._places.keep(upload.id, upload.received)

    async def finish(self, upload: Upload, also: Also = _nothing_else) -> Outcome[File]:
        """Everything has come: the body in its place, the row, the event. Or nothing of it."""
        if upload.stage is not Stage.RECEIVING:
            raise Refusal(Code.GONE)
        try:
            end = await upload.complete()

            def arrive() -> Arrived:
                body = end()
                return Arrived(body, self._quarantine.look_now(body, upload.name))

            row = await self._content.write_after(
                self._quarantine.pool, arrive, lambda db, arrived: self._insert(db, upload, arrived, also)
            )
        except BaseException as error:
            await self._drop(upload)
            if upload.body is not None:
                await self.discard(upload.body.sha256)
            if not isinstance(error, Exception):
                raise
            raise refused(error) from error
        # Between the commit and the telling nobody waits: events are told in the order of the commits.
        upload.settle()
        self.leave(upload)
        _log.info("file %s from %s: %d bytes", row.id, upload.owner.username, row.size)
        return Outcome(self._views.file(upload.owner, row), self._quarantine.arrived(row))

    def abandon(self, upload: Upload) -> None:
        """The sender is gone or was refused: part and promise go. A second call does nothing."""
        if upload.stage is not Stage.RECEIVING:
            return
        upload.stage = Stage.OVER
        self._afterwards(self._drop(upload))

    async def close(self) -> None:
        """Ends every upload under way; the parts go. What has come whole becomes a file."""
        for upload in list(self._open.values()):
            self.abandon(upload)
        while self._open:
            self._left.clear()
            await self._left.wait()
        while self._ending:
            await asyncio.wait(self._ending)
        for pool in (self._pool, self._sweeper):
            await asyncio.to_thread(pool.shutdown)

    @property
    def under_way(self) -> int:
        """Uploads that are not over."""
        return len(self._places)

    # What an upload that comes in several requests needs of it

    def named(self, actor: Actor, name: str, room: str | None = None) -> str:
        """The name as it will be shown; refuses kinds that this person may not bring."""
        return self.permits.named(actor, name, room)

    async def admit(self, actor: Actor, name: str, size: int | None, room: str | None = None) -> int:
        """Refuses what is larger than this person may bring; answers the most that it can be."""
        self.permits.require(actor, room)
        if room is not None:
            await self._content.read(lambda db: self.permits.check(db, actor, room))
        limit = self.largest(actor, room)
        if size is not None and size > limit:
            raise Refusal(Code.TOO_LARGE, name=name, size=size, maximum=limit)
        quota = self._settings.quota_bytes
        if not quota or may(actor, Action.UPLOAD_LARGE):
            return limit
        used = await self._content.read(lambda db: rows.bytes_of(db, actor.id))
        left = max(0, quota - used - self._places.promised_to(actor.id))
        if (size or 0) > left or not left:
            raise Refusal(Code.NO_SPACE, reason="quota", name=name, size=size or 0, left=left)
        return min(limit, left)

    async def fits(self, actor: Actor, size: int) -> None:
        """Refuses what there is no room for now, though it is promised none."""
        await self._room_for(size)
        self._places.take("", actor.id, size)
        self._places.leave("")

    def resume(self, upload: Upload, promised: int) -> None:
        """This upload goes on, with so much still to come."""
        place = self._places.take(upload.id, upload.owner.id, promised)
        place.written = lambda: upload.written
        self._open[upload.id] = upload

    def leave(self, upload: Upload) -> None:
        """It is over, or rests: its promise is given back."""
        self._open.pop(upload.id, None)
        self._places.leave(upload.id)
        self._left.set()

    @property
    def pool(self) -> ThreadPoolExecutor:
        """Where bodies are written and hashed."""
        return self._pool

    async def in_pool(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def discard(self, sha256: str) -> None:
        """The bytes go when no row names them: on a thread of its own, for a large file takes its time."""
        await asyncio.get_running_loop().run_in_executor(self._sweeper, self._store.discard, sha256)

    # Pressure and coming back

    @property
    def is_tight(self) -> bool:
        """Whether space is wanted more than second thoughts."""
        return self._places.left < _TIGHT

    def when_tight(self, make_room: MakeRoom) -> None:
        """Tells who can make room for an upload that does not fit by so many bytes, and answers whether there
        was something to give up. Who is told first is asked first, and again while it helps.
        """
        self._make_room.append(make_room)

    def put_back(self, db: Connection, row: FileRow) -> FileRow:
        """A row for a body that is here, as it stands after what was decided meanwhile."""
        if self._quarantine.is_rejected(row.sha256):
            row = replace(row, state="rejected")
        rows.insert(db, row)
        return rows.find(db, row.id) or row  # a save may have come in between

    def told(self, row: FileRow, ev: int) -> Sequence[Event]:
        """It is there; what waits to be scanned waits again."""
        return self._quarantine.arrived(replace(row, ev=ev))

    # What may come

    def allowed(self, actor: Actor | None, room: str | None = None) -> Allowed:
        return self.permits.allowed(actor, room)

    def largest(self, actor: Actor | None, room: str | None = None) -> int:
        return self.permits.largest(actor, room)

    # Inside

    def _insert(self, db: Connection, upload: Upload, arrived: Arrived, also: Also) -> FileRow:
        self.permits.check(db, upload.owner, upload.to.room)
        body, looked = arrived
        fresh = upload.row(body, ev=next_ev(db), at=self._clock.now(), sides=looked.sides)
        row = self._quarantine.placed(fresh, looked.reasons)
        rows.insert(db, row)
        also(db, row)
        return row

    def _afterwards(self, work: Coroutine[object, object, None]) -> None:
        """Nobody waits for it but `close`."""
        task = asyncio.get_running_loop().create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _room_for(self, size: int) -> None:
        if size <= self._places.left:
            return
        for make_room in self._make_room:
            while (missing := size - self._places.left) > 0 and await make_room(missing):
                pass

    async def _drop(self, upload: Upload) -> None:
        try:
            await upload.drop()
        except OSError as error:
            _log.error("the part of upload %s could not be removed: %s", upload.id, error)
        finally:
            self.leave(upload)
