"""Uploads that may stop and go on: after a lost connection, another session, a crash of the program.

One request at a time is at an upload; a newer one sends the older away, for it hangs. Knows no header.
"""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace

from appliance.base import ids
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.domain.actor import Actor
from appliance.domain.arrivals import Arrivals
from appliance.domain.corridor import Stage, Upload, refused
from appliance.domain.directory import Directory
from appliance.domain.events import Outcome
from appliance.domain.permits import HERE, Destination
from appliance.domain.progress import Checksum, Progress, State, Turn
from appliance.domain.unfinished import Unfinished
from appliance.store import uploads as rows
from appliance.store.database import Connection
from appliance.store.files import FileRow
from appliance.store.opened import Store
from appliance.store.uploads import UploadRow

PARTIAL = "partial"
_PIECE = 1024 * 1024
_SWEEP_SECONDS = 600
_log = logger("uploads")


class Resumable:
    """The service. `start` before the port opens; `close` leaves what is unfinished to the next start."""

    def __init__(
        self, store: Store, arrivals: Arrivals, directory: Directory, clock: Clock, settings: Settings
    ) -> None:
        self._blobs = store.blobs
        self._arrivals = arrivals
        self.unfinished = Unfinished(store, arrivals, directory, clock, settings)
        self._ending: set[asyncio.Task[object]] = set()
        self._sweeping: asyncio.Task[None] | None = None

    async def start(self) -> None:
        await self.unfinished.load()
        self._sweeping = asyncio.create_task(self._sweep_always())

    async def close(self) -> None:
        """Requests at uploads end; what has come of them stays."""
        if self._sweeping is not None:
            self._sweeping.cancel()
        for one in self.unfinished.every():
            if one.turn is not None:
                self.break_off(one.turn)
        while self._ending:
            await asyncio.wait(self._ending)

    # What a request can want

    async def create(
        self,
        actor: Actor,
        name: str,
        size: int | None,
        *,
        to: Destination = HERE,
        metadata: str = "",
        concat: str = "",
    ) -> State:
        """A new, empty upload, by the rules of every door. A part of a larger one is of no kind yet."""
        if concat != PARTIAL:
            name = self._arrivals.named(actor, name, to.room)
        await self._arrivals.admit(actor, name, size, to.room)
        if size is not None:
            await self._arrivals.fits(actor, size)
        await self.unfinished.sweep()
        row = UploadRow(ids.token(), actor.id, name, size, metadata, concat, None, to.folder, to.room)
        return self.unfinished.state(await self.unfinished.create(actor, row))

    async def look(self, actor: Actor | None, upload: str) -> Outcome[State]:
        """How far it has come. Nobody else is at it any more when this is answered."""
        one = self.unfinished.mine(actor, upload)
        await self.unfinished.alone(one)
        if one.complete and one.row.file is None and one.row.concat != PARTIAL:
            return await self._finish(one)  # a crash, or a lost connection, came before the end was told
        return Outcome(self.unfinished.state(one))

    async def take(
        self,
        actor: Actor | None,
        upload: str,
        leave: Callable[[], None],
        *,
        offset: int,
        announced: int | None,
        size: int | None = None,
        checksum: Checksum | None = None,
    ) -> Turn:
        """Begins to go on at `offset`. `announced` is the length of what comes, `leave` ends the request."""
        one = self.unfinished.mine(actor, upload)
        if one.row.concat not in ("", PARTIAL):
            raise Refusal(Code.FORBIDDEN, reason="final")
        await self.unfinished.alone(one)
        turn = one.turn = Turn(one, leave, checksum)
        try:
            one.check_offset(offset)
            await self.unfinished.resize(one, size)
            one.check_length(announced)
            if one.row.file is None:
                await self._open(turn, announced)
        except BaseException as error:
            await self._rest(turn)
            raise refused(error) from error
        return turn

    async def end(self, turn: Turn) -> Outcome[State]:
        """All of this request has come. After the last one of an upload the file is there."""
        one, upload = turn.progress, turn.upload
        async with turn.writing:
            try:
                if upload is None:  # it had been complete before, and nothing more came
                    return Outcome(self.unfinished.state(one))
                if upload.stage is not Stage.RECEIVING:
                    raise Refusal(Code.GONE)
                await upload.flush()
                turn.check()
                one.offset = upload.received
                if one.complete and one.row.concat != PARTIAL:
                    return await self._become(turn, upload)
            finally:
                if turn.is_on:
                    await self._rest(turn)
        return Outcome(self.unfinished.state(one))

    def break_off(self, turn: Turn) -> None:
        """The sender is gone, or was refused or sent away. What came stays; a second call does nothing."""
        if turn.is_on and not turn.ending:
            turn.ending = True
            self._later(self._broken(turn))

    async def forget(self, actor: Actor | None, upload: str) -> None:
        """It is given up. A file that it became stays: that one is deleted as any other."""
        one = self.unfinished.mine(actor, upload)
        await self.unfinished.alone(one)
        await self.unfinished.drop(one)

    async def join(
        self, actor: Actor, name: str, parts: Sequence[str], *, to: Destination, metadata: str, concat: str
    ) -> Outcome[State]:
        """One file of several complete parts, in this order. The first is lengthened, so it is not copied."""
        found = [self.unfinished.mine(actor, part) for part in parts]
        if not found or len(set(parts)) < len(parts) or any(one.row.concat != PARTIAL for one in found):
            raise Refusal(Code.BAD_REQUEST, field="Upload-Concat", reason="parts")
        for one in found:
            await self.unfinished.alone(one)
        name = self._arrivals.named(actor, name, to.room)
        size = sum(one.offset for one in found)
        await self._arrivals.admit(actor, name, size, to.room)
        if not all(one.complete and one.turn is None for one in found):
            raise Refusal(Code.CONFLICT, reason="unfinished")
        row = UploadRow(ids.token(), actor.id, name, size, metadata, concat, None, to.folder, to.room)
        turns = [one.take_turn() for one in found]
        try:
            return await self._joined(row, found)
        except Exception as error:
            raise refused(error) from error
        finally:
            for turn in turns:
                turn.over()

    # Inside

    async def _open(self, turn: Turn, announced: int | None) -> Upload:
        """The way for the bytes of one request, and the space for all that is still to come."""
        one = turn.progress
        assert one.owner is not None
        to_come = announced if one.row.size is None else one.row.size - one.offset
        if to_come is None:
            raise Refusal(Code.LENGTH_REQUIRED)
        limit = self._arrivals.largest(one.owner, one.row.room) if one.row.size is None else one.row.size
        turn.begin_at(writer := await self.unfinished.writer(one))
        upload = Upload(
            ids.new_id("f"),
            one.row.name,
            one.owner,
            size=one.row.size,
            limit=limit,
            writer=writer,
            pool=self._arrivals.pool,
            beside=turn.beside,
            to=one.to,
        )
        self._arrivals.resume(upload, to_come)
        turn.upload = upload
        return upload

    async def _finish(self, one: Progress) -> Outcome[State]:
        """All its bytes are there."""
        turn = one.take_turn()
        try:
            return await self._become(turn, await self._open(turn, 0))
        finally:
            if turn.is_on:
                await self._rest(turn)

    async def _become(self, turn: Turn, upload: Upload) -> Outcome[State]:
        """The upload becomes a file, in one transaction; or nothing is left of it."""
        one = turn.progress
        done = replace(one.row, file=upload.id)

        def also(db: Connection, _: FileRow) -> None:
            rows.put(db, done)

        try:
            outcome = await self._arrivals.finish(upload, also)
        except BaseException:
            turn.over()
            await self.unfinished.drop(one)
            raise
        one.row, one.writer = done, None
        turn.over()
        return Outcome(self.unfinished.state(one), outcome.events)

    async def _joined(self, row: UploadRow, found: list[Progress]) -> Outcome[State]:
        """The first part's body grows by the others; when that fails it is as long as before."""
        first, *others = found
        whole = Progress(row, first.offset, first.touched, first.owner, await self.unfinished.writer(first))
        turn = Turn(whole, lambda: None, mark=whole.writer.mark() if whole.writer else None)
        upload = await self._open(turn, None)
        try:
            for one in others:
                await self._copy(one.row.id, upload)
            await upload.flush()
        except BaseException:
            await self._rest(turn)
            raise

        def also(db: Connection, file: FileRow) -> None:
            rows.put(db, replace(row, file=file.id))
            rows.forget(db, *(one.row.id for one in found))

        try:
            outcome = await self._arrivals.finish(upload, also)
        except BaseException:
            await self.unfinished.drop(first)
            raise
        self.unfinished.forget(found)
        self._later(self.unfinished.drop_parts(others))
        whole = self.unfinished.put(replace(row, file=upload.id))
        return Outcome(self.unfinished.state(whole), outcome.events)

    async def _copy(self, part: str, upload: Upload) -> None:
        body = await self._arrivals.in_pool(lambda: self._blobs.read_part(part))
        with body:
            while chunk := await self._arrivals.in_pool(lambda: body.read(_PIECE)):
                await upload.write(chunk)

    async def _broken(self, turn: Turn) -> None:
        async with turn.writing:
            if turn.is_on:
                await self._rest(turn)

    async def _rest(self, turn: Turn) -> None:
        """The turn is over and the upload waits for the next one. What a checksum did not confirm goes."""
        one, upload, writer = turn.progress, turn.upload, turn.progress.writer
        try:
            if upload is not None and upload.stage is Stage.RECEIVING:
                self._arrivals.leave(upload)
                with suppress(Refusal):  # it was told already, or nobody is there to hear it
                    await upload.rest()
            if writer is not None:
                mark = turn.mark
                if mark is not None:
                    await self._arrivals.in_pool(lambda: writer.rewind(mark))
                await self._arrivals.in_pool(writer.pause)
                one.offset = writer.size
        except OSError as error:
            _log.error("an upload cannot rest: %s", error)
            one.writer = None  # its part is read again by whoever goes on
        finally:
            self.unfinished.touch(one)
            turn.over()

    async def _sweep_always(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP_SECONDS)
            try:
                await self.unfinished.sweep()
            except (OSError, Refusal) as error:
                _log.error("old uploads could not be dropped: %s", error)

    def _later(self, work: Coroutine[object, object, object]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)
