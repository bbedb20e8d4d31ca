"""The files that are here: who may see and fetch them. Speaks neither HTTP nor SQL."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain import attaching, rules
from appliance.domain.actor import Actor
from appliance.domain.custody import Custody
from appliance.domain.file_list import cursor
from appliance.domain.file_views import (
    File,
    Page,
    Views,
)
from appliance.domain.links import Links
from appliance.domain.policy import Action, may, require
from appliance.domain.reader import Reader
from appliance.domain.room_access import inside
from appliance.store import files as rows
from appliance.store.database import Connection
from appliance.store.files import ANYWHERE, FileRow, Listing
from appliance.store.opened import Store

_log = logger("files")


class Files:
    """The service."""

    def __init__(
        self,
        *,
        store: Store,
        views: Views,
        links: Links,
        custody: Custody,
        threads: int,
    ) -> None:
        self._store = store
        self._content = store.content
        self._blobs = store.blobs
        self._views = views
        self._links = links
        self._custody = custody
        self._readers = ThreadPoolExecutor(threads, "download")

    async def close(self) -> None:
        await asyncio.to_thread(self._readers.shutdown)

    # Being there

    async def list(self, actor: Actor, wanted: Listing) -> Page:
        """What is in the area, or came with the messages of a room; for those who decide about what is held
        back, all of that.
        """
        require(actor, Action.LIST_FILES)
        if (wanted.state or wanted.scan) and may(actor, Action.REVIEW_FILES):
            wanted = replace(wanted, held=True, strict=self._custody.strict)

        def work(db: Connection) -> tuple[list[FileRow], list[FileRow]]:
            if wanted.room not in ("", ANYWHERE):
                inside(db, actor, wanted.room)
            found = rows.listed(db, wanted, actor.id)
            return found, [row for row in found if self._knows(db, actor, row)]

        found, shown = await self._content.read(work)
        more = len(found) == wanted.limit
        return Page(
            [self._views.file(actor, row) for row in shown], cursor(found[-1], wanted.sort) if more else None
        )

    async def get(self, actor: Actor, file_id: str) -> File:
        require(actor, Action.LIST_FILES)
        return self._views.file(actor, await self._known(actor, file_id))

    async def newest(self, actor: Actor, name: str) -> File:
        """The last that came by this name, which is made safe as it was then."""
        require(actor, Action.LIST_FILES)
        row = await self._content.read(lambda db: rows.newest_named(db, rules.file_name(name)))
        if row is None:
            raise Refusal(Code.NOT_FOUND)
        return self._views.file(actor, row)

    async def open(self, actor: Actor | None, file_id: str, link: str = "") -> Reader:
        """The bytes, for who may have them. The caller closes it."""
        return await Reader.open(await self.allowed(actor, file_id, link), self._blobs, self._readers)

    async def allowed(self, actor: Actor | None, file_id: str, link: str) -> FileRow:
        """The row, for who may have its bytes: by a link, or by who they are."""
        if link:
            row = await self._find(file_id)
            if not self._links.holds(row.id, row.sha256, link):
                raise Refusal(Code.NOT_FOUND)
            self._custody.require_open(row)
        elif actor is not None:
            row = await self._known(actor, file_id)
            self._custody.require_bytes(actor, row)
        else:
            raise Refusal(Code.UNAUTHORIZED)
        return row

    async def link(self, actor: Actor, file_id: str) -> str:
        """An address of the bytes that needs no header for a while."""
        require(actor, Action.LINK_FILE)
        row = await self._known(actor, file_id)
        if row.room is not None:
            raise Refusal(Code.FORBIDDEN, action=Action.LINK_FILE.value, reason="room")
        self._custody.require_bytes(actor, row)
        self._custody.require_open(row)
        return self._views.address(row)

    # Inside

    async def _find(self, file_id: str) -> FileRow:
        return await self._content.read(lambda db: attaching.find(db, file_id))

    async def _known(self, actor: Actor, file_id: str) -> FileRow:
        """What is not for the actor's eyes is not there."""

        def work(db: Connection) -> FileRow:
            row = attaching.find(db, file_id)
            if not self._knows(db, actor, row):
                raise Refusal(Code.NOT_FOUND)
            return row

        return await self._content.read(work)

    def _knows(self, db: Connection, actor: Actor, row: FileRow) -> bool:
        return attaching.known(db, actor, row, held=bool(self._custody.held_back(row)))
