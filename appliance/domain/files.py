"""The files that people bring: who may, what fits, where it ends up, who may fetch or delete it.

Decides everything before the first byte of a body. Speaks neither HTTP nor SQL.
"""

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.ids import new_id
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.domain import file_types, rules
from appliance.domain.actor import Actor
from appliance.domain.corridor import Stage, Upload, refused
from appliance.domain.custody import Custody
from appliance.domain.events import Outcome
from appliance.domain.file_list import cursor, searchable
from appliance.domain.file_views import (
    Allowed,
    File,
    Page,
    Views,
    changed,
    require_delete,
)
from appliance.domain.inspection.reasons import Reason
from appliance.domain.links import Links
from appliance.domain.places import Places
from appliance.domain.policy import Action, may, require
from appliance.domain.quarantine import Quarantine
from appliance.domain.reader import Reader
from appliance.store import audit
from appliance.store import files as rows
from appliance.store.blobs import Body
from appliance.store.database import Connection
from appliance.store.events import next_ev
from appliance.store.files import FileRow, Listing
from appliance.store.opened import Store

ANY_KIND = "*"
_log = logger("files")


class Files:
    """The service. `start` before the port opens; `close` ends what is under way."""

    def __init__(
        self,
        *,
        store: Store,
        views: Views,
        links: Links,
        quarantine: Quarantine,
        custody: Custody,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._store = store
        self._content = store.content
        self._blobs = store.blobs
        self._views = views
        self._links = links
        self._quarantine = quarantine
        self._custody = custody
        self._clock = clock
        self._settings = settings
        self._places = Places(store.blobs.free_bytes, settings)
        self._pool = ThreadPoolExecutor(settings.upload_threads, "upload")
        self._readers = ThreadPoolExecutor(settings.download_threads, "download")
        self._sweeper = ThreadPoolExecutor(1, "discard")
        self._open: dict[str, Upload] = {}
        self._ending: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Drops the parts that a crash of the program left: nobody can go on with them."""

        def sweep() -> None:
            for upload_id, _ in self._blobs.parts():
                self._blobs.drop_part(upload_id)

        await asyncio.to_thread(sweep)

    # Coming in

    async def begin(self, actor: Actor, name: str, *, size: int | None, at_most: int | None = None) -> Upload:
        """Decides whether this body may come at all, and promises it the space.

        A body whose `size` is not known yet comes with the most that it can be.
        """
        require(actor, Action.UPLOAD)
        name = rules.file_name(name)
        self._check_kind(actor, name)
        limit = self.largest(actor)
        if size is not None and size > limit:
            raise Refusal(Code.TOO_LARGE, name=name, size=size, maximum=limit)
        upload_id = new_id("f")
        expected = min(limit, at_most or limit) if size is None else size
        place = self._places.take(upload_id, actor.id, expected)
        try:
            writer = await asyncio.get_running_loop().run_in_executor(
                self._pool, self._blobs.writer, upload_id
            )
        except Exception as error:
            self._places.leave(upload_id)
            raise refused(error) from error
        upload = Upload(upload_id, name, actor, size=size, limit=limit, writer=writer, pool=self._pool)
        place.written = lambda: upload.written
        self._open[upload_id] = upload
        return upload

    def sized(self, upload: Upload) -> None:
        """No more comes, though it is not to be finished yet: what it does not need is given back."""
        upload.size = upload.received
        self._places.keep(upload.id, upload.received)

    async def finish(self, upload: Upload) -> Outcome[File]:
        """Everything has come: the body in its place, the row, the event. Or nothing of it."""
        if upload.stage is not Stage.RECEIVING:
            raise Refusal(Code.GONE)
        body = None
        try:
            body = await upload.complete()
            reasons = await self._quarantine.look(body, upload.name)
            row = await self._content.write(lambda db: self._insert(db, upload, body, reasons))
        except BaseException as error:
            await self._drop(upload)
            if body is not None:
                await self._discard(body.sha256)
            if not isinstance(error, Exception):
                raise
            raise refused(error) from error
        # Between the commit and the telling nobody waits: events are told in the order of the commits.
        self._afterwards(upload.settle())
        self._forget(upload)
        _log.info("file %s from %s: %d bytes", row.id, upload.owner.username, row.size)
        return Outcome(self._views.file(row), self._quarantine.arrived(row))

    def abandon(self, upload: Upload) -> None:
        """The sender is gone or was refused: part and promise go. A second call does nothing."""
        if upload.stage is not Stage.RECEIVING:
            return
        upload.stage = Stage.OVER
        self._afterwards(self._drop(upload))

    async def close(self) -> None:
        """Ends every upload under way; the parts go."""
        for upload in list(self._open.values()):
            self.abandon(upload)
        while self._ending:
            await asyncio.wait(self._ending)
        for pool in (self._pool, self._readers, self._sweeper):
            await asyncio.to_thread(pool.shutdown)

    @property
    def under_way(self) -> int:
        """Uploads that are not over."""
        return len(self._places)

    # Being there

    def allowed(self, actor: Actor | None) -> Allowed:
        """What may come, for the one who asks (strangers hear what a cliente hears)."""
        endings = self._settings.upload_extensions
        if actor is not None and may(actor, Action.UPLOAD_ANY_KIND):
            endings = (ANY_KIND,)
        kinds = [] if ANY_KIND in endings else file_types.types_of(endings)
        return Allowed(list(endings), kinds, self.largest(actor), self._settings.upload_max_files)

    def largest(self, actor: Actor | None) -> int:
        """The size of the largest file that somebody may bring."""
        if actor is not None and may(actor, Action.UPLOAD_LARGE):
            return self._settings.upload_max_bytes_administrator
        return self._settings.upload_max_bytes

    async def list(self, actor: Actor, wanted: Listing) -> Page:
        require(actor, Action.LIST_FILES)
        found = await self._content.read(lambda db: rows.listed(db, wanted))
        more = len(found) == wanted.limit
        return Page(
            [self._views.file(row) for row in found], cursor(found[-1], wanted.sort) if more else None
        )

    async def get(self, actor: Actor, file_id: str) -> File:
        require(actor, Action.LIST_FILES)
        return self._views.file(await self._find(file_id))

    async def open(self, actor: Actor | None, file_id: str, link: str = "") -> Reader:
        """The bytes, for who may have them: by a link, or by who they are. The caller closes it."""
        if link:
            row = await self._find(file_id)
            if not self._links.holds(row.id, row.sha256, link):
                raise Refusal(Code.NOT_FOUND)
            self._custody.require_open(row)
        elif actor is not None:
            require(actor, Action.DOWNLOAD)
            row = await self._find(file_id)
            self._custody.require_bytes(actor, row)
        else:
            raise Refusal(Code.UNAUTHORIZED)
        return await Reader.open(row, self._blobs, self._readers)

    async def link(self, actor: Actor, file_id: str) -> str:
        """An address of the bytes that needs no header for a while."""
        require(actor, Action.LINK_FILE)
        row = await self._find(file_id)
        self._custody.require_bytes(actor, row)
        self._custody.require_open(row)
        return self._views.address(row)

    async def delete(self, actor: Actor, file_id: str) -> Outcome[None]:
        """The row goes, and the bytes when no other file has them. A reset brings back what was saved."""

        def gone(db: Connection) -> tuple[FileRow, int]:
            row = rows.find(db, file_id)
            if row is None:
                raise Refusal(Code.NOT_FOUND)
            require_delete(actor, row)
            rows.delete(db, file_id)
            return row, next_ev(db)

        row, ev = await self._content.write(gone)
        await self._discard(row.sha256)  # first, for on a full disk it makes the room for what follows
        if row.owner != actor.id:
            await self._note(actor, "delete_file", row)
        _log.info("file %s deleted by %s", row.id, actor.username)
        return Outcome(None, [changed(ev, row.id, "deleted")])

    # Inside

    def _check_kind(self, actor: Actor, name: str) -> None:
        kinds = self._settings.upload_extensions
        ending = file_types.ending(name)
        if not (ANY_KIND in kinds or ending in kinds or may(actor, Action.UPLOAD_ANY_KIND)):
            raise Refusal(Code.BAD_TYPE, name=name, extension=ending)

    def _insert(self, db: Connection, upload: Upload, body: Body, reasons: Sequence[Reason]) -> FileRow:
        arrived = FileRow(
            id=upload.id,
            ev=next_ev(db),
            name=upload.name,
            name_key=searchable(upload.name),
            size=body.size,
            type=file_types.type_of(upload.name),
            sha256=body.sha256,
            state="quarantined",
            scan="pending",
            owner=upload.owner.id,
            owner_name=upload.owner.name,
            created=self._clock.now(),
        )
        row = self._quarantine.placed(arrived, reasons)
        rows.insert(db, row)
        return row

    def _afterwards(self, work: Coroutine[object, object, None]) -> None:
        """Nobody waits for it but `close`."""
        task = asyncio.get_running_loop().create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _discard(self, sha256: str) -> None:
        """The bytes go when no row names them: on a thread of its own, for a large file takes its time."""
        await asyncio.get_running_loop().run_in_executor(self._sweeper, self._store.discard, sha256)

    async def _drop(self, upload: Upload) -> None:
        try:
            await upload.drop()
        except OSError as error:
            _log.error("the part of upload %s could not be removed: %s", upload.id, error)
        finally:
            self._forget(upload)

    def _forget(self, upload: Upload) -> None:
        self._open.pop(upload.id, None)
        self._places.leave(upload.id)

    async def _note(self, actor: Actor, action: str, row: FileRow) -> None:
        """For the audit log: what somebody did with another person's file."""
        at, who, detail = self._clock.now(), (actor.id, actor.name), {"name": row.name, "owner": row.owner}
        await self._store.box.write(
            lambda db: audit.write(db, at, who, action, subject=row.id, detail=detail)
        )

    async def _find(self, file_id: str) -> FileRow:
        row = await self._content.read(lambda db: rows.find(db, file_id))
        if row is None:
            raise Refusal(Code.NOT_FOUND)
        return row
