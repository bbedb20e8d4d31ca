"""Saying something in a room, and reading what was said. One trip to the store for each.

Nothing may stand between `await write(...)` and the return of its events: that is what keeps the order in
which they are published the order in which they were committed.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.ids import new_id
from appliance.base.settings import Settings
from appliance.domain import mentions, rules, transcript
from appliance.domain.actor import Actor
from appliance.domain.attaching import require_attach
from appliance.domain.directory import Directory
from appliance.domain.events import Event, Frame, Happened, MarksMoved, Outcome, Who, in_room
from appliance.domain.policy import Action, require
from appliance.domain.room_access import PUBLIC, inside, membership, seen, seen_for
from appliance.domain.speaking import Speaking
from appliance.domain.throttle import Throttle
from appliance.domain.transcript import Message
from appliance.store import events, files, members, messages, rooms
from appliance.store import mentions as mention_rows
from appliance.store.database import Connection
from appliance.store.files import FileRow
from appliance.store.homes import Homes
from appliance.store.messages import MessageRow
from appliance.store.rooms import Seen

TYPING_SECONDS = 3  # a client that types says so once in this time


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody wants to say. `cid` names it: sent twice, it is said once."""

    cid: str
    body: str = ""
    reply_to: int | None = None
    files: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Sent:
    """What was said; `dup` when it had been said before under the same `cid`."""

    message: Message
    dup: bool


@dataclass(frozen=True, slots=True)
class History:
    """Messages by rising `seq`; `next` goes on in the direction that was asked for."""

    items: list[Message]
    next: int | None


class Typing(Frame, tag="typing", frozen=True, kw_only=True):
    """Somebody is writing, or stopped. Forgotten by itself after some seconds."""

    room: str
    user: Who
    on: bool


