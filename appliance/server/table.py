"""Finds the row of the route table for a request; refuses a table that says too little. Knows no feature."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from tornado.web import RequestHandler

from appliance.base.errors import StartError
from appliance.server.admission import Admission
from appliance.server.route import Route

_PARAMETER = re.compile(r"\{(\w+)(\.\.\.)?\}")


@dataclass(frozen=True, slots=True)
class Found:
    """A row and the pieces of the path that it names, or (no row) the methods that the path has.

    `spoilt`: a piece holds a NUL, which no name has.
    """

    route: Route | None
    arguments: Mapping[str, bytes] = field(default_factory=dict)
    allowed: frozenset[str] = frozenset()
    spoilt: bool = False


class Table:
    """All rows, by path. A fixed path goes before one with parameters."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self.routes = tuple(routes)
        self._fixed: dict[str, dict[str, Route]] = {}
        self._patterns: dict[str, tuple[re.Pattern[str], dict[str, Route]]] = {}
        for route in self.routes:
            _check(route)
            self._add(route)

    def _add(self, route: Route) -> None:
        if _PARAMETER.search(route.path):
            shape = _PARAMETER.sub(lambda m: "{...}" if m[2] else "{}", route.path)
            _, methods = self._patterns.setdefault(shape, (_compiled(route.path), {}))
        else:
            methods = self._fixed.setdefault(route.path, {})
        if route.method in methods:
            raise StartError(f"route {route.name} is in the table twice")
        methods[route.method] = route

    def find(self, method: str, path: str) -> Found | None:
        """None: no such path. A trailing slash makes no difference; HEAD is GET without a body."""
        path = path.rstrip("/") or "/"
        wanted = "GET" if method == "HEAD" else method
        allowed: set[str] = set()
        for methods, pieces in self._candidates(path):
            if route := methods.get(wanted):
                arguments = dict(zip(parameters(route.path), map(unquote_to_bytes, pieces), strict=True))
                spoilt = any(b"\0" in piece for piece in arguments.values())
                return Found(None, spoilt=True) if spoilt else Found(route, arguments)
            allowed.update(methods)
        return Found(None, allowed=frozenset(allowed)) if allowed else None

    def _candidates(self, path: str) -> Iterable[tuple[Mapping[str, Route], tuple[str, ...]]]:
        if methods := self._fixed.get(path):
            yield methods, ()
        for pattern, methods in self._patterns.values():
            if match := pattern.fullmatch(path):
                yield methods, match.groups()


def parameters(path: str) -> list[str]:
    """The names between braces, in order."""
    return [match[1] for match in _PARAMETER.finditer(path)]


def _compiled(path: str) -> re.Pattern[str]:
    pieces = re.split(r"(\{\w+(?:\.\.\.)?\})", path)
    made = [_piece(piece) for piece in pieces]
    return re.compile("".join(made))


def _piece(piece: str) -> str:
    if match := _PARAMETER.fullmatch(piece):
        return "(.+)" if match[2] else "([^/]+)"
    return re.escape(piece)


def _check(route: Route) -> None:
    """A row that forgot something stops the start: a door nobody thought of must not stand open."""
    if route.access is None:
        raise StartError(f"route {route.name} does not say who may use it")
    if not issubclass(route.handler, Admission):
        raise StartError(f"route {route.name}: {route.handler.__name__} does not check who asks")
    own = getattr(route.handler, route.method.lower(), None)
    if own is None or own is getattr(RequestHandler, route.method.lower(), None):
        raise StartError(f"route {route.name}: {route.handler.__name__} has no such method")
