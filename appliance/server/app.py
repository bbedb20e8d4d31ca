"""The Tornado application, made from the one table. Knows no feature."""

from collections.abc import Sequence
from typing import Any

from tornado.httputil import HTTPServerRequest
from tornado.web import Application, RequestHandler

from appliance.base import log
from appliance.base.errors import Code, Refusal
from appliance.server import headers, tus
from appliance.server.answers import House
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route
from appliance.server.routes import ROUTES
from appliance.server.services import Hub, Services
from appliance.server.table import Table

_log = log.logger("server")


class PiChat(Application):
    """Hands each request to the handler of its row."""

    def __init__(self, table: Table, services: Services, hub: Hub, house: House) -> None:
        super().__init__(
            log_function=_note,
            websocket_max_message_size=services.settings.frame_bytes,
            compiled_template_cache=True,
        )
        self.table = table
        self.doors = house.doors
        self._shared = {"services": services, "hub": hub, "house": house}

    def find_handler(self, request: HTTPServerRequest, **_: Any) -> Any:
        method = request.method = tus.meant(request)
        found = self.table.find(method, request.path)
        if found is None:
            return self._to(request, NOT_FOUND, {})
        if found.spoilt:
            return self._to(request, SPOILT, {})
        if found.route is None:
            methods = sorted(found.allowed | {"OPTIONS"} | ({"HEAD"} if "GET" in found.allowed else set()))
            row = PREFLIGHT if method == "OPTIONS" else WRONG_METHOD
            return self._to(request, row, {}, methods=methods)
        return self._to(request, found.route, dict(found.arguments))

    def _to(self, request: HTTPServerRequest, route: Route, path: dict[str, bytes], **more: Any) -> Any:
        given = {**self._shared, "route": route, **more}
        return self.get_handler_delegate(request, route.handler, given, path_kwargs=path)


def make_app(services: Services, hub: Hub, routes: Sequence[Route] = ROUTES) -> PiChat:
    """The application of one box. Raises StartError for a row that does not say who may use it."""
    return PiChat(Table(routes), services, hub, House(services))


class NotFound(BaseHandler):
    """Every address that is in no row."""

    async def begin(self) -> None:
        raise Refusal(Code.NOT_FOUND)


class Spoilt(BaseHandler):
    """An address with a NUL in a name: SQLite, C and other people's disks would end the name there."""

    async def begin(self) -> None:
        raise Refusal(Code.BAD_REQUEST, field="path", reason="nul")


class WrongMethod(BaseHandler):
    """An address that exists, asked for in a way that it has not."""

    methods: Sequence[str]

    def initialize(self, methods: Sequence[str], **shared: Any) -> None:  # type: ignore[override]
        self.methods = methods
        super().initialize(**shared)

    async def begin(self) -> None:
        raise Refusal(Code.METHOD_NOT_ALLOWED, allow=list(self.methods))

    def refuse(self, problem: Refusal) -> None:
        self.set_header("Allow", ", ".join(self.methods))
        super().refuse(problem)


class Preflight(WrongMethod):
    """OPTIONS: what the address takes, and for pages of allowed origins what they may send."""

    async def begin(self) -> None:
        """Nothing to refuse."""

    async def options(self, **_: str) -> None:
        allow = ", ".join(self.methods)
        self.set_header("Allow", allow)
        if self.house.doors.shared_with(self.request.headers.get("Origin")):
            self.set_header("Access-Control-Allow-Methods", allow)
            self.set_header("Access-Control-Allow-Headers", headers.CORS_SEND)
            self.set_header("Access-Control-Max-Age", "600")
        self.done()


NOT_FOUND = Route("ANY", "(no row)", NotFound, Access.ALL)
SPOILT = Route("ANY", "(a NUL in a name)", Spoilt, Access.ALL)
WRONG_METHOD = Route("ANY", "(no such method)", WrongMethod, Access.ALL)
PREFLIGHT = Route("OPTIONS", "(any)", Preflight, Access.ALL, unclaimed=True)


def _note(handler: RequestHandler) -> None:
    """One line per request, for whoever debugs; the row and never the address, which may hold a secret."""
    if isinstance(handler, BaseHandler):
        milliseconds = 1000 * handler.request.request_time()
        _log.debug("%s %s, %.1f ms", handler.get_status(), handler.route.name, milliseconds)
