"""What people do with what was said: correct it, take it back, react to it.

As in `messages`, nothing may stand between `await write(...)` and the return of its events.
"""

from collections.abc import Callable, Sequence

from msgspec import field

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain import mentions, rules, transcript
from appliance.domain.actor import Actor
from appliance.domain.directory import Directory
from appliance.domain.events import Event, Happened, Outcome, StateFrame, Who, in_room
from appliance.domain.leftovers import Leftovers
from appliance.domain.policy import Action, require
from appliance.domain.record import Record
from appliance.domain.room_access import membership, seen
from appliance.domain.speaking import Speaking
from appliance.domain.transcript import Message
from appliance.store import changes, events, messages
from appliance.store import mentions as mention_rows
from appliance.store.database import Connection
from appliance.store.homes import Homes
from appliance.store.messages import MessageRow, Page
from appliance.store.rooms import Seen

MOST_DELETED = 100  # messages in one go
MOST_KINDS = 20  # different reactions to one message


class MessageEdited(StateFrame, tag="message_edited", frozen=True, kw_only=True):
    """A message says something else now. `edited`: when."""

    room: str
    seq: int
    body: str
    edited: int
    mentions: list[str] = field(default_factory=list)


class MessageDeleted(StateFrame, tag="message_deleted", frozen=True, kw_only=True):
    """The text is gone, its place stays. `by`: who did it, when it was not its author."""

    room: str
    seq: int
    deleted: int
    by: Who | None = None


class Reaction(StateFrame, tag="reaction", frozen=True, kw_only=True):
    """Somebody put an emoji to a message, or took it away."""

    room: str
    seq: int
    user: Who
    emoji: str
    on: bool


class Changes:
    """The changes to the messages of one box."""

    def __init__(
        self,
        *,
        homes: Homes,
        directory: Directory,
        record: Record,
        leftovers: Leftovers,
        pace: Callable[[Actor], None],
        clock: Clock,
        settings: Settings,
    ) -> None:
        """`pace` takes the token that every deed costs."""
        self._homes = homes
        self._directory = directory
        self._record = record
        self._leftovers = leftovers
        self._pace = pace
        self._speaking = Speaking(clock)
        self._clock = clock
        self._most_chars = settings.message_chars

    async def edit(self, actor: Actor, room: str, seq: int, body: str) -> Outcome[Message]:
        """Other words for what one said oneself. The same words again change nothing."""
        self._pace(actor)

        def work(db: Connection) -> Outcome[Message]:
            found = seen(db, actor, room)
            self._speaking.require(actor, found, Action.EDIT_OWN)
            row = _standing(db, room, seq)
            if row.sender != actor.id:
                raise Refusal(Code.FORBIDDEN, action=Action.EDIT_OWN.value, reason="own")
            text = self._text(db, row, body)
            happened = [] if text == row.body else [self._edit(db, found, row, text)]
            return Outcome(_as_told(db, room, seq), happened)

        return await self._homes.of(room).write(work)

    async def delete(self, actor: Actor, room: str, seqs: Sequence[int]) -> Outcome[None]:
        """Takes messages back. Those of others: by moderators and administrators, and it is written down."""
        self._pace(actor)
        wanted = sorted(set(seqs))
        if not 1 <= len(wanted) <= MOST_DELETED:
            raise rules.bad("seqs", "count")
        home = self._homes.of(room)
        foreign = await home.read(lambda db: self._deletable(db, actor, room, wanted))
        if foreign := [row for row in foreign if row.sender != actor.id]:
            detail = {
                "seqs": [row.seq for row in foreign],
                "senders": sorted({row.sender for row in foreign}),
            }
            await self._record.write(actor, "messages_deleted", room, detail)

        def work(db: Connection) -> list[Event]:
            there = self._deletable(db, actor, room, wanted)
            return [self._delete(db, actor, row) for row in there if row.deleted is None]

        return Outcome(None, await home.write(work))

    async def react(self, actor: Actor, room: str, seq: int, emoji: str, on: bool) -> Outcome[None]:
        """An emoji to a message, or away with it. Twice is once."""
        self._pace(actor)
        emoji = rules.emoji(emoji)

        def work(db: Connection) -> list[Event]:
            self._speaking.require(actor, seen(db, actor, room), Action.REACT)
            _standing(db, room, seq)
            ev = events.last_ev(db) + 1
            if on:
                if not fits(changes.kinds(db, room, seq), emoji):
                    raise Refusal(Code.CONFLICT, reason="kinds", maximum=MOST_KINDS)
                changed = changes.react(db, room, seq, actor.id, emoji, ev=ev)
            else:
                changed = changes.unreact(db, room, seq, actor.id, emoji)
            if not changed:
                return []
            changes.touch(db, room, seq, ev=events.next_ev(db))
            who = Who(actor.id, self._directory.name(actor.id, actor.name))
            return [
                Happened(Reaction(ev=ev, room=room, seq=seq, user=who, emoji=emoji, on=on), in_room(room))
            ]

        return Outcome(None, await self._homes.of(room).write(work))

    def _text(self, db: Connection, row: MessageRow, body: str) -> str:
        """A message may be without words only when it has files."""
        if not body.strip() and messages.files_of(db, row.room, row.seq, row.seq):
            return ""
        return rules.message(body, self._most_chars)

    def _edit(self, db: Connection, found: Seen, row: MessageRow, text: str) -> Event:
        ev, now = events.next_ev(db), self._clock.now()
        named = mentions.named(db, found.room, text, self._directory)
        changes.edit(db, row.room, row.seq, text, ev=ev, at=now)
        mention_rows.put(db, row.room, row.seq, named)
        frame = MessageEdited(ev=ev, room=row.room, seq=row.seq, body=text, edited=now, mentions=named)
        return Happened(frame, in_room(row.room))

    def _deletable(self, db: Connection, actor: Actor, room: str, seqs: Sequence[int]) -> list[MessageRow]:
        """All of them, or a refusal."""
        found = seen(db, actor, room)
        rows = [_there(db, room, seq) for seq in seqs]
        if any(row.sender == actor.id for row in rows):
            self._speaking.require(actor, found, Action.DELETE_OWN)
        if any(row.sender != actor.id for row in rows):
            require(actor, Action.DELETE_ANY, membership(found), room)
        return rows

    def _delete(self, db: Connection, actor: Actor, row: MessageRow) -> Event:
        ev, now = events.next_ev(db), self._clock.now()
        attached = messages.files_of(db, row.room, row.seq, row.seq).get(row.id, ())
        changes.empty(db, row.room, row.seq, ev=ev, at=now)
        self._leftovers.drop(db, [file.id for file in attached])
        by = None if row.sender == actor.id else Who(actor.id, self._directory.name(actor.id, actor.name))
        frame = MessageDeleted(ev=ev, room=row.room, seq=row.seq, deleted=now, by=by)
        return Happened(frame, in_room(row.room))


def fits(there: set[str], emoji: str) -> bool:
    """Whether a message that has these reactions may have this one too."""
    return emoji in there or len(there) < MOST_KINDS


def _there(db: Connection, room: str, seq: int) -> MessageRow:
    row = messages.find(db, room, seq)
    if row is None:
        raise Refusal(Code.NOT_FOUND, seq=seq)
    return row


def _standing(db: Connection, room: str, seq: int) -> MessageRow:
    row = _there(db, room, seq)
    if row.deleted is not None:
        raise Refusal(Code.GONE, seq=seq)
    return row


def _as_told(db: Connection, room: str, seq: int) -> Message:
    return transcript.items(db, room, Page([_there(db, room, seq)], False))[0]
