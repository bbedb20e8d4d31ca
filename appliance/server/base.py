"""What every HTTP handler stands on: bodies in, outcomes out. Knows no feature.

A socket that is closed over unread bytes takes the answer with it (the client sees a reset), so a refusal
waits until the body is over. Where that would take too long it goes ahead, and the rest is read after it.
"""

import asyncio
import socket
from asyncio import Future
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from tornado import httputil
from tornado.iostream import SSLIOStream
from tornado.web import stream_request_body

from appliance.base.errors import Code, Refusal
from appliance.domain.events import Event, Outcome
from appliance.server import parsing
from appliance.server.admission import FORM_TYPES, Admission
from appliance.server.doors import Origin
from appliance.server.forms import FIELD
from appliance.server.statuses import STATUS

T = TypeVar("T")
_GRACE_SECONDS = 5  # for the answer to leave, before the connection is closed without one


@stream_request_body
class BaseHandler(Admission):
    """A handler of one or more rows of the table. Its methods are the HTTP methods in lower case.

    The checks run before the body is read. Handlers whose route `streams` decide in `begin()` and take the
    pieces in `receive()`; a Refusal that either raises is answered as any other.
    """

    _held: Exception | None = None
    _late: asyncio.TimerHandle | None = None
    _drained = 0
    _answered = False  # the answer is out, though more is coming

    async def prepare(self) -> None:
        self._body = bytearray()
        self._expect_little()
        try:
            await self.admit()
            self._check_length()
            await self.begin()
        except Exception as problem:
            if "Expect" in self.request.headers:  # who asks before sending is told at once
                raise
            self._hold(problem)
            self._expect_little()
            if self._length > self.services.settings.drain_bytes:
                self._give_up(problem)

    async def begin(self) -> None:
        """Hook: after the checks, before the first byte of the body."""

    async def receive(self, chunk: bytes) -> None:
        """Hook: one piece of the body. By default it is kept, up to the limit of a request."""
        limit = self.services.settings.max_body_bytes
        if len(self._body) + len(chunk) > limit:
            raise Refusal(Code.TOO_LARGE, maximum=limit)
        self._body += chunk

    def _expect_little(self) -> None:
        """So much that it is us who give up first, with an answer."""
        settings = self.services.settings
        most = 2 * settings.drain_bytes + settings.max_body_bytes
        self.limit_body(most, settings.body_seconds + (_GRACE_SECONDS if self._held else 0))

    def limit_body(self, size: int, seconds: float | None) -> None:
        """What Tornado enforces by closing the connection, and by a bare 400: only a last line."""
        connection: Any = self.request.connection
        connection.set_max_body_size(size)
        connection.set_body_timeout(seconds)

    def cut(self) -> None:
        """Closes the connection without another word; `on_connection_close` follows."""
        connection: Any = self.request.connection
        connection.close()

    def body(self, kind: type[T]) -> T:
        """The JSON body as the struct that the table names for this route; no body is an empty object."""
        assert self.route.body is kind, f"{self.route.name} says another body"
        return parsing.decode(bytes(self._body) or b"{}", kind)

    def form(self) -> Mapping[str, str]:
        """The fields of a plain HTML form. A browser's must carry the token of a page of ours."""
        arguments: dict[str, list[bytes]] = {}
        if self.content_type not in FORM_TYPES:
            raise Refusal(Code.BAD_TYPE, types=sorted(FORM_TYPES))
        try:
            kind = self.request.headers.get("Content-Type", "")
            httputil.parse_body_arguments(kind, bytes(self._body), arguments, {}, self.request.headers)
            fields = {name: values[-1].decode() for name, values in arguments.items()}
        except (httputil.HTTPInputError, UnicodeError):
            raise Refusal(Code.BAD_REQUEST, reason="form") from None
        if any("\0" in value for value in fields.values()):
            raise Refusal(Code.BAD_REQUEST, reason="nul")
        self.check_form_token(fields.get(FIELD, ""))
        return fields

    def check_form_token(self, token: str) -> None:
        """Scripts without an Origin (curl, old notes) pass; so does what a form cannot send."""
        if self.origin is Origin.ABSENT or self.sent_by_script:
            return
        if not self.house.forms.valid(token, self.form_subject):
            raise Refusal(Code.FORBIDDEN, reason="form_token")

    @property
    def form_subject(self) -> str:
        """Whom the token of a form is made for."""
        return self.actor.session if self.actor else ""

    def query(self, name: str, default: str = "") -> str:
        """A parameter of the address, the last one when there are several, without control characters."""
        return self.get_query_argument(name, default)

    def number(self, name: str, default: int | None = None, *, most: int = 2**53) -> int | None:
        """A parameter that is a whole number from 0; more than `most` counts as `most`."""
        text = self.query(name)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and len(text) <= 16):
            raise Refusal(Code.BAD_REQUEST, field=name, reason="number")
        return min(int(text), most)

    def tell(self, outcome: Outcome[T]) -> T:
        """Tells everybody what happened; gives the value that the answer is made of."""
        self.publish(outcome.events)
        return outcome.value

    def publish(self, events: Sequence[Event]) -> None:
        if events:
            self.hub.publish(events)

    async def head(self, *args: str, **kwargs: str) -> None:
        """As GET; Tornado leaves the body out."""
        done = self.get(*args, **kwargs)
        if done is not None:
            await done

    async def data_received(self, chunk: bytes) -> None:
        """Must never raise: the client would get a reset and no answer."""
        if self._held is None:
            try:
                await self.receive(chunk)
            except Exception as problem:
                self._hold(problem)
            return
        self._drained += len(chunk)
        settings = self.services.settings
        if not self._answered and self._drained > settings.drain_bytes:
            self._give_up(self._held)
        elif self._drained > settings.linger_bytes:
            self.cut()

    def _check_length(self) -> None:
        limit = self.services.settings.max_body_bytes
        if not self.route.streams and self._length > limit:
            raise Refusal(Code.TOO_LARGE, maximum=limit)

    @property
    def _length(self) -> int:
        text = self.request.headers.get("Content-Length", "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0

    def _hold(self, problem: Exception) -> None:
        """The answer waits for the end of the body, but not for ever."""
        self._held = problem
        self._body.clear()
        seconds = self.services.settings.body_seconds
        self._late = asyncio.get_running_loop().call_later(seconds, self._give_up, problem)
        setattr(self, str(self.request.method).lower(), self._raise_held)

    async def _raise_held(self, *_: str, **__: str) -> None:
        assert self._held is not None
        self._wait_no_more()
        if not self._answered:
            raise self._held
        self._answered = False
        self.finish()
        self.cut()  # nothing is unread any more

    def finish(self, chunk: str | bytes | dict[str, Any] | None = None) -> Future[None]:
        """An answer that goes ahead is whole, but it is not the end."""
        if not self._answered:
            return super().finish(chunk)
        if self._headers_written:  # it is gone already
            return self.flush()
        if chunk is not None:
            self.write(chunk)
        self.set_header("Content-Length", str(sum(map(len, self._write_buffer))))
        self.set_header("Connection", "close")
        left = self.flush()
        left.add_done_callback(lambda _: self._close_half())
        return left

    def _close_half(self) -> None:
        """Nothing more is sent, which the other side sees; what it sends is still taken."""
        connection: Any = self.request.connection
        stream = connection.stream
        if not (stream is None or stream.closed() or isinstance(stream, SSLIOStream)):
            with suppress(OSError):
                stream.socket.shutdown(socket.SHUT_WR)

    def _wait_no_more(self) -> None:
        if self._late is not None:
            self._late.cancel()

    def on_connection_close(self) -> None:
        self._wait_no_more()

    def _give_up(self, problem: Exception) -> None:
        """Answers over what is still coming. That is read for a while, so that the answer arrives."""
        self._wait_no_more()
        if self._finished or self._answered:
            return
        self._answered = True
        settings = self.services.settings
        connection: Any = self.request.connection
        connection.set_max_body_size(max(self._length, settings.linger_bytes))
        self._late = asyncio.get_running_loop().call_later(settings.body_seconds, self.cut)
        self.log_exception(type(problem), problem, problem.__traceback__)
        status = STATUS[problem.code] if isinstance(problem, Refusal) else 500
        self.send_error(status, exc_info=(type(problem), problem, problem.__traceback__))
