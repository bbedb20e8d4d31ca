"""Archives on their way onto a USB stick in the box, without a copy on the card: poured into a pipe.

The machine under the box reads it, writes, and says what became of it. Must not touch a stick.
"""

import asyncio
from contextlib import aclosing, suppress
from functools import partial
from typing import Any

import msgspec
from msgspec.structs import replace

from appliance.base import tasks
from appliance.base.clock import Clock
from appliance.base.errors import Code, Param, Refusal
from appliance.base.ids import new_id
from appliance.base.log import logger
from appliance.domain.actor import Actor
from appliance.domain.archive.exports import Choice, Export, Exports
from appliance.domain.archive.import_views import Problem
from appliance.domain.archive.stick_views import NONE, Noted, Standing, Stick
from appliance.domain.policy import Action, require
from appliance.host.machine import Machine
from appliance.store.archive.pipe import NAME, Pipe
from appliance.store.opened import Store

LOOK_SECONDS = 0.5
ANSWER_SECONDS = 90  # the machine begins; a slow board starts Python twice, and a large FAT is slow to open
_log = logger("archive")


class Sticks:
    """The service. One archive at a time, of both ways out."""

    def __init__(
        self, store: Store, exports: Exports, machine: Machine, clock: Clock, silence_seconds: int
    ) -> None:
        """`silence_seconds`: neither does the stick take a byte, nor does the machine say anything new."""
        self._exports = exports
        self._machine = machine
        self._clock = clock
        self._silence = silence_seconds
        self._pipe = Pipe(store.layout, store.disk)
        self._task: asyncio.Task[None] | None = None
        self._standing: Standing | None = None
        self._preparing = False
        self._stopping = False

    async def start(self) -> None:
        """What an earlier process left goes; its reader has seen the end already."""
        await self._exports.work(self._pipe.drop)

    async def close(self) -> None:
        self._stopping = True
        await tasks.end(self._task)

    async def state(self, actor: Actor) -> Standing:
        """How the last one stands, and which sticks are there."""
        require(actor, Action.EXPORT)
        can, noted = await asyncio.to_thread(lambda: ("stick" in self._machine.can(), self._noted()))
        standing = self._standing or noted.standing()
        if self._under_way and noted.id == standing.id and noted.stage in ("verifying", "done"):
            done = noted.done if noted.stage == "verifying" else standing.total
            standing = replace(standing, stage="verifying", done=done)  # we have not put our things away yet
        return replace(standing, can=can, sticks=await asyncio.to_thread(self._sticks) if can else [])

    async def begin(
        self, actor: Actor, password: str, address: str, choice: Choice, stick: str | None
    ) -> Standing:
        """Onto the one that is named, or the only one. Refusal: conflict (no_machine, busy, stick_...)."""
        require(actor, Action.EXPORT)
        if "stick" not in await asyncio.to_thread(self._machine.can):
            raise Refusal(Code.CONFLICT, reason="no_machine")
        if self._preparing or self._under_way:
            raise Refusal(Code.CONFLICT, reason="busy", retry_ms=5000)
        self._preparing, self._stopping = True, False
        before, self._standing = self._standing, Standing(stage="preparing")
        try:
            wanted = chosen(await asyncio.to_thread(self._sticks), stick)
            one = await self._exports.take(actor, password, address, choice, to="stick")
        except BaseException:
            self._standing = before
            raise
        finally:
            self._preparing = False
        self._standing = Standing(stage="copying", id=new_id("t"), total=one.making.size)
        self._task = asyncio.get_running_loop().create_task(self._run(one, self._standing.id, wanted))
        return await self.state(actor)

    async def stop(self, actor: Actor) -> None:
        """One that is under way ends, and leaves nothing on the stick; the word on an earlier one goes."""
        require(actor, Action.EXPORT)
        if self._preparing:
            raise Refusal(Code.CONFLICT, reason="busy", retry_ms=5000)
        if not self._under_way:
            noted = await asyncio.to_thread(self._noted)
            if noted.stage != "idle" and not noted.is_over:  # begun by an earlier process
                await self._halt()
            self._standing = NONE
            return
        self._stopping = True
        await self._halt()
        await tasks.end(self._task)

    # Inside

    @property
    def _under_way(self) -> bool:
        return self._task is not None and not self._task.done()

    async def _halt(self) -> None:
        with suppress(OSError):
            await asyncio.to_thread(self._machine.ask, "stick", {"stop": True})

    async def _run(self, one: Export, wish: str, stick: str) -> None:
        """Whatever comes of it is said in the standing, and nothing of it stays here."""
        size = one.making.size
        standing = Standing(stage="failed", id=wish, total=size, problem=refusal("stick_stopped"))
        try:
            told = await self._carried(one, wish, stick)
            standing = replace(told.standing(), id=wish, total=size, done=size if told.stage == "done" else 0)
        except Refusal as error:
            if not self._stopping:
                standing = replace(standing, problem=Problem(error.code.value, error.params))
        except OSError as error:
            _log.error("an archive did not reach the stick: %s", error)
            standing = replace(standing, problem=Problem(Code.INTERNAL.value, {}))
        finally:
            await self._clear(one)
            self._standing = standing

    async def _carried(self, one: Export, wish: str, stick: str) -> Noted:
        """The machine's last word. Refusal of ours when it is on this side that it ended early."""
        await self._exports.work(self._pipe.make)
        about = {"id": wish, "stick": stick, "pipe": NAME, "name": one.name, "size": one.making.size}
        await asyncio.to_thread(self._machine.ask, "stick", about)
        if await self._reader(wish):
            await self._pour(one)
            await self._exports.work(self._pipe.drop)
        return await self._told(wish)

    async def _pour(self, one: Export) -> None:
        """All of it, or as much as is taken: whoever reads says why it is less. Refusal(gone): damaged;
        (conflict, stick_stuck): it hangs, and who reads cannot say so.
        """
        try:
            async with aclosing(self._exports.pieces(one)) as pieces:
                async for piece in pieces:
                    await self._exports.work(partial(self._give, piece))
                    if self._standing is not None:
                        self._standing = replace(self._standing, done=self._standing.done + len(piece))
        except BrokenPipeError:
            return
        except TimeoutError:
            await self._halt()
            raise Refusal(Code.CONFLICT, reason="stick_stuck") from None

    def _give(self, piece: bytes) -> None:
        self._pipe.write(piece, lambda: self._stopping, self._silence)

    async def _reader(self, wish: str) -> bool:
        """Whether the machine has begun to read; False when it has said already that it will not."""
        end = self._clock.monotonic() + ANSWER_SECONDS
        while not await self._exports.work(self._pipe.has_reader):
            noted = await asyncio.to_thread(self._noted)
            if noted.id == wish:
                if noted.is_over:
                    return False
            elif self._clock.monotonic() > end:
                raise Refusal(Code.CONFLICT, reason="stick_no_answer")
            await asyncio.sleep(LOOK_SECONDS)
        return True

    async def _told(self, wish: str) -> Noted:
        """The machine's last word."""
        before, since = Noted(), self._clock.monotonic()
        while not ((noted := await asyncio.to_thread(self._noted)).id == wish and noted.is_over):
            if noted != before:
                before, since = noted, self._clock.monotonic()
            if self._clock.monotonic() - since > self._silence:
                raise Refusal(Code.CONFLICT, reason="stick_no_answer")
            await asyncio.sleep(LOOK_SECONDS)
        return noted

    async def _clear(self, one: Export) -> None:
        """On the thread that may still write: nobody closes what another one uses."""
        with suppress(Refusal):
            await self._exports.work(self._pipe.drop)
        await self._exports.over(one)

    def _noted(self) -> Noted:
        return converted(self._machine.noted("stick"), Noted) or Noted()

    def _sticks(self) -> list[Stick]:
        return converted(self._machine.noted("sticks"), list[Stick]) or []


def chosen(sticks: list[Stick], wanted: str | None) -> str:
    """Its id. Refusal(conflict) as the machine itself would say a moment later."""
    found = [one for one in sticks if wanted in (None, one.id)]
    if not found:
        raise Refusal(Code.CONFLICT, reason="stick_no_stick")
    if len(found) > 1:
        raise Refusal(Code.CONFLICT, reason="stick_several_sticks")
    if found[0].why:
        raise Refusal(Code.CONFLICT, reason=f"stick_{found[0].why}", type=found[0].type or "?")
    return found[0].id


def refusal(reason: str, **params: Param) -> Problem:
    return Problem(Code.CONFLICT.value, {"reason": reason, **params})


def converted(found: Any, form: Any) -> Any:
    """What root noted, or None when it is not what we know."""
    try:
        return msgspec.convert(found, form) if found is not None else None
    except msgspec.ValidationError:
        return None
