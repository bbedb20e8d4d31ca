"""Who is connected, and who hears what: the one place that tells people what happened. Decides nothing.

Everything here runs in the loop. What changes an audience first lets go out what was said before it.
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable, Sequence
from typing import Any

import msgspec
from tornado.iostream import IOStream

from appliance.base import log
from appliance.base.settings import Settings
from appliance.domain.actor import Actor, Role
from appliance.domain.events import (
    Audience,
    Event,
    Frame,
    Happened,
    MarksMoved,
    MembershipChanged,
    SessionsEnded,
    StateFrame,
)
from appliance.domain.presence import Presence
from appliance.domain.receipts import ReadingMarks
from appliance.server import journal
from appliance.server.attendance import Attendance
from appliance.server.audience import (
    ADMINISTRATORS,
    EVERYONE,
    Connection,
    Dialect,
    Doorway,
    names_of,
    person_name,
    room_name,
    spoken,
)
from appliance.server.fanout import Bound, Channel, Fanout, Finished, Listener, finished, payload_of
from appliance.server.merged import Merged
from appliance.server.protocol import Mode
from appliance.server.ring import Kept, Ring

UNAUTHORIZED, BANNED, SLOW, REPLACED, RESET, STOP = 4001, 4003, 4008, 4009, 4012, 1001
FAREWELL_SECONDS = 2.0  # for clients to answer the goodbye of a box that stops
BATCH = 500  # events in one replay; who missed more loads anew
_log = log.logger("hub")
_encode = msgspec.json.Encoder().encode


class Hub:
    """The connections of one box, by session, by person and by what they hear."""

    def __init__(
        self, epoch: str, ev: int, presence: Presence, marks: ReadingMarks, settings: Settings
    ) -> None:
        """`ev`: the newest number in the store when the program started."""
        self.epoch = epoch
        self.fanout = Fanout()
        self._marks = marks
        self._receipts = Merged(self._tell_receipts, self.spawn)
        self.attendance = Attendance(presence, self, settings.presence_grace_ms)
        self._ring = Ring(ev, settings.ring_events, settings.ring_bytes)
        self._bound = Bound(settings.listener_frames, settings.listener_bytes)
        self._channels: dict[str, Channel] = {}
        self._dialects: dict[str, Dialect] = {}
        self._of_user: dict[str, set[Connection]] = {}
        self._of_session: dict[str, set[Connection]] = {}
        self.late = 0  # events that were not published in the order of their commits
        self._doorways: set[Doorway] = set()
        self._deserted = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def connected(self) -> int:
        return sum(len(several) for several in self._of_user.values())

    def opened(self, doorway: Doorway) -> None:
        self._doorways.add(doorway)

    def closed(self, doorway: Doorway) -> None:
        self._doorways.discard(doorway)
        if not self._doorways:
            self._deserted.set()

    def admit(self, actor: Actor, client: str, stream: IOStream, doorway: Doorway) -> Connection:
        """From now on the end of the session reaches this socket; it hears nothing yet.

        The same client of the same person, connected before, is replaced.
        """
        listener = Listener(stream, self._bound, lambda: self._end(connection, SLOW))
        connection = Connection(actor, client, listener, doorway)
        for other in list(self._of_user.get(actor.id, ())):
            if client and other.client == client:
                self._end(other, REPLACED)
        self._of_user.setdefault(actor.id, set()).add(connection)
        self._of_session.setdefault(actor.session, set()).add(connection)
        return connection

    def subscribe(self, connection: Connection, rooms: Iterable[str]) -> None:
        """From now on it hears: its rooms, what is for the person, and what is for everyone."""
        self.fanout.flush()
        names = [room_name(room) for room in rooms]
        names.append(person_name(connection.actor.id))
        if connection.actor.signed_in:
            names.append(EVERYONE)
        if connection.actor.role is Role.ADMINISTRATOR:
            names.append(ADMINISTRATORS)
        for name in names:
            self._enter(connection, name)

    def speak(self, connection: Connection, dialect: Dialect) -> None:
        """From now on it is told everything in this dialect."""
        if connection.dialect is dialect:
            return
        self.fanout.flush()
        names = list(connection.channels)
        for name in names:
            self._exit(connection, name)
        self._dialects[dialect.name] = connection.dialect = dialect
        for name in names:
            self._enter(connection, name)

    def remove(self, connection: Connection) -> None:
        """The socket is closed, or is being closed. A second call does nothing."""
        connection.over = True
        connection.listener.shut()
        for name in list(connection.channels):
            self._exit(connection, name)
        _discard(self._of_user, connection.actor.id, connection)
        _discard(self._of_session, connection.actor.session, connection)

    def reply(self, connection: Connection, frame: Frame) -> None:
        """To this one alone; before what the same turn tells everybody."""
        texts = connection.dialect.encode(frame) if connection.dialect else [_encode(frame)]
        for text in texts:
            self.fanout.reply(connection.listener, finished(text))

    def reply_encoded(self, connection: Connection, payload: bytes) -> None:
        self.fanout.reply(connection.listener, finished(payload))

    def publish(self, events: Sequence[Event]) -> None:
        """Tells what happened, in the order given, which must be that of the commits."""
        for event in events:
            if isinstance(event, Happened):
                self._tell(event)
            elif isinstance(event, MembershipChanged):
                self._move(event)
            elif isinstance(event, MarksMoved):
                self._receipts.add(event.room, event.user)
            elif isinstance(event, SessionsEnded):
                self._end_sessions(event.sessions, BANNED if event.banned else UNAUTHORIZED)
        journal.note(events)

    def catch_up(self, connection: Connection, resume: str | None, ev: int) -> tuple[Mode, list[bytes]]:
        """How a client goes on from its cursor, and the events that bring it up to `ev`."""
        mode: Mode = "fresh"
        missed: list[bytes] | None = None
        if resume is not None:
            epoch, _, digits = resume.partition(".")
            mode = "resync" if epoch == self.epoch else "reset"
            if mode == "resync" and digits.isascii() and digits.isdigit() and len(digits) <= 16:
                missed = self.missed(connection, int(digits), ev)
        if missed is not None:
            return "resumed", missed
        return mode, self.missed(connection, ev, ev) or []

    def missed(self, connection: Connection, cursor: int, newest: int) -> list[bytes] | None:
        """What it did not hear since `cursor` and may hear now; None when that is too much or too old.

        `newest`: the last number in the store.
        """
        kept = self._ring.since(cursor, newest)
        if kept is None:
            return None
        mine = [one.frame for one in kept if self._hears(connection, one.audience)]
        if len(mine) > BATCH or sum(len(frame.data) for frame in mine) > self._bound.size:
            return None
        return [payload_of(frame) for frame in mine]

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs something aside; a box that stops waits for it."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self, code: int) -> None:
        """The box stops or starts again: everybody is told so, after the last that happened."""
        self.attendance.close()
        self._receipts.close()
        self.fanout.flush()
        for several in list(self._of_user.values()):
            for connection in list(several):
                self.remove(connection)
        for hang_up in (False, True):
            self._deserted.clear()
            for doorway in list(self._doorways):
                doorway.abort() if hang_up else doorway.end(code)
            if self._doorways:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(FAREWELL_SECONDS):
                        await self._deserted.wait()
        await asyncio.gather(*self._tasks)

    def _tell(self, event: Happened) -> None:
        frame = finished(_encode(event.frame), event.volatile)
        if isinstance(event.frame, StateFrame):
            self._keep(event.frame.ev, event.audience, frame)
        for name in names_of(event.audience):
            if channel := self._channels.get(name):
                self.fanout.tell(channel, frame)
        for dialect in self._dialects.values():
            self._translate(event, dialect)

    def _translate(self, event: Happened, dialect: Dialect) -> None:
        """Once for all who speak it, and only when somebody is there."""
        named = (self._channels.get(f"{dialect.name} {name}") for name in names_of(event.audience))
        channels = [channel for channel in named if channel]
        texts = dialect.encode(event.frame) if channels else []
        for text in texts:
            frame = finished(text, event.volatile)
            for channel in channels:
                self.fanout.tell(channel, frame)

    def _keep(self, ev: int, audience: Audience, frame: Finished) -> None:
        last = self._ring.last
        if not self._ring.add(Kept(ev, audience, frame)):
            self.late += 1
            _log.info("event %d told after %d: who left in between loads anew", ev, last)

    async def _tell_receipts(self, room: str, users: set[str]) -> None:
        self.publish(await self._marks.moved(room, users))

    def _move(self, event: MembershipChanged) -> None:
        connections = self._of_user.get(event.user, ())
        if connections:
            self.fanout.flush()
        for connection in connections:
            if connection.only not in (None, event.room):
                continue
            if not event.member:
                self._exit(connection, room_name(event.room))
            elif connection.channels:  # otherwise it has not subscribed yet, and will ask for its rooms
                self._enter(connection, room_name(event.room))

    def _end_sessions(self, sessions: Iterable[str], code: int) -> None:
        """After what they were still told, such as why."""
        self.fanout.flush()
        for session in sessions:
            for connection in list(self._of_session.get(session, ())):
                self._end(connection, code)

    def _end(self, connection: Connection, code: int) -> None:
        self.remove(connection)
        connection.doorway.end(code)

    def _hears(self, connection: Connection, audience: Audience) -> bool:
        return any(name in connection.channels for name in names_of(audience))

    def _enter(self, connection: Connection, name: str) -> None:
        connection.channels.add(name)
        channel = self._channels.setdefault(spoken(connection, name), Channel({}))
        channel.listeners[connection.listener] = None

    def _exit(self, connection: Connection, name: str) -> None:
        connection.channels.discard(name)
        key = spoken(connection, name)
        channel = self._channels.get(key)
        if channel is None:
            return
        channel.listeners.pop(connection.listener, None)
        if not channel.listeners:
            del self._channels[key]


def _discard(several: dict[str, set[Connection]], key: str, connection: Connection) -> None:
    found = several.get(key)
    if found is not None:
        found.discard(connection)
        if not found:
            del several[key]
