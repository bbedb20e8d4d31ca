"""What administrators do with files in quarantine, over HTTP. Decides nothing."""

from msgspec import Struct

from appliance.server.base import BaseHandler
from appliance.server.files import FileAnswers
from appliance.server.route import Access, Route


class Rejection(Struct, frozen=True):
    """`reason`: for whoever brought the file."""

    reason: str = ""


class OverviewHandler(BaseHandler):
    async def get(self) -> None:
        self.answer(await self.services.review.overview(self.me))


class ReleaseHandler(FileAnswers):
    async def post(self, id: str) -> None:
        self.answer(self.shown(self.tell(await self.services.review.release(self.me, id))))


class RejectHandler(FileAnswers):
    async def post(self, id: str) -> None:
        reason = self.body(Rejection).reason
        self.answer(self.shown(self.tell(await self.services.review.reject(self.me, id, reason))))


_ADMINISTRATOR = Access.ADMINISTRATOR
ROUTES = (
    Route("GET", "/api/uploads/review", OverviewHandler, _ADMINISTRATOR, "How many files wait for a look"),
    Route("POST", "/api/uploads/{id}/release", ReleaseHandler, _ADMINISTRATOR, "Let everybody have a file"),
    Route(
        "POST",
        "/api/uploads/{id}/reject",
        RejectHandler,
        _ADMINISTRATOR,
        "Refuse a file and its bytes",
        body=Rejection,
    ),
)
