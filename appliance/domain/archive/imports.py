"""Archives on their way in: received, looked at byte by byte, agreed to by an administrator, then merged.

One at a time. Nothing of the box changes before every byte was verified; a crash of the program is gone on
from, a boot is not: the content that was merged so far is gone with it.
"""

import asyncio
import dataclasses
from collections.abc import Callable, Coroutine
from typing import Any, BinaryIO, TypeVar

import msgspec

from appliance.base import tasks
from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.domain.actor import BOX, Actor
from appliance.domain.archive.import_views import About, Agreed, Import, Problem
from appliance.domain.archive.merging import Merging
from appliance.domain.archive.reading import Archive, Checked
from appliance.domain.bringing import Publish
from appliance.domain.corridor import refused
from appliance.domain.events import Audience, Happened
from appliance.domain.notices import Notice
from appliance.domain.policy import Action, require
from appliance.domain.previous_views import BroughtBack
from appliance.domain.stable import Passwords
from appliance.store.disk import full_disk_refused, replace, write_all
from appliance.store.opened import Store

T = TypeVar("T")
_log = logger("archive")


class Imports:
    """The service. `start` goes on with what a crash interrupted."""

    def __init__(self, store: Store, passwords: Passwords, merging: Merging, settings: Settings) -> None:
        self._store = store
        self._passwords = passwords
        self._merging = merging
        self._floor = settings.free_floor_bytes
        self._path = store.layout.archives / "import.zip"
        self._agreed = store.layout.archives / "import.json"
        self._state = Import()
        self._brought = BroughtBack()
        self._file: BinaryIO | None = None
        self._writing = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._publish: Publish = lambda events: None
        self._closing = False

    async def start(self, publish: Publish) -> None:
        self._publish = publish
        agreed = await self._work(self._left)
        if agreed is not None:
            self._run(self._check_and_merge(agreed))

    async def close(self) -> None:
        self._closing = True
        self._drop_file()
        await tasks.end(self._task)

    # What administrators see and say

    def state(self, actor: Actor) -> Import:
        require(actor, Action.BRING_BACK)
        if self._state.stage == "merging":
            done = self._brought.files + self._brought.messages + self._brought.already
            return msgspec.structs.replace(self._state, done=min(done, self._state.total))
        return self._state

    async def begin(self, actor: Actor, size: int) -> None:
        """A body of `size` bytes will come. Refusal(conflict, busy) while another one is under way."""
        require(actor, Action.BRING_BACK)
        self._not_now()
        free = (await self._work(self._store.blobs.space))[0] - self._floor
        if size > free:
            raise Refusal(Code.NO_SPACE, size=size, left=max(0, free))
        self._not_now()
        self._state = Import(stage="receiving", total=size)
        try:
            self._file = await self._work(self._fresh)
        except BaseException as error:
            self._state = Import()
            raise refused(error) if isinstance(error, Exception) else error from error

    async def write(self, chunk: bytes) -> None:
        async with self._writing:
            file = self._file
            if file is None:
                raise Refusal(Code.GONE)
            await self._work(lambda: _append(file, chunk))
            self._state = msgspec.structs.replace(self._state, done=self._state.done + len(chunk))

    async def finish(self, actor: Actor) -> Import:
        """All of it has come: now it is looked at."""
        self._drop_file()
        return self.take(actor)

    def abandon(self) -> None:
        """The sender is gone, or was refused. Busy until all that came is gone, which takes its time."""
        file, self._file = self._file, None
        if file is not None:
            self._run(self._give_up(file))

    def take(self, actor: Actor) -> Import:
        """Looks at the file that lies there."""
        require(actor, Action.BRING_BACK)
        if self._state.stage != "receiving":
            self._not_now()
        self._state = Import(stage="checking")
        self._run(self._check())
        return self._state

    async def agree(self, actor: Actor, password: str, address: str, *, trust: bool) -> Import:
        """Merges it. Refusal(conflict, untrusted) unless somebody vouches for a box that is not known."""
        require(actor, Action.BRING_BACK)
        await self._passwords.check_password(actor, password, address)
        return await self.merge(actor, trust=trust)

    async def merge(self, actor: Actor, *, trust: bool) -> Import:
        """As `agree`, for who has shown in another way who they are: the command line."""
        require(actor, Action.BRING_BACK)
        if not self._waits:
            raise Refusal(Code.CONFLICT, reason="nothing_waits")
        with await self._opened() as archive:
            await self._merging.check(archive, trust=trust)
        if not self._waits:
            raise Refusal(Code.CONFLICT, reason="busy")
        counts = self._state.archive.counts if self._state.archive else None
        total = counts.files + counts.messages if counts else 0
        waiting, about = self._state, self._state.archive
        self._state = Import(stage="merging", total=total, archive=about)
        agreed = Agreed(self._store.epoch, actor.id, actor.name, trust)
        try:
            await self._work(lambda: self._note(agreed))
        except BaseException as error:
            self._state = waiting  # nobody merges, so it must not look like it
            raise refused(error) if isinstance(error, Exception) else error from error
        self._run(self._merge(actor, trust=trust))
        return self._state

    async def drop(self, actor: Actor) -> None:
        """Forgets it. Refusal(conflict, busy) while it is being received, looked at or merged."""
        require(actor, Action.BRING_BACK)
        self._not_now()
        self._state = Import()
        await self._work(self._clear)

    # Inside

    @property
    def _waits(self) -> bool:
        """For somebody's word, the first or another one."""
        return self._state.stage == "waiting" or self._state.kept

    def _not_now(self) -> None:
        if self._state.stage in ("receiving", "checking", "merging"):
            raise Refusal(Code.CONFLICT, reason="busy")

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._task = asyncio.get_running_loop().create_task(self._guarded(work))

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        """Whatever goes wrong is said in the state. What was whole need not be sent again."""
        try:
            await work
        except Exception as error:
            problem = refused(error)
            if not isinstance(problem, Refusal):
                _log.exception("an archive could not be taken in")
                problem = Refusal(Code.INTERNAL)
            if self._closing and problem.code is Code.BUSY:
                return
            kept = self._state.stage == "merging" and problem.code is not Code.BAD_REQUEST
            await self._work(self._forget_word if kept else self._clear)
            told = Problem(problem.code.value, problem.params)
            self._state = msgspec.structs.replace(self._state, stage="failed", problem=told, kept=kept)

    async def _give_up(self, file: BinaryIO) -> None:
        """Closed by nobody while a piece is on its way into it: its number may be another file's at once."""
        try:
            async with self._writing:
                await self._work(file.close)
                await self._work(self._clear)
        finally:
            file.close()
        self._state = Import()

    async def _check(self) -> None:
        with await self._opened() as archive:
            about = await self._about(archive)
            total = archive.weight
            self._state = Import(stage="checking", total=total, archive=about)
            await self._work(lambda: archive.verify(self._checked, self._store.stopping.is_set))
        self._state = Import(stage="waiting", done=total, total=total, archive=about)

    def _checked(self, far: Checked) -> None:
        self._state = msgspec.structs.replace(self._state, done=far.done)

    async def _check_and_merge(self, agreed: Agreed) -> None:
        """In the name of whoever agreed to it."""
        await self._check()
        await self.merge(dataclasses.replace(BOX, id=agreed.by, name=agreed.name), trust=agreed.trust)

    async def _merge(self, actor: Actor, *, trust: bool) -> None:
        self._brought = BroughtBack()
        with await self._opened() as archive:
            result = await self._merging.merge(archive, actor, self._publish, self._brought, trust=trust)
        await self._work(self._clear)
        total = self._state.total
        self._state = msgspec.structs.replace(self._state, stage="done", done=total, result=result)
        params = {"files": result.files, "messages": result.messages, "rooms": result.rooms}
        notice = Notice(code="import_done", params=params)
        self._publish([Happened(notice, Audience(administrators=True))])

    async def _opened(self) -> Archive:
        return await self._work(lambda: Archive(self._path))

    async def _about(self, archive: Archive) -> About:
        manifest = archive.manifest
        return About(
            box=manifest.box.id,
            name=manifest.box.name,
            signer=await self._merging.signer(archive),
            made_at=manifest.made_at,
            saved_at=manifest.saved_at,
            note=manifest.note,
            program=manifest.program,
            passwords=manifest.passwords,
            lost=len(manifest.lost),
            counts=manifest.counts,
        )

    def _fresh(self) -> BinaryIO:
        self._clear()
        self._store.disk.mkdir(self._store.layout.archives)
        with full_disk_refused():
            return self._path.open("xb", buffering=0)

    def _left(self) -> Agreed | None:
        """What was agreed to in this boot; anything else that lies there is cleared away."""
        if not self._store.layout.archives.is_dir():
            return None
        try:
            agreed = msgspec.json.decode(self._agreed.read_bytes(), type=Agreed)
        except (OSError, msgspec.MsgspecError):
            agreed = None
        if agreed is not None and agreed.epoch == self._store.epoch and self._path.exists():
            return agreed
        for path in list(self._store.layout.archives.iterdir()):
            self._store.disk.remove(path)
        return None

    def _note(self, agreed: Agreed) -> None:
        with full_disk_refused():
            replace(self._store.disk, self._agreed, msgspec.json.encode(agreed), durable=False)

    def _clear(self) -> None:
        self._forget_word()
        self._store.disk.remove(self._path)

    def _forget_word(self) -> None:
        self._store.disk.remove(self._agreed)
        self._merging.clear()

    def _drop_file(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    async def _work(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._store.work, work)
        except RuntimeError:  # the store takes nothing more: the box is closing
            raise Refusal(Code.BUSY) from None


def _append(file: BinaryIO, chunk: bytes) -> None:
    with full_disk_refused():
        write_all(file.fileno(), chunk)
