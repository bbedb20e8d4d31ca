"""The stable snapshot over HTTP: save, list, choose, verify, delete, reset. Decides nothing."""

from typing import Any

from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.domain.events import Outcome
from appliance.domain.stable_choice import Only
from appliance.domain.stable_tasks import Late
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route


class Wanted(Struct):
    """What to save: everything, or `only` that. Files that look dangerous stay out unless they are wanted;
    of a choice that has some, 409 names them where nothing is said.
    """

    only: Only | None = None
    include_flagged: bool | None = None


class SaveBody(Wanted):
    """And a few words to know it by."""

    note: str = ""


class ResetBody(Struct):
    """One's own password again, and how long people are given."""

    password: str
    seconds: int = 0


class Announced(Struct, frozen=True):
    """How long people have. What goes is unlinked, not overwritten: a memory card moves what it stores, and
    no program reaches the places where it stood before. `traces`: the bytes may still be read from the card
    itself, with tools; only destroying it ends that.
    """

    seconds: int
    traces: bool = True


class Working(BaseHandler):
    """What may take long: 202 and the name of the work, to be looked at under `/api/stable/progress`."""

    def answer_or_late(self, outcome: Outcome[Any] | Late, status: int) -> None:
        if isinstance(outcome, Late):
            self.answer(outcome, 202)
        else:
            self.answer(self.tell(outcome), status)


class StableHandler(Working):
    async def get(self) -> None:
        self.answer(await self.services.stable.generations(self.me))

    async def post(self) -> None:
        body = self.body(SaveBody)
        tasks = self.services.stable_tasks
        self.answer_or_late(await tasks.save(self.me, body.note, body.only, body.include_flagged), 201)


class GenerationHandler(BaseHandler):
    """What is done with one generation, by its number."""

    async def delete(self, number: str) -> None:
        await self.services.stable.delete(self.me, counted(number))
        self.done()


class CurrentHandler(BaseHandler):
    async def post(self, number: str) -> None:
        self.answer(self.tell(await self.services.stable.make_current(self.me, counted(number))))


class VerifyHandler(Working):
    async def post(self, number: str) -> None:
        self.answer_or_late(await self.services.stable_tasks.verify(self.me, counted(number)), 200)


class ProgressHandler(BaseHandler):
    async def get(self) -> None:
        self.answer(self.services.stable_tasks.progress(self.me, self.query("task")))


class ResetHandler(BaseHandler):
    async def post(self) -> None:
        body = self.body(ResetBody)
        stable, address = self.services.stable, self.visitor.ip
        self.tell(await stable.reset(self.me, body.password, address, body.seconds))
        self.answer(Announced(body.seconds), 202)

    async def delete(self) -> None:
        self.tell(await self.services.stable.cancel_reset(self.me))
        self.done()


def counted(number: str) -> int:
    """The number of a generation; anything else names none."""
    if not (number.isascii() and number.isdigit() and len(number) <= 9):
        raise Refusal(Code.NOT_FOUND)
    return int(number)


_ADMINISTRATOR = Access.ADMINISTRATOR
ROUTES = (
    Route("GET", "/api/stable", StableHandler, _ADMINISTRATOR, "The saved generations"),
    Route(
        "POST",
        "/api/stable",
        StableHandler,
        _ADMINISTRATOR,
        "Save everything, or a choice, as the stable snapshot",
        body=SaveBody,
    ),
    Route("GET", "/api/stable/progress", ProgressHandler, _ADMINISTRATOR, "How far a save or a look is"),
    Route(
        "POST",
        "/api/stable/{number}/current",
        CurrentHandler,
        _ADMINISTRATOR,
        "Make a generation the one that a reboot leads to",
    ),
    Route(
        "POST",
        "/api/stable/{number}/verify",
        VerifyHandler,
        _ADMINISTRATOR,
        "Read every byte of a generation",
    ),
    Route(
        "DELETE",
        "/api/stable/{number}",
        GenerationHandler,
        _ADMINISTRATOR,
        "Take a generation away for good",
    ),
    Route(
        "POST",
        "/api/reset",
        ResetHandler,
        _ADMINISTRATOR,
        "Go back to the stable snapshot now",
        body=ResetBody,
    ),
    Route("DELETE", "/api/reset", ResetHandler, _ADMINISTRATOR, "Call an announced reset off"),
)
