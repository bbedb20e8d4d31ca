"""Who is here. Several connections are one person, and a blink of Wi-Fi is silent.

Counts, and says what a room is told; the waiting, for the grace and to tell of many at once, is the caller's.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from msgspec import field

from appliance.domain.actor import Actor
from appliance.domain.events import Event, Frame, Happened, Outcome, StateFrame, Who, in_room
from appliance.store import events, members
from appliance.store.database import Connection
from appliance.store.homes import Homes, is_ephemeral


class UserJoined(StateFrame, tag="user_joined", frozen=True, kw_only=True):
    """Somebody is here: `connect`, or became a member while being here: `join`."""

    room: str
    user: Who
    why: str


class UserLeft(StateFrame, tag="user_left", frozen=True, kw_only=True):
    """Somebody is gone: `disconnect`, or no member any more: `leave`, `kick`."""

    room: str
    user: Who
    why: str


class PresenceChanged(StateFrame, tag="presence", frozen=True, kw_only=True):
    """Many came and went within a second: `user_joined` and `user_left` of all of them in one."""

    room: str
    joined: list[Who] = field(default_factory=list)
    left: list[Who] = field(default_factory=list)


class UsersOnline(Frame, tag="users_online", frozen=True, kw_only=True):
    """Everybody who is here, for one who just opened a room."""

    room: str
    users: list[Who]


@dataclass(slots=True)
class _Here:
    who: Who
    connections: int = 1


class Presence:
    """The people who have a connection, and those who lost it a moment ago."""

    def __init__(self, homes: Homes) -> None:
        self._homes = homes
        self._here: dict[str, _Here] = {}
        self._deserted: Callable[[Connection, str], list[Event]] = lambda memory, user: []

    def when_gone(self, deserted: Callable[[Connection, str], list[Event]]) -> None:
        """What the rooms in memory do when somebody is gone; called inside that write."""
        self._deserted = deserted

    def renamed(self, user: str, name: str) -> None:
        if here := self._here.get(user):
            here.who = Who(user, name)

    @property
    def count(self) -> int:
        """How many people, guests too; somebody with two connections is one."""
        return len(self._here)

    def is_here(self, user: str) -> bool:
        return user in self._here

    def among(self, users: Iterable[str]) -> list[Who]:
        """Those of `users` who are here."""
        return [here.who for user in users if (here := self._here.get(user))]

    def arrived(self, actor: Actor) -> bool:
        """One connection more; whether it is the first, of which their rooms are to be told."""
        here = self._here.get(actor.id)
        if here is not None:
            here.connections += 1
            return False
        self._here[actor.id] = _Here(Who(actor.id, actor.name))
        return True

    def left(self, user: str) -> bool:
        """One connection fewer; whether it was the last, so that `gone` is due after the grace."""
        here = self._here.get(user)
        if here is None:
            return False
        here.connections -= 1
        return here.connections == 0

    async def gone(self, user: str) -> Outcome[tuple[Who, list[str]] | None]:
        """The grace is over: who went, and the rooms to be told. None when they came back meanwhile."""
        here = self._here.get(user)
        if here is None or here.connections > 0:
            return Outcome(None)
        del self._here[user]

        def work(db: Connection) -> tuple[list[str], list[Event]]:
            with self._homes.ephemeral.within(db) as memory:
                rooms = members.rooms_of(memory, user)
                ended = self._deserted(memory, user)
            return [*rooms, *members.rooms_of(db, user)], ended

        rooms, ended = await self._homes.content.write(work)
        return Outcome((here.who, rooms), ended)

    async def told(self, moved: Mapping[str, Iterable[Who]], *, together: bool) -> list[Event]:
        """What these rooms hear of those who came or went: of each alone, or of all at once.

        Who is no member any more was seen leaving; who came and went within the wait is not told.
        """

        def work(db: Connection) -> list[Event]:
            with self._homes.ephemeral.within(db) as memory:
                passing = [room for room in moved if is_ephemeral(room)]
                also = [one for room in passing for one in self._frames(memory, room, moved[room], together)]
            lasting = [room for room in moved if not is_ephemeral(room)]
            frames = [one for room in lasting for one in self._frames(db, room, moved[room], together)]
            return [Happened(one, in_room(one.room), volatile=together) for one in [*also, *frames]]

        return await self._homes.content.write(work)

    def _frames(
        self, db: Connection, room: str, people: Iterable[Who], together: bool
    ) -> list[UserJoined | UserLeft | PresenceChanged]:
        there = [who for who in people if members.find(db, room, who.id)]
        if not there:
            return []
        ev = events.next_ev(db, 1 if together else len(there))
        if together:
            joined = [who for who in there if who.id in self._here]
            left = [who for who in there if who.id not in self._here]
            return [PresenceChanged(ev=ev, room=room, joined=joined, left=left)]
        return [self._frame(ev + number, room, who) for number, who in enumerate(there)]

    def _frame(self, ev: int, room: str, who: Who) -> UserJoined | UserLeft:
        if who.id in self._here:
            return UserJoined(ev=ev, room=room, user=who, why="connect")
        return UserLeft(ev=ev, room=room, user=who, why="disconnect")
