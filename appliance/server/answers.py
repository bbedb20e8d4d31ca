"""How an answer goes out: headers, JSON, pages, the one shape of every refusal. Must not judge who asks."""

import re
import secrets
from functools import cached_property
from types import TracebackType
from typing import Any

import msgspec
from tornado.web import HTTPError, RequestHandler

from appliance.base import log
from appliance.base.errors import Code, Refusal
from appliance.host.network import DEFAULT_PORTS
from appliance.server import headers, plain
from appliance.server.assets import Assets
from appliance.server.doors import Doors, Visitor
from appliance.server.forms import Forms
from appliance.server.route import Route
from appliance.server.services import Hub, Services
from appliance.server.statuses import REASON, STATUS, code_of

_log = log.logger("server")


class House:
    """What the handlers of one server share beside the domain's services."""

    def __init__(self, services: Services) -> None:
        settings = services.settings
        self.doors = Doors(settings, services.network.hostname)
        self.forms = Forms(services.secret, services.clock)
        self.assets = Assets(settings.web, settings.dev)


class Answers(RequestHandler):
    """The outgoing half of every handler, HTTP or WebSocket."""

    def initialize(self, services: Services, hub: Hub, route: Route, house: House) -> None:
        self.services = services
        self.hub = hub
        self.route = route
        self.house = house
        self.share()

    @cached_property
    def request_id(self) -> str:
        return secrets.token_hex(6)

    @cached_property
    def visitor(self) -> Visitor:
        return self.house.doors.visitor(self.request)

    def answer(self, value: Any, status: int = 200) -> None:
        """Any struct, dataclass or plain value as JSON."""
        self.set_status(status)
        self._send(msgspec.json.encode(value), "application/json; charset=utf-8")

    def done(self) -> None:
        """204: it is done and there is nothing to say."""
        self.set_status(204)
        self.finish()

    def send_page(self, text: str | bytes, style: str = plain.STYLE_SOURCE) -> None:
        """A page of ours, under the policy of pages. `style` is what may style it."""
        self.set_page_headers(style)
        self._send(text.encode() if isinstance(text, str) else text, "text/html; charset=utf-8")

    def set_page_headers(self, style: str = "'self'") -> None:
        host, secure = self.request.host, self.visitor.secure
        if not self.house.doors.host_is_ours(host):
            host = ""
        self.set_header("Content-Security-Policy", headers.page_policy(host, secure, style))
        self.set_header("Referrer-Policy", headers.PAGE_REFERRER)
        for name, value in headers.SECURE.items() if secure else ():
            self.set_header(name, value)

    def urls(self) -> list[str]:
        """The addresses that people can type to come here."""
        return list(self.services.tls.urls(self.port, self.encrypted))

    def https_address(self) -> str:
        """This very address, by HTTPS."""
        name = re.sub(r":[0-9]*$", "", self.request.host)
        port = self.services.tls.port
        return f"https://{name}{'' if port == DEFAULT_PORTS['https'] else f':{port}'}{self.request.path}"

    @property
    def encrypted(self) -> bool:
        """Whether this very connection is HTTPS, whatever a proxy says of its own."""
        return self.request.protocol == "https"

    @property
    def port(self) -> int:
        """Of this very connection: the settings may have left the choice to the machine."""
        connection: Any = self.request.connection
        socket = connection.stream.socket
        return int(socket.getsockname()[1]) if socket is not None else self.services.settings.port

    @property
    def wants_page(self) -> bool:
        """Whether a person is looking: a browser that navigates, not a program."""
        accepts = self.request.headers.get("Accept", "")
        return "text/html" in accepts and not self.request.path.startswith("/api/")

    def refuse(self, problem: Refusal) -> None:
        """The one shape of every error; as a page where a person looks at it."""
        self.mark_refused(problem)
        if not self.wants_page:
            params = dict(problem.params)
            if problem.retry_ms is not None:
                params["retry_ms"] = problem.retry_ms
            error = {"code": problem.code, "params": params, "request_id": self.request_id}
            self._send(msgspec.json.encode({"error": error}), "application/json; charset=utf-8")
        elif problem.code is Code.UNAUTHORIZED:
            self.redirect("/login")
        elif problem.code is Code.MISDIRECTED:
            self.send_page(plain.misdirected(self.urls()))
        elif problem.code is Code.TLS_REQUIRED:
            self.send_page(plain.tls_required(self.https_address(), self.services.tls.fingerprint))
        else:
            self.send_page(plain.refusal(problem.code, self.request_id))

    def mark_refused(self, problem: Refusal) -> None:
        """Status and Retry-After of a refusal, whatever its body says."""
        self.set_status(STATUS[problem.code])
        if problem.retry_ms is not None:
            self.set_header("Retry-After", str(-(-problem.retry_ms // 1000)))

    def share(self) -> None:
        """Lets pages of the other origins that the settings name read this answer (CORS)."""
        origin = self.request.headers.get("Origin")
        if self.house.doors.shared_with(origin):
            self.set_header("Access-Control-Allow-Origin", str(origin))
            self.set_header("Access-Control-Allow-Credentials", "true")
            self.set_header("Access-Control-Expose-Headers", headers.CORS_READ)
            self.set_header("Cross-Origin-Resource-Policy", "cross-origin")
            self.add_header("Vary", "Origin")

    def set_default_headers(self) -> None:
        """Runs before `initialize` and again whenever an error replaces what was prepared."""
        for name, value in headers.COMMON.items():
            self.set_header(name, value)
        if hasattr(self, "house"):
            self.share()

    def set_status(self, status_code: int, reason: str | None = None) -> None:
        super().set_status(status_code, reason or REASON.get(status_code))

    def send_error(self, status_code: int = 500, **kwargs: Any) -> None:
        problem = _problem(kwargs)
        super().send_error(STATUS[problem.code] if problem else status_code, **kwargs)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self.refuse(_problem(kwargs) or Refusal(code_of(status_code)))

    def log_exception(
        self,
        typ: type[BaseException] | None,
        value: BaseException | None,
        tb: TracebackType | None,
    ) -> None:
        """Refusals are no news. The address stays out of the log, for it may hold a secret."""
        if value is not None and not isinstance(value, (Refusal, HTTPError)):
            _log.error("%s failed, request %s", self.route.name, self.request_id, exc_info=value)

    def matches(self, etag: str) -> bool:
        """Whether If-None-Match holds this tag."""
        tags = [
            tag.strip().removeprefix("W/") for tag in self.request.headers.get("If-None-Match", "").split(",")
        ]
        return etag in tags or tags == ["*"]

    def compute_etag(self) -> str | None:
        """Tornado would hash every answer."""
        return None

    def _send(self, content: bytes, kind: str) -> None:
        self.set_header("X-Request-Id", self.request_id)
        self.set_header("Content-Type", kind)
        self.finish(content)


def _problem(kwargs: dict[str, Any]) -> Refusal | None:
    problem = kwargs.get("exc_info", (None, None, None))[1]
    return problem if isinstance(problem, Refusal) else None
