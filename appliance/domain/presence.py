"""Who is here. Several connections are one person, and a blink of Wi-Fi is silent.

Counts and says what happened; the waiting between the last connection and `gone` is the caller's.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from appliance.domain.actor import Actor
from appliance.domain.events import Event, Frame, Happened, Outcome, StateFrame, Who, in_room
from appliance.store import events, members
from appliance.store.database import Connection
from appliance.store.homes import Homes


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

    def is_here(self, user: str) -> bool:
        return user in self._here

    def among(self, users: Iterable[str]) -> list[Who]:
        """Those of `users` who are here."""
        return [here.who for user in users if (here := self._here.get(user))]

    async def arrived(self, actor: Actor) -> Outcome[None]:
        """One more connection; the first one is told to everybody in their rooms."""
        here = self._here.get(actor.id)
        if here is not None:
            here.connections += 1
            return Outcome(None)
        who = Who(actor.id, actor.name)
        self._here[actor.id] = _Here(who)

        def work(db: Connection) -> list[Event]:
            with self._homes.ephemeral.within(db) as memory:
                also = _joined(memory, who)
            return [*also, *_joined(db, who)]

        return Outcome(None, await self._homes.content.write(work))

    def left(self, user: str) -> bool:
        """One connection fewer; whether it was the last, so that `gone` is due after the grace."""
        here = self._here.get(user)
        if here is None:
            return False
        here.connections -= 1
        return here.connections == 0

    async def gone(self, user: str) -> Outcome[None]:
        """The grace is over. Says nothing when they came back meanwhile."""
        here = self._here.get(user)
        if here is None or here.connections > 0:
            return Outcome(None)
        del self._here[user]

        def work(db: Connection) -> list[Event]:
            with self._homes.ephemeral.within(db) as memory:
                also = [*_left(memory, here.who), *self._deserted(memory, user)]
            return [*also, *_left(db, here.who)]

        return Outcome(None, await self._homes.content.write(work))


def _joined(db: Connection, who: Who) -> list[Event]:
    rooms, first = _numbered_rooms(db, who.id)
    frames = [UserJoined(ev=first + i, room=room, user=who, why="connect") for i, room in enumerate(rooms)]
    return [Happened(frame, in_room(frame.room)) for frame in frames]


def _left(db: Connection, who: Who) -> list[Event]:
    rooms, first = _numbered_rooms(db, who.id)
    frames = [UserLeft(ev=first + i, room=room, user=who, why="disconnect") for i, room in enumerate(rooms)]
    return [Happened(frame, in_room(frame.room)) for frame in frames]


def _numbered_rooms(db: Connection, user: str) -> tuple[list[str], int]:
    """The rooms of somebody, and the first of as many new event numbers."""
    rooms = members.rooms_of(db, user)
    return rooms, events.next_ev(db, len(rooms)) if rooms else 0
