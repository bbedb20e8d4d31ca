"""One row of the route table, and who may use it. Must not know any feature."""

from dataclasses import dataclass
from enum import Enum, auto

from msgspec import Struct
from tornado.web import RequestHandler


class Access(Enum):
    """Who gets past the door of a route; the finer rules are the domain's."""

    ALL = auto()
    UNCLAIMED = auto()  # anybody, and only while nobody has claimed the box
    GUEST = auto()  # guests of a room, and everybody who is signed in
    SIGNED_IN = auto()  # an account of any role; never guests
    MAY_UPLOAD = auto()  # or, with `?for=` a room, may send files there: guests too, if the box lets them
    ADMINISTRATOR = auto()


@dataclass(frozen=True, slots=True)
class Route:
    """A method and a path. `{name}` is one segment of the path, `{name...}` the rest of it.

    `body` is the struct that `handler.body()` is given; a route without one takes no JSON.
    `form`: plain HTML forms may write here (same-origin, with a token of ours). `unclaimed`: answers before
    the box is claimed. `plain`: answers over plain HTTP where HTTPS is a must; it gets and gives nothing that
    others may not see. `streams`: the handler takes the body piece by piece and sets its own limit.
    """

    method: str
    path: str
    handler: type[RequestHandler]
    access: Access | None = None  # a route that leaves it out stops the start
    summary: str = ""
    body: type[Struct] | None = None
    form: bool = False
    unclaimed: bool = False
    plain: bool = False
    streams: bool = False

    @property
    def name(self) -> str:
        """How logs and tests call it: never the address itself, which may hold a secret."""
        return f"{self.method} {self.path}"
