"""What the box serves when no generation of its snapshot can be read: one page, and nothing else.

It opens no database and changes nothing; what is on the card stays as it is until somebody looks at it.
"""

from typing import Any

import msgspec
from tornado.web import Application, HTTPError, RequestHandler

from appliance.base.errors import Code
from appliance.base.settings import Settings
from appliance.server import headers, plain
from appliance.server.doors import Doors

_SPANISH = (
    "La caja no puede leer lo que guardaste",
    "Hay copias estables en la tarjeta, pero ninguna se puede leer. No se ha borrado nada.",
    "Apaga la caja, guarda una copia de la tarjeta y mira qué dice «pichat check» en ella. "
    "Si quieres empezar de cero, usa otra tarjeta.",
)
_ENGLISH = (
    "The box cannot read what you saved",
    "There are stable copies on the card, but none of them can be read. Nothing was deleted.",
    'Switch the box off, make a copy of the card, and see what "pichat check" says there. '
    "To start from nothing, use another card.",
)


def rescue_page(reason: str) -> str:
    spanish = plain.said(*_SPANISH, reason, language="es")
    return plain.page("PiChat", plain.both(spanish, plain.said(*_ENGLISH, reason, language="en")))


class Rescue(Application):
    """Answers every address: people get the page, programs an error."""

    def __init__(self, settings: Settings, doors: Doors, reason: str) -> None:
        self.doors = doors
        given = {"doors": doors, "reason": reason}
        super().__init__([(r"/.*", RescueHandler, given)], log_function=lambda _: None)


class RescueHandler(RequestHandler):
    """503 for everything, with a page where a person is looking."""

    def initialize(self, doors: Doors, reason: str) -> None:
        self.doors = doors
        self.reason = reason

    def set_default_headers(self) -> None:
        for name, value in headers.COMMON.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        if not self.doors.host_is_ours(self.request.host):
            raise HTTPError(421)
        self.set_status(503)
        self.set_header("Retry-After", "60")
        if self.request.path == "/health":
            self._json({"status": "ill", "problems": ["no_generation"]})
        elif "text/html" in self.request.headers.get("Accept", ""):
            secure = self.doors.visitor(self.request).secure
            policy = headers.page_policy(self.request.host, secure, plain.STYLE_SOURCE)
            self.set_header("Content-Security-Policy", policy)
            self.finish(rescue_page(self.reason))
        else:
            self._refuse(Code.BUSY)

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        self._refuse(Code.MISDIRECTED if status_code == 421 else Code.INTERNAL)

    def compute_etag(self) -> str | None:
        return None

    def _refuse(self, code: Code) -> None:
        self._json({"error": {"code": code, "params": {"reason": "rescue"}, "request_id": ""}})

    def _json(self, value: object) -> None:
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(msgspec.json.encode(value))
