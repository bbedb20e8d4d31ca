"""One `/ws` connection: the upgrade, the hello, then a frame at a time. Decides nothing about the chat."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable
from typing import Any

import msgspec
from tornado.iostream import IOStream, StreamClosedError
from tornado.websocket import WebSocketClosedError, WebSocketHandler

from appliance.base import log
from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Actor
from appliance.domain.events import Frame
from appliance.domain.room_views import Snapshot
from appliance.server import protocol, redup
from appliance.server.admission import Admission
from appliance.server.audience import Connection, Dialect
from appliance.server.commands import FREE_AT_FIRST, FREE_SECONDS, WITHOUT_TOKEN, Result, obey
from appliance.server.fanout import stream_of
from appliance.server.greeting import welcome
from appliance.server.hub import UNAUTHORIZED, Hub
from appliance.server.marks import Marks
from appliance.server.protocol import BadFrame, Delivered, Error, Hello, Read
from appliance.server.route import Access, Route

BAD_HELLO, TRY_LATER = 4000, 1013
SEND_BUFFER = 128 * 1024  # bytes the kernel holds for one listener, so that a stuck one is noticed
RECHECK_SECONDS = 60.0
_log = log.logger("chat")


class Socket(Admission, WebSocketHandler):
    """A client of `pichat.v1`."""

    hub: Hub
    connection: Connection | None = None
    _stream: IOStream
    _hello_timer: asyncio.TimerHandle | None = None
    _since = 0.0
    _checked = 0.0
    _present = False

    async def prepare(self) -> None:
        await self.admit()
        if self.request.headers.get("Upgrade", "").lower() != "websocket":
            raise Refusal(Code.BAD_REQUEST, reason="upgrade")

    def check_origin(self, origin: str) -> bool:
        """Judged in `admit`, with the scheme: a foreign page was refused, and `null` has no cookie."""
        return True

    def select_subprotocol(self, subprotocols: list[str]) -> str | None:
        return protocol.SUBPROTOCOL if protocol.SUBPROTOCOL in subprotocols else None

    def get_compression_options(self) -> dict[str, Any] | None:
        """Off: it costs 140 KB a connection and gives little on texts this short."""
        return None

    @property
    def ping_interval(self) -> float:
        return float(self.services.settings.ping_seconds)

    @property
    def ping_timeout(self) -> float:
        return self.ping_interval

    async def open(self, *_: str, **__: str) -> None:
        stream = self._stream = stream_of(self)
        with contextlib.suppress(OSError):
            stream.set_nodelay(True)
            stream.socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        self._marks = Marks(self._write_mark, self.hub.spawn)
        self.hub.opened(self)
        seconds = self.services.settings.hello_seconds
        self._hello_timer = asyncio.get_running_loop().call_later(seconds, self.end, UNAUTHORIZED)

    async def on_message(self, message: str | bytes) -> None:
        """Tornado reads the next frame when this one is done."""
        connection = self.connection
        if connection is not None and connection.listener.busy:
            await connection.listener.eased()
        try:
            if isinstance(message, bytes):
                raise BadFrame(Refusal(Code.BAD_FRAME, reason="binary"), None)
            value = redup.envelope(message)
            if value is not None:
                await self._enveloped(value)
                return
            frame = self.decode(message)
        except BadFrame as problem:
            self.say_refused(problem, problem.frame_id)
            if connection is None:
                self.end(BAD_HELLO)
            return
        try:
            if connection is None:
                await self._first(frame)
            else:
                await self._obey(connection, frame)
        except Refusal as problem:
            self.say_refused(problem, frame.id)
        except Exception:
            self._failed(type(frame).__name__, frame.id)

    def decode(self, text: str) -> protocol.Inbound:
        return protocol.decode(text)

    async def _enveloped(self, value: dict[str, Any]) -> None:
        """RedUP's way. Who has not said hello is known by what came with the upgrade."""
        answer_to: protocol.FrameId | None = ""
        try:
            if self.connection is None:
                await self._first(Hello(v=protocol.VERSION), redup.REDUP)
            if (connection := self.connection) is None:
                return
            self.hub.speak(connection, redup.REDUP)
            frame = await redup.decode(self.services, self.hub, connection.actor, value)
            answer_to = frame.id
            await self._obey(connection, frame)
        except Refusal as problem:
            self.say_refused(problem, answer_to)
        except Exception:
            self._failed(str(value["event"]), answer_to)

    def _failed(self, what: str, frame_id: protocol.FrameId | None) -> None:
        _log.exception("frame %s failed, request %s", what, self.request_id)
        self._say(Error(id=frame_id, code=Code.INTERNAL, params={"request_id": self.request_id}))

    def on_pong(self, data: bytes) -> Awaitable[None] | None:  # type: ignore[override]
        """A heartbeat is the moment to ask whether the session still stands."""
        now = self.services.clock.monotonic()
        if self.connection is None or now - self._checked < RECHECK_SECONDS:
            return None
        self._checked = now
        return self._recheck(self.connection)

    def on_close(self) -> None:
        self._stop_waiting()
        self.hub.closed(self)
        connection = self.connection
        if connection is None:
            return
        self.hub.remove(connection)
        self._marks.close()
        if self._present:
            self.hub.attendance.left(connection.actor.id)
        _log.info(
            "disconnect %s (%s), %s, %d left",
            connection.actor.name,
            connection.actor.id,
            self.close_code or "lost",
            self.hub.connected,
        )

    def end(self, code: int) -> None:
        """Closes with a code. What still waits in the queue stays unsent: it is resumed or asked for."""
        self._stop_waiting()
        with contextlib.suppress(WebSocketClosedError, StreamClosedError):
            self.close(code)

    def abort(self) -> None:
        self._stream.close()

    async def _first(self, frame: protocol.Inbound, dialect: Dialect | None = None) -> None:
        if not isinstance(frame, Hello):
            raise Refusal(Code.UNAUTHORIZED, reason="hello")
        if frame.v != protocol.VERSION:
            self.say_refused(Refusal(Code.UNSUPPORTED_VERSION, supported=protocol.VERSION), frame.id)
            self.end(BAD_HELLO)
            return
        actor = await self._who(frame.token)
        if actor is None:
            self.say_refused(Refusal(Code.UNAUTHORIZED), frame.id)
            self.end(UNAUTHORIZED)
            return
        self.told_apart()
        await self.welcome(actor, frame, dialect)

    def told_apart(self) -> None:
        """It is known who this is: nothing is waited for any more."""
        self._stop_waiting()
        self._since = self._checked = self.services.clock.monotonic()

    async def _who(self, token: str | None) -> Actor | None:
        """A token beats the cookie, whose session is asked for again: it may have ended since the upgrade."""
        if token is not None:
            return await self.services.sessions.actor_for(token)
        return await self.services.sessions.still(self.actor.session) if self.actor else None

    async def welcome(
        self, actor: Actor, frame: Hello, dialect: Dialect | None = None, only: str | None = None
    ) -> None:
        """From now on it is in. `only` one room, where that is all that the client knows of."""
        connection = self.connection = self.hub.admit(actor, frame.client, self._stream, self)
        connection.only = only
        if dialect is not None:
            self.hub.speak(connection, dialect)
        try:
            outcome = await self.services.rooms.snapshot(actor)
        except Refusal as problem:
            self.hub.remove(connection)
            self.connection = None
            self.say_refused(problem, frame.id)
            self.end(TRY_LATER)
            return
        # From here to the last reply nothing is awaited: snapshot, cursor and subscription are of one moment.
        self.hub.publish(outcome.events)
        if connection.over:
            return
        rooms = [room for room in outcome.value.rooms if only in (None, room.id)]
        snapshot = Snapshot(ev=outcome.value.ev, rooms=rooms)
        self.hub.subscribe(connection, [room.id for room in rooms])
        mode, missed = self.hub.catch_up(connection, frame.resume, snapshot.ev)
        self.hub.reply(connection, welcome(self.services, actor, frame, snapshot, mode))
        if missed or mode == "resumed":
            self.hub.reply_encoded(connection, protocol.batch(missed))
        _log.info("connect %s (%s) from %s, %s", actor.name, actor.id, self.visitor.ip, mode)
        self._present = True
        await self.hub.attendance.arrived(actor, [room.id for room in outcome.value.rooms])

    async def _obey(self, connection: Connection, frame: protocol.Inbound) -> None:
        kind = type(frame)
        if isinstance(frame, Read | Delivered) and frame.id is None:
            await self._marked(frame)
            return
        if not (kind in WITHOUT_TOKEN or (kind in FREE_AT_FIRST and self._is_new())):
            self.services.messages.pace(connection.actor)
        result: Result = await obey(self.services, connection.actor, frame, self.visitor.ip)
        if frame.id is not None or kind is protocol.Ping:
            self.hub.reply(connection, result.answer)
        self.hub.publish(result.events)
        for more in result.more:
            self.hub.reply(connection, more)

    async def _marked(self, frame: Read | Delivered) -> None:
        """Marks that want no answer cost no token; they are merged instead."""
        if isinstance(frame, Read):
            await self._marks.add(frame.room, read=frame.seq)
        else:
            await self._marks.add(frame.room, delivered=frame.seq)

    async def _write_mark(self, room: str, read: int, delivered: int) -> None:
        assert self.connection is not None
        try:
            outcome = await self.services.messages.mark(
                self.connection.actor, room, read=read, delivered=delivered
            )
        except Refusal as problem:
            self.say_refused(problem)
        else:
            self.hub.publish(outcome.events)

    def _is_new(self) -> bool:
        return self.services.clock.monotonic() - self._since < FREE_SECONDS

    async def _recheck(self, connection: Connection) -> None:
        actor = await self.services.sessions.still(connection.actor.session)
        if actor is None:
            self.hub.remove(connection)
            self.end(UNAUTHORIZED)
        else:
            connection.actor = actor

    def say_refused(self, problem: Refusal, frame_id: protocol.FrameId | None = None) -> None:
        params = problem.params or None
        self._say(Error(id=frame_id, code=problem.code, params=params, retry_ms=problem.retry_ms))

    def _say(self, frame: Frame) -> None:
        """To this client, in hello's days too, when the hub does not know it yet."""
        if self.connection is not None:
            self.hub.reply(self.connection, frame)
            return
        with contextlib.suppress(WebSocketClosedError):
            self.write_message(msgspec.json.encode(frame))

    def _stop_waiting(self) -> None:
        if self._hello_timer is not None:
            self._hello_timer.cancel()
            self._hello_timer = None


ROUTES = (Route("GET", "/ws", Socket, Access.ALL, "the chat: protocol pichat.v1"),)
