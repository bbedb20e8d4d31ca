"""Brings back what an earlier session held: files into quarantine, messages under new numbers. Asks nobody.

Piece by piece, each committed by itself: after a crash, or a second time, what is here stays as it is.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TypeVar

from appliance.base.log import logger
from appliance.domain import room_views, transcript
from appliance.domain.amending import amend
from appliance.domain.directory import Directory
from appliance.domain.events import EVERYONE, Event, Happened, in_room
from appliance.domain.inspection.reasons import Reason
from appliance.domain.previous_views import BroughtBack
from appliance.domain.quarantine import Quarantine
from appliance.domain.resync import resync
from appliance.domain.room_access import PUBLIC
from appliance.domain.room_views import RoomChanged
from appliance.domain.roster import Roster
from appliance.store import bringing, decisions, events, files, members
from appliance.store.blobs import body_path
from appliance.store.bringing import Moved, Picked, Reader
from appliance.store.database import Connection
from appliance.store.decisions import Decision, Kind
from appliance.store.files import FileRow
from appliance.store.messages import Page
from appliance.store.opened import Store
from appliance.store.previous import Past
from appliance.store.rooms import RoomRow
from appliance.store.snapshot.apply import put_on
from appliance.store.writer import Body

CHUNK = 100  # messages in one commit
MOST_TOLD = 200  # messages of a room that are told one by one; of more, its pages load it anew
Publish = Callable[[Sequence[Event]], None]
T = TypeVar("T")
_log = logger("previous")


class Bringing:
    """One at a time: whoever calls has the lock of earlier sessions."""

    def __init__(self, store: Store, quarantine: Quarantine, directory: Directory, roster: Roster) -> None:
        self._store = store
        self._content = store.content
        self._quarantine = quarantine
        self._directory = directory
        self._roster = roster

    async def bring(
        self, past: Past, picked: Picked, publish: Publish, done: BroughtBack | None = None
    ) -> BroughtBack:
        """All of it. Tells people as it goes, for others are writing meanwhile; `done` rises on the way."""
        done = done or BroughtBack()
        done.already, done.gone = picked.already, picked.gone
        for row in picked.files:
            await self._file(past, row, done, publish)
        for room, only in picked.messages.items():
            await self._room(past, room, only, done, publish)
        return done

    # Files

    async def _file(self, past: Past, row: FileRow, done: BroughtBack, publish: Publish) -> None:
        body = Body(row.sha256, row.size)
        if not await self._work(lambda: self.adopt(past, body)):
            _log.warning("a file of an earlier session has lost its bytes: %s", row.id)
            done.lost += 1
            return
        try:
            put = await self._put_file(row, body)
        finally:
            self._store.blobs.unpin(body.sha256)
        if put is None:
            done.already += 1
            await self._work(lambda: self._store.discard(body.sha256))
            return
        done.files += 1
        done.bytes += row.size
        publish(self._quarantine.arrived(put))

    async def _put_file(self, row: FileRow, body: Body) -> FileRow | None:
        reasons = await self.looked_at(row, body)

        def write(db: Connection) -> FileRow | None:
            if files.find(db, row.id) is not None:
                return None
            fresh = self._quarantine.placed(replace(row, ev=events.next_ev(db)), reasons)
            files.insert(db, fresh)
            return fresh

        return await self._content.write(write)

    async def looked_at(self, row: FileRow, body: Body) -> Sequence[Reason]:
        """What speaks against it today."""
        return await self._quarantine.look(body, row.name)

    def adopt(self, past: Past, body: Body) -> bool:
        """From the session's own bodies, or from those that generations keep. Pins it. Blocks."""
        layout = self._store.layout
        for root in (layout.session(past.epoch) / "blobs", layout.blobs):
            if self._store.blobs.adopt(body_path(root, body.sha256), body):
                return True
        return False

    # Rooms

    async def _room(
        self, past: Past, room: str, only: list[str] | None, done: BroughtBack, publish: Publish
    ) -> None:
        row = await self._work(lambda: bringing.room_of(past, room))
        readers = await self._work(lambda: bringing.readers_of(past, room))
        here, created = await self._door(row, readers, publish)
        done.rooms += created
        loud = await self._work(lambda: bringing.count(past, room, only)) <= MOST_TOLD
        after, came = 0, 0
        while moved := await self._next(past, room, only, after):
            after = moved[-1].row.seq
            came += await self._say(here, moved, publish, loud=loud)
        after = 0
        while changed := await self._work(partial(bringing.changes_of, past, room, only, after, CHUNK)):
            after = changed[-1].row.seq
            came += await self._amend(changed, publish, loud=loud)
        done.messages += came
        await self._end(here, readers if created else (), publish, anew=came > 0 and not loud)

    async def _next(self, past: Past, room: str, only: list[str] | None, after: int) -> list[Moved]:
        return await self._work(lambda: bringing.messages_of(past, room, only, after, CHUNK))

    async def _door(self, row: RoomRow, readers: Sequence[Reader], publish: Publish) -> tuple[str, bool]:
        """The room that it is here, and whether it had to be made."""
        standing = await self._standing(row.id)

        def write(db: Connection) -> tuple[str, list[Event] | None]:
            if there := bringing.target(db, row):
                return there, None
            bringing.put_room(db, row)
            for one in readers:
                if self._directory.get(one.row.user) is not None:
                    members.insert(db, replace(one.row, read=0, delivered=0))
            put_on(db, standing)
            return row.id, self._told(db, row)

        here, told = await self._content.write(write)
        publish(told or ())
        return here, told is not None

    async def _say(self, room: str, moved: Sequence[Moved], publish: Publish, *, loud: bool) -> int:
        def write(db: Connection) -> tuple[int, list[Event]]:
            put = bringing.put_messages(db, room, moved)
            told = transcript.items(db, room, Page(put, False)) if loud else []
            return len(put), [Happened(one, in_room(room)) for one in told]

        count, told = await self._content.write(write)
        publish(told)
        return count

    async def _amend(self, changed: Sequence[Moved], publish: Publish, *, loud: bool) -> int:
        count, told = await self._content.write(lambda db: amend(db, changed, self._directory))
        publish(told if loud else ())
        return count

    async def _end(self, room: str, readers: Sequence[Reader], publish: Publish, *, anew: bool) -> None:
        """Marks of reading, and what was decided while the room was on its way."""
        standing = await self._standing(room) if readers else []

        def write(db: Connection) -> list[Event]:
            bringing.put_marks(db, room, readers)
            put_on(db, standing)
            return resync(db, room) if anew else []

        publish(await self._content.write(write))

    async def _standing(self, room: str) -> list[Decision]:
        """What was decided about a room and the people in it."""
        every = await self._store.box.read(decisions.every)
        return [one for one in every if one.kind == Kind.ACCOUNT_GONE or one.subject.split(" ")[0] == room]

    def _told(self, db: Connection, row: RoomRow) -> list[Event]:
        """A room is there again, for everybody or for its members."""
        told: list[Event] = []
        if row.kind == PUBLIC:
            info = room_views.info(row._replace(head=0), self._directory)
            frame = RoomChanged(ev=events.next_ev(db), room=row.id, info=info, created=True)
            told.append(Happened(frame, EVERYONE))
        for one in members.of_room(db, row.id):
            told += self._roster.entered(db, one.user, row.id, "added", one.role)
        return told

    async def _work(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._store.work, work)
