"""The files that are here: who may see, fetch or delete them. Speaks neither HTTP nor SQL."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.domain import rules
from appliance.domain.actor import Actor
from appliance.domain.arrivals import Arrivals
from appliance.domain.custody import Custody
from appliance.domain.events import Outcome
from appliance.domain.file_list import cursor
from appliance.domain.file_views import (
    File,
    Page,
    Views,
    changed,
    require_delete,
)
from appliance.domain.links import Links
from appliance.domain.policy import Action, require
from appliance.domain.reader import Reader
from appliance.store import audit
from appliance.store import files as rows
from appliance.store.database import Connection
from appliance.store.events import next_ev
from appliance.store.files import FileRow, Listing
from appliance.store.opened import Store

ANY_KIND = "*"
_log = logger("files")


class Files:
    """The service."""

    def __init__(
        self,
        *,
        store: Store,
        views: Views,
        links: Links,
        arrivals: Arrivals,
        custody: Custody,
        clock: Clock,
        settings: Settings,
    ) -> None:
        self._store = store
        self._content = store.content
        self._blobs = store.blobs
        self._views = views
        self._links = links
        self._arrivals = arrivals
        self._custody = custody
        self._clock = clock
        self._settings = settings
        self._readers = ThreadPoolExecutor(settings.download_threads, "download")

    async def close(self) -> None:
        await asyncio.to_thread(self._readers.shutdown)

    # Being there

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

    async def newest(self, actor: Actor, name: str) -> File:
        """The last that came by this name, which is made safe as it was then."""
        require(actor, Action.LIST_FILES)
        row = await self._content.read(lambda db: rows.newest_named(db, rules.file_name(name)))
        if row is None:
            raise Refusal(Code.NOT_FOUND)
        return self._views.file(row)

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
        await self._arrivals.discard(
            row.sha256
        )  # first, for on a full disk it makes the room for what follows
        if row.owner != actor.id:
            await self._note(actor, "delete_file", row)
        _log.info("file %s deleted by %s", row.id, actor.username)
        return Outcome(None, [changed(ev, row.id, "deleted")])

    # Inside

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
