"""What people do with files that are here: rename, describe, keep, delete, have back, have once more."""

from collections.abc import Callable
from dataclasses import replace

from msgspec import Struct

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.ids import new_id
from appliance.base.log import logger
from appliance.domain import attaching, file_types, rules
from appliance.domain.actor import Actor
from appliance.domain.arrivals import Arrivals
from appliance.domain.custody import Custody
from appliance.domain.events import Outcome
from appliance.domain.file_list import searchable
from appliance.domain.file_views import File, Views, changed, require_own
from appliance.domain.policy import Action, Membership, may, require
from appliance.domain.room_access import membership
from appliance.domain.trash import Trash
from appliance.store import audit, rooms
from appliance.store import files as rows
from appliance.store.database import Connection
from appliance.store.events import next_ev
from appliance.store.files import FileRow
from appliance.store.opened import Store

_log = logger("files")


class Change(Struct, frozen=True, kw_only=True):
    """What is to be otherwise; None stays."""

    name: str | None = None
    folder: str | None = None
    description: str | None = None
    keep: bool | None = None


class Keeping:
    """The service. `close` ends what can still be undone."""

    def __init__(
        self,
        *,
        store: Store,
        views: Views,
        arrivals: Arrivals,
        custody: Custody,
        clock: Clock,
        undo_seconds: int,
    ) -> None:
        self._content = store.content
        self._blobs = store.blobs
        self._box = store.box
        self._views = views
        self._arrivals = arrivals
        self._custody = custody
        self._clock = clock
        self._undo_seconds = undo_seconds
        self._trash = Trash(store.blobs, arrivals.discard, undo_seconds)
        arrivals.when_tight(lambda missing: self._trash.empty())

    async def close(self) -> None:
        await self._trash.empty()

    async def forget_deleted(self) -> None:
        """Nothing that was deleted can be had back any more."""
        await self._trash.empty()

    async def change(self, actor: Actor, file_id: str, wanted: Change) -> Outcome[File]:
        """The ending stays: what was looked at was a file of that kind."""

        def write(db: Connection) -> tuple[FileRow, int]:
            row = self._known(db, actor, file_id)
            own = Action.CHANGE_OWN_FILE
            if wanted.keep is not None and wanted.keep != row.keep:
                own = Action.KEEP_FILE
            require_own(actor, row, own, Action.CHANGE_ANY_FILE, _rank(db, actor, row))
            name = row.name if wanted.name is None else rules.file_name(wanted.name)
            if file_types.ending(name) != file_types.ending(row.name):
                raise Refusal(Code.BAD_REQUEST, field="name", reason="ending")
            said = row.description if wanted.description is None else rules.description(wanted.description)
            folder = row.folder if wanted.folder is None else rules.folder(wanted.folder)
            new = replace(row, name=name, name_key=searchable(name), folder=folder, description=said)
            new = _marked(actor, new, wanted.keep)
            rows.describe(db, new)
            return new, next_ev(db)

        row, ev = await self._content.write(write)
        if row.owner != actor.id:
            await self._note(actor, "change_file", row)
        return Outcome(self._views.file(actor, row), [changed(ev, row)])

    async def decide(self, actor: Actor, file_id: str, approved: bool) -> Outcome[File]:
        """What an administrator says to somebody's wish that a file be kept. To approve is to wish it too."""
        require(actor, Action.SAVE_STABLE)

        def write(db: Connection) -> tuple[FileRow, int]:
            row = self._known(db, actor, file_id)
            new = replace(row, keep=row.keep or approved, approved=int(approved))
            rows.describe(db, new)
            return new, next_ev(db)

        row, ev = await self._content.write(write)
        await self._box.write(self._noted(actor, "keep_approved" if approved else "keep_declined", row))
        return Outcome(self._views.file(actor, row), [changed(ev, row)])

    async def delete(self, actor: Actor, file_id: str) -> Outcome[None]:
        """It is gone at once; its bytes go when it cannot be undone any more, or when space is wanted.

        A reset brings back what was saved.
        """

        def write(db: Connection) -> tuple[FileRow, int]:
            row = self._known(db, actor, file_id)
            require_own(actor, row, Action.DELETE_OWN_FILE, Action.DELETE_ANY, _rank(db, actor, row))
            rows.delete(db, file_id)
            return row, next_ev(db)

        row, ev = await self._content.write(write)
        if self._undo_seconds and not self._arrivals.is_tight:
            self._trash.put(row, actor.id)
        else:
            for body in row.bodies:  # first: on a full disk what follows needs the room
                await self._arrivals.discard(body)
        if row.owner != actor.id:
            await self._note(actor, "delete_file", row)
        _log.info("file %s deleted by %s", row.id, actor.username)
        return Outcome(None, [changed(ev, row, gone=True)])

    async def restore(self, actor: Actor, file_id: str) -> Outcome[File]:
        """Undoes a deletion of one's own doing."""
        row = self._trash.take(actor, file_id)

        def write(db: Connection) -> tuple[FileRow, int]:
            return self._arrivals.put_back(db, row), next_ev(db)

        try:
            back, ev = await self._content.write(write)
        except BaseException:
            await self._trash.let_go(row)
            raise
        self._trash.settled(row)
        return Outcome(self._views.file(actor, back), self._arrivals.told(back, ev))

    async def again(self, actor: Actor, sha256: str, name: str, folder: str = "") -> Outcome[File] | None:
        """A file of one's own, of bytes that are here: for who may download them, and nobody else hears."""
        name, folder = self._arrivals.named(actor, name), rules.folder(folder)

        def known(db: Connection) -> list[FileRow]:
            return [row for row in rows.of_body(db, sha256) if self._knows(db, actor, row)]

        if self._blobs.damage.holds(sha256):
            return None  # sent once more they heal what the disk lost
        here = await self._content.read(known)
        alike = (row for row in here if file_types.ending(row.name) == file_types.ending(name))
        twin = next((row for row in alike if self._may(actor, row)), None)
        if twin is None:
            return None
        await self._arrivals.admit(actor, name, twin.size)

        def write(db: Connection) -> FileRow:
            now = attaching.find(db, twin.id)
            mine = replace(
                now,
                id=new_id("f"),
                ev=next_ev(db),
                name=name,
                name_key=searchable(name),
                folder=folder,
                room=None,
                thumbnail=None,  # what somebody else's browser made of these bytes is their word alone
                thumbnail_size=0,
                state="quarantined",
                owner=actor.id,
                owner_name=actor.name,
                created=self._clock.now(),
                keep=False,
                approved=None,
                description="",
            )
            return self._arrivals.put_back(db, mine)

        row = await self._content.write(write)
        return Outcome(self._views.file(actor, row), self._arrivals.told(row, row.ev))

    def _known(self, db: Connection, actor: Actor, file_id: str) -> FileRow:
        row = attaching.find(db, file_id)
        if not self._knows(db, actor, row):
            raise Refusal(Code.NOT_FOUND)
        return row

    def _knows(self, db: Connection, actor: Actor, row: FileRow) -> bool:
        return attaching.known(db, actor, row, held=bool(self._custody.held_back(row)))

    def _may(self, actor: Actor, row: FileRow) -> bool:
        try:
            self._custody.require_bytes(actor, row)
        except Refusal:
            return False
        return True

    async def _note(self, actor: Actor, action: str, row: FileRow) -> None:
        """For the audit log: what somebody did with another person's file. It is there before the answer; a
        disk too full for it keeps nobody from tidying up."""
        try:
            await self._box.write(self._noted(actor, action, row))
        except Refusal as refusal:
            _log.error("%s by %s (%s) is not in the audit log: %s", action, actor.username, row.id, refusal)

    def _noted(self, actor: Actor, action: str, row: FileRow) -> Callable[[Connection], None]:
        at, who, detail = self._clock.now(), (actor.id, actor.name), {"name": row.name, "owner": row.owner}
        return lambda db: audit.write(db, at, who, action, subject=row.id, detail=detail)


def _marked(actor: Actor, row: FileRow, keep: bool | None) -> FileRow:
    """A wish that the file be kept, or its end. An administrator's is approved; what was declined stays so
    until an administrator says otherwise.
    """
    if keep is None or keep == row.keep:
        return row
    if may(actor, Action.SAVE_STABLE):
        return replace(row, keep=keep, approved=1 if keep else None)
    return replace(row, keep=keep, approved=0 if row.approved == 0 else None)


def _rank(db: Connection, actor: Actor, row: FileRow) -> Membership:
    """What somebody is where the file came with a message."""
    found = rooms.seen_by(db, row.room, actor.id) if row.room else None
    return membership(found) if found else Membership.NONE
