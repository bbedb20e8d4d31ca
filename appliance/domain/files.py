"""The files that are here: who may see and fetch them. Speaks neither HTTP nor SQL."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.domain import rules
from appliance.domain.actor import Actor
from appliance.domain.custody import Custody
from appliance.domain.file_list import cursor
from appliance.domain.file_views import (
    File,
    Page,
    Views,
)
from appliance.domain.links import Links
from appliance.domain.policy import Action, require
from appliance.domain.reader import Reader
from appliance.store import files as rows
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
            require(actor, Action.DOWNLOAD)
            row = await self._find(file_id)
            self._custody.require_bytes(actor, row)
        else:
            raise Refusal(Code.UNAUTHORIZED)
        return row

    async def link(self, actor: Actor, file_id: str) -> str:
        """An address of the bytes that needs no header for a while."""
        require(actor, Action.LINK_FILE)
        row = await self._find(file_id)
        self._custody.require_bytes(actor, row)
        self._custody.require_open(row)
        return self._views.address(row)

    # Inside

    async def _find(self, file_id: str) -> FileRow:
        row = await self._content.read(lambda db: rows.find(db, file_id))
        if row is None:
            raise Refusal(Code.NOT_FOUND)
        return row