class Messages:
    """The messages of one box."""

    def __init__(
        self, homes: Homes, directory: Directory, throttle: Throttle, clock: Clock, settings: Settings
    ) -> None:
        self._homes = homes
        self._speaking = Speaking(clock)
        self._directory = directory
        self._throttle = throttle
        self._clock = clock
        self._settings = settings

    def pace(self, actor: Actor) -> None:
        """One token of the person's; every deed of a client costs one, through whichever door."""
        rate = self._settings
        self._throttle.take(f"chat:{actor.id}", burst=rate.message_burst, per_second=rate.message_rate)

    async def send(self, actor: Actor, room: str, draft: Draft) -> Outcome[Sent]:
        """Says something in a room; returns when it is committed."""
        self.pace(actor)
        body = self._body(draft)
        name = self._directory.name(actor.id, actor.name)

        def work(db: Connection) -> Outcome[Sent]:
            found = seen(db, actor, room)
            self._speaking.require(actor, found)
            seq = found.room.head + 1
            if draft.reply_to is not None and not 1 <= draft.reply_to < seq:
                raise rules.bad("reply_to", "unknown")
            ev, ts = events.next_ev(db), self._clock.now()
            row = MessageRow(room, seq, new_id("m"), ev, actor.id, name, draft.cid, ts, body, draft.reply_to)
            if not messages.insert(db, row):
                raise _SaidBefore
            self._speaking.pace(actor, found)
            rooms.set_head(db, room, seq)
            attached = self._attach(db, actor, found, row, draft.files) if draft.files else ()
            if found.read == found.room.head:
                members.advance(db, room, actor.id, read=seq)  # one's own words are not news to oneself
            if found.room.ephemeral:
                messages.trim(db, room, seq - self._settings.ephemeral_messages)
            named = mentions.named(db, found.room, body, self._directory) if "@" in body else ()
            if named:
                mention_rows.add(db, room, seq, named)
            message = transcript.message(row, attached, named)
            return Outcome(Sent(message, dup=False), (Happened(message, in_room(room)),))

        try:
            return await self._homes.of(room).write(work)
        except _SaidBefore:
            return Outcome(await self._homes.of(room).read(lambda db: _said(db, room, actor.id, draft.cid)))

    async def history(
        self,
        actor: Actor,
        room: str,
        *,
        before: int | None = None,
        after: int | None = None,
        around: int | None = None,
        limit: int,
    ) -> History:
        """A page of what was said: before, after or around a `seq`; the newest when none is given."""
        if sum(bound is not None for bound in (before, after, around)) > 1:
            raise rules.bad("after", "one_of")
        limit = max(1, min(limit, self._settings.history_items))

        def work(db: Connection) -> History:
            _require_read(actor, inside(db, actor, room))
            if after is not None:
                page = messages.after(db, room, after, limit)
            elif around is not None:
                page = messages.around(db, room, around, limit)
            else:
                page = messages.before(db, room, before, limit)
            items = transcript.items(db, room, page)
            if not page.more or around is not None:
                return History(items, None)
            return History(items, items[-1].seq if after is not None else items[0].seq)

        return await self._homes.of(room).read(work)

    async def typing(self, actor: Actor, room: str, on: bool) -> Outcome[None]:
        """Somebody began or stopped writing. More often than is useful it is dropped in silence."""
        try:
            key = f"typing:{actor.id}:{room}"
            self._throttle.take(key, burst=2, per_second=2 / TYPING_SECONDS)
        except Refusal:
            return Outcome(None)

        def work(db: Connection) -> None:
            self._speaking.require(actor, seen(db, actor, room))

        await self._homes.of(room).read(work)
        who = Who(actor.id, self._directory.name(actor.id, actor.name))
        told: list[Event] = [Happened(Typing(room=room, user=who, on=on), in_room(room), volatile=True)]
        return Outcome(None, told)

    async def mark(self, actor: Actor, room: str, *, read: int = 0, delivered: int = 0) -> Outcome[None]:
        """Everything up to `seq` was received or read. Marks only move forward, and not beyond the head."""

        def work(db: Connection) -> bool:
            found = seen_for(db, actor, room, Action.READ_ROOM)
            head = found.room.head
            return members.advance(db, room, actor.id, read=min(read, head), delivered=min(delivered, head))

        moved = await self._homes.of(room).write(work)
        return Outcome(None, [MarksMoved(actor.id, room)] if moved else ())

    def _body(self, draft: Draft) -> str:
        if draft.files and not draft.body.strip():
            return ""
        return rules.message(draft.body, self._settings.message_chars)

    def _attach(
        self, db: Connection, actor: Actor, found: Seen, row: MessageRow, file_ids: Sequence[str]
    ) -> list[FileRow]:
        """One's own files, or released ones, by id. None where messages live in memory: files do not."""
        require_attach(actor, found, guests=self._settings.guests_attach)
        wanted = list(dict.fromkeys(file_ids))
        if len(wanted) > self._settings.upload_max_files:
            raise rules.bad("files", "count")
        there = files.find_many(db, wanted)
        if len(there) != len(wanted) or not all(_usable(file, actor, row.room) for file in there):
            raise Refusal(Code.NOT_FOUND, field="files")
        messages.attach(db, row.id, wanted)
        return sorted(there, key=lambda file: file.ev)


def _usable(file: FileRow, actor: Actor, room: str) -> bool:
    """What came for another room stays there."""
    return file.room in (None, room) and (file.owner == actor.id or file.state == "released")


def _require_read(actor: Actor, found: Seen) -> None:
    """A public room is read by everybody, any other by its members."""
    if found.role or found.room.kind != PUBLIC:
        require(actor, Action.READ_ROOM, membership(found), found.room.id)
    else:
        require(actor, Action.READ_PUBLIC_ROOM, room=found.room.id)


class _SaidBefore(Exception):
    """Takes back what the transaction has done so far: the `cid` is not new."""


def _said(db: Connection, room: str, sender: str, cid: str) -> Sent:
    row = messages.by_cid(db, room, sender, cid)
    if row is None:
        raise Refusal(Code.GONE)  # erased in the very moment
    return Sent(transcript.items(db, room, messages.Page([row], False))[0], dup=True)
