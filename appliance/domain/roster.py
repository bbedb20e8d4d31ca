"""The events of coming in, going out and changing place in a room. Writes no membership itself."""

from appliance.domain import room_views
from appliance.domain.directory import Directory
from appliance.domain.events import Event, Happened, MembershipChanged, in_room
from appliance.domain.policy import Membership
from appliance.domain.presence import Presence, UserJoined, UserLeft
from appliance.domain.room_views import MemberChanged
from appliance.store import events, rooms
from appliance.store.database import Connection


class Roster:
    """Called inside the write that changes the members' table; answers what has to be told."""

    def __init__(self, directory: Directory, presence: Presence) -> None:
        self._directory = directory
        self._presence = presence

    def entered(self, db: Connection, user: str, room: str, why: str, role: str = "member") -> list[Event]:
        """Somebody is a member now. They hear of it themselves: on all of their screens."""
        told: list[Event] = [
            MembershipChanged(user, room, True),
            self.changed(db, user, room, Membership(role), why),
        ]
        for who in self._presence.among([user]):
            frame = UserJoined(ev=events.next_ev(db), room=room, user=who, why="join")
            told.append(Happened(frame, in_room(room)))
        return told

    def left(self, db: Connection, user: str, room: str, why: str) -> list[Event]:
        """Somebody is no member any more; it is the last that they hear from this room."""
        told: list[Event] = []
        for who in self._presence.among([user]):
            frame = UserLeft(ev=events.next_ev(db), room=room, user=who, why=why)
            told.append(Happened(frame, in_room(room)))
        told.append(self.changed(db, user, room, Membership.NONE, why))
        told.append(MembershipChanged(user, room, False))
        return told

    def changed(
        self, db: Connection, user: str, room: str, role: Membership, why: str, *, muted_until: int = 0
    ) -> Happened:
        """What somebody is in the room, told to everybody in it."""
        row = rooms.find(db, room) if role is not Membership.NONE else None
        frame = MemberChanged(
            ev=events.next_ev(db),
            room=room,
            user=room_views.who(user, self._directory),
            role=role.value,
            why=why,
            username=self._username(user),
            info=room_views.info(row, self._directory) if row else None,
            muted_until=muted_until,
        )
        return Happened(frame, in_room(room))

    def _username(self, user: str) -> str:
        """By which they are named with @; guests have none."""
        person = self._directory.get(user)
        return person.username if person else ""
