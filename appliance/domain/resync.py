"""Tells the pages of a room that so much of it changed that they should load it anew. Decides nothing."""

from appliance.domain.events import Event, Happened, StateFrame, in_room
from appliance.store import events, messages, rooms
from appliance.store.database import Connection


class RoomResync(StateFrame, tag="room_resync", frozen=True, kw_only=True):
    """What a client keeps of this room is out of date. `first`: the oldest message that is still there, or
    the next one where there is none; what lies before is gone. `head`: the newest.
    """

    room: str
    first: int
    head: int


def resync(db: Connection, room: str) -> list[Event]:
    """The one event, numbered; none when the room is gone. Inside a write."""
    row = rooms.find(db, room)
    if row is None:
        return []
    oldest = messages.after(db, room, 0, 1).rows
    first = oldest[0].seq if oldest else row.head + 1
    frame = RoomResync(ev=events.next_ev(db), room=room, first=first, head=row.head)
    return [Happened(frame, in_room(room))]
