"""Work on the stable snapshot that may take long: who asked waits a moment, and then looks how far it is.

What happens after who asked was sent away is told to everybody from here.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, Literal, TypeVar

from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.base.ids import new_id
from appliance.base.log import logger
from appliance.domain.actor import Actor
from appliance.domain.events import Audience, Event, Happened, Outcome
from appliance.domain.notices import Notice
from appliance.domain.policy import Action, require
from appliance.domain.stable import Stable
from appliance.domain.stable_choice import Only
from appliance.domain.stable_views import Generation, Problem, Progress, Verified
from appliance.store.snapshot.telling import Tell

NOTICE_SECONDS = 1.0
What = Literal["save", "verify"]
Publish = Callable[[Sequence[Event]], None]
Result = TypeVar("Result", Generation, Verified)
_log = logger("stable")


class Late(Struct, frozen=True):
    """It is not over: ask for it by this name."""

    task: str


class Task(Generic[Result]):
    """One piece of work. `tell` may be called from any thread."""

    def __init__(self, what: What, number: int | None) -> None:
        self.progress = Progress(task=new_id("t"), what=what, number=number)

    def tell(self, stage: str, done: int, total: int) -> None:
        progress = self.progress
        progress.stage, progress.done, progress.total = stage, done, total

    def end(self, result: Result) -> None:
        if isinstance(result, Generation):
            self.progress.generation, self.progress.number = result, result.generation
        else:
            self.progress.verified = result
        self._over("done")

    def fail(self, refusal: Refusal) -> None:
        self.progress.error = Problem(refusal.code.value, dict(refusal.params))
        self._over("failed")

    def _over(self, stage: str) -> None:
        self.progress.stage, self.progress.finished = stage, True


class StableTasks:
    """The newest of each kind is remembered. `close` waits for what goes on."""

    def __init__(self, stable: Stable, patience_ms: int) -> None:
        self._stable = stable
        self._patience = patience_ms / 1000
        self._newest: dict[str, Progress] = {}
        self._last: Progress | None = None
        self._going: set[asyncio.Task[None]] = set()
        self._publish: Publish = lambda events: None

    def start(self, publish: Publish) -> None:
        """`publish` tells people what nobody waits for any more."""
        self._publish = publish

    async def save(
        self, actor: Actor, note: str, only: Only | None, include_flagged: bool | None
    ) -> Outcome[Generation] | Late:
        """As `Stable.save`."""

        def work(tell: Tell) -> Awaitable[Outcome[Generation]]:
            return self._stable.save(actor, note, only=only, include_flagged=include_flagged, tell=tell)

        return await self._run("save", work)

    async def verify(self, actor: Actor, number: int) -> Outcome[Verified] | Late:
        """As `Stable.verify`; one at a time."""
        require(actor, Action.MANAGE_STABLE)
        going = self._newest.get("verify")
        if going is not None and not going.finished:
            raise Refusal(Code.CONFLICT, retry_ms=2000, reason="busy")

        async def work(tell: Tell) -> Outcome[Verified]:
            return Outcome(await self._stable.verify(actor, number, tell))

        return await self._run("verify", work, number)

    def progress(self, actor: Actor, name: str = "") -> Progress:
        """Of the work that bears this name, or of the one that began last; of none it says "idle"."""
        require(actor, Action.SAVE_STABLE)
        if not name:
            return self._last or Progress(task="", what="", stage="idle", finished=True)
        found = next((one for one in self._newest.values() if one.task == name), None)
        if found is None:
            raise Refusal(Code.NOT_FOUND)
        return found

    async def close(self) -> None:
        """A save comes to its end; a look at every byte does not have to."""
        self._stable.look_no_more()
        await asyncio.gather(*self._going)

    # Inside

    async def _run(
        self,
        what: What,
        work: Callable[[Tell], Awaitable[Outcome[Result]]],
        number: int | None = None,
    ) -> Outcome[Result] | Late:
        """The outcome, for the caller to tell, if it comes soon; so with a refusal, which is raised."""
        task: Task[Result] = Task(what, number)
        doing = asyncio.ensure_future(work(task.tell))
        doing.add_done_callback(lambda done: self._note(task, done))
        await asyncio.wait([doing], timeout=self._patience)
        if doing.done():
            return doing.result()
        self._newest[what] = self._last = task.progress
        following = asyncio.create_task(self._follow(task, doing))
        self._going.add(following)
        following.add_done_callback(self._going.discard)
        return Late(task.progress.task)

    def _note(self, task: Task[Result], doing: "asyncio.Future[Outcome[Result]]") -> None:
        problem = None if doing.cancelled() else doing.exception()
        if isinstance(problem, Refusal):
            task.fail(problem)
        elif doing.cancelled() or problem is not None:
            task.fail(Refusal(Code.INTERNAL))
        else:
            task.end(doing.result().value)

    async def _follow(self, task: Task[Result], doing: "asyncio.Future[Outcome[Result]]") -> None:
        """Administrators hear of it at most once a second, and at the end."""
        while not doing.done():
            await asyncio.wait([doing], timeout=NOTICE_SECONDS)
            self._publish([_notice(task.progress)])
        problem = doing.exception()
        if problem is None:
            self._publish(doing.result().events)
        elif not isinstance(problem, Refusal):
            _log.error("%s failed", task.progress.what, exc_info=problem)


def _notice(progress: Progress) -> Happened:
    params: dict[str, int | str] = {
        "task": progress.task,
        "what": progress.what,
        "stage": progress.stage,
        "done": progress.done,
        "total": progress.total,
        "finished": progress.finished,
    }
    if progress.number is not None:
        params["generation"] = progress.number
    if progress.error is not None:
        params["error"] = progress.error.code
    frame = Notice(code="stable_progress", params=params)
    return Happened(frame, Audience(administrators=True), volatile=not progress.finished)
