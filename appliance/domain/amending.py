"""What an earlier session changed in messages that are here: a newer edit wins, reactions are added.

What was taken away there, words or reactions, stays here; so does a message that is full of reactions.
Asks nobody.
"""

from collections.abc import Sequence

from appliance.domain.changes import MessageEdited, Reaction, fits
from appliance.domain.directory import Directory
from appliance.domain.events import Event, Happened, Who, in_room
from appliance.store import bringing, changes, events, mentions
from appliance.store.bringing import Moved
from appliance.store.database import Connection
from appliance.store.messages import MessageRow


def amend(db: Connection, moved: Sequence[Moved], directory: Directory) -> tuple[int, list[Event]]:
    """How many messages changed, and what has to be told. Inside a write."""
    count, told = 0, list[Event]()
    for one in moved:
        here = bringing.standing(db, one.row.id)
        if here is None:
            continue  # taken back in this very moment
        happened = [*_words(db, here, one), *_reactions(db, here, one, directory)]
        count += bool(happened)
        told += happened
    return count, told


def _words(db: Connection, here: MessageRow, there: Moved) -> list[Event]:
    """Under the time at which it was edited, so that a second time changes nothing."""
    edited, body = there.row.edited, there.row.body
    if edited is None or not bringing.is_newer(there.row, here):
        return []
    ev = events.next_ev(db)
    changes.edit(db, here.room, here.seq, body, ev=ev, at=edited)
    mentions.put(db, here.room, here.seq, there.mentions)
    frame = MessageEdited(
        ev=ev, room=here.room, seq=here.seq, body=body, edited=edited, mentions=there.mentions
    )
    return [Happened(frame, in_room(here.room))]


def _reactions(db: Connection, here: MessageRow, there: Moved, directory: Directory) -> list[Event]:
    told: list[Event] = []
    for emoji, user in there.reactions:
        if not fits(changes.kinds(db, here.room, here.seq), emoji):
            continue
        ev = events.last_ev(db) + 1
        if changes.react(db, here.room, here.seq, user, emoji, ev=ev):
            changes.touch(db, here.room, here.seq, ev=events.next_ev(db))
            who = Who(user, directory.name(user, ""))
            frame = Reaction(ev=ev, room=here.room, seq=here.seq, user=who, emoji=emoji, on=True)
            told.append(Happened(frame, in_room(here.room)))
    return told
