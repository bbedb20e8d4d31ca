"""A disk that is full or broken at any step of a save: nothing is half done, and the old snapshot stands."""

import asyncio
import errno
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.base.errors import Code, Refusal
from appliance.store.disk import Disk
from appliance.store.snapshot import check, generations
from appliance.store.snapshot.choice import Choice
from tests.boxes import ADMIN
from tests.faults.volumes import SmallDisk
from tests.people import Person
from tests.served import eventually
from tests.store.rigs import Rig, body_of, bring, keep, said, say

CREATING = ("mkdir", "write", "copy", "make", "link")
SYNCING = ("sync", "sync_folder", "rename")


class Troubled(Disk):
    """Fails from the nth call of some kinds on, or at that one alone, until `heal`."""

    def __init__(self) -> None:
        self.heal()

    def heal(self) -> None:
        self.trouble(0, (), 0)

    def trouble(self, number: int, kinds: tuple[str, ...], code: int, *, lasting: bool = True) -> None:
        self.left, self.kinds, self.code, self.lasting = number, kinds, code, lasting
        self.struck = False

    def strike(self, kind: str) -> None:
        if kind in self.kinds:
            self.left -= 1
            if self.left == 0 or (self.left < 0 and self.lasting):
                self.struck = True
                raise OSError(self.code, "trouble")


def troubled(name: str):
    def call(self: Troubled, *args: object) -> object:
        self.strike(name)
        return getattr(Disk, name)(self, *args)

    return call


for each in (*CREATING, *SYNCING):
    setattr(Troubled, each, troubled(each))


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    one = Rig(tmp_path)
    yield one
    one.close()


def prepared(rig: Rig, disk: Troubled):
    store = rig.open(disk=disk)
    say(store, "old")
    bring(store, b"old", "old.pdf")
    keep(store)
    say(store, "new")
    bring(store, b"new", "new.pdf")
    return store


def save_all(store) -> None:
    keep(store)


def save_choice(store) -> None:
    keep(store, only=Choice(kinds=frozenset({"files", "messages"})))


every_save = pytest.mark.parametrize("save", [save_all, save_choice])


def is_unread(refused: Refusal) -> bool:
    """What a choice would stand on could not be copied: a card that cannot be read."""
    return refused.code is Code.CONFLICT and refused.params == {"reason": "damaged"}


def footprint(rig: Rig) -> set[str]:
    folders = (rig.layout.stable, rig.layout.blobs)
    return {str(path) for folder in folders for path in folder.rglob("*") if path.is_file()}


@every_save
@pytest.mark.parametrize(
    ("code", "answer"),
    [(errno.ENOSPC, Code.NO_SPACE), (errno.EDQUOT, Code.NO_SPACE), (errno.EIO, Code.INTERNAL)],
)
def test_a_save_that_cannot_write_changes_nothing(
    rig: Rig, expect_log, code: int, answer: Code, save: Callable[[object], None]
) -> None:
    for words in ("saving failed, nothing changed", "what a failed save left"):
        expect_log(words)
    disk = Troubled()
    store = prepared(rig, disk)
    before = footprint(rig)
    struck = 0
    for number in range(1, 100):
        disk.trouble(number, CREATING, code)
        try:
            save(store)
        except Refusal as refused:
            assert refused.code is answer or (code == errno.EIO and is_unread(refused))
            struck += 1
            disk.heal()
            assert footprint(rig) == before
            assert generations.pointer(rig.layout)[0] == 1
            assert said(store) == ["old", "new"]
        else:
            break
    assert struck >= 5
    disk.heal()
    twin = rig.rebooted(store)
    assert said(twin) == ["old", "new"]
    assert (body_of(twin, "old.pdf"), body_of(twin, "new.pdf")) == (b"old", b"new")


@every_save
def test_a_sync_that_fails_is_never_called_saved(
    rig: Rig, expect_log, save: Callable[[object], None]
) -> None:
    """The kernel tells of a lost write once: a save that hears of it must not go on."""
    for words in ("saving failed, nothing changed", "what a failed save left", "not be cleared away"):
        expect_log(words)
    disk = Troubled()
    store = prepared(rig, disk)
    for number in range(1, 100):
        disk.trouble(number, SYNCING, errno.EIO, lasting=False)
        saved = True
        try:
            save(store)
        except Refusal as refused:
            assert refused.code is Code.INTERNAL
            saved = False
        assert saved is not disk.struck
        disk.heal()
        for one in generations.numbers(rig.layout):
            assert check.generation(rig.layout, one, deep=True) == []
        if saved:
            break
    assert number > 10
    assert said(rig.rebooted(store)) == ["old", "new"]


def test_a_full_disk_at_the_start_gives_up_the_reserve_then_the_past(rig: Rig, expect_log) -> None:
    rig.settings = type(rig.settings)(data=rig.settings.data, reserve_bytes=4096)
    store = rig.open()
    say(store, "saved")
    keep(store)
    say(store, "precious, but of the past")
    store = rig.rebooted(store)
    past = [path.name for path in rig.layout.live.iterdir() if path.is_dir() and path.name != store.epoch]
    assert len(past) == 1
    assert rig.layout.reserve.stat().st_size == 4096
    store.close()
    rig.new_boot()

    class Full(Disk):
        def copy(self, source: Path, target: Path, mode: int = 0o600) -> str:
            if rig.layout.reserve.exists() or rig.layout.session(past[0]).exists():
                raise OSError(errno.ENOSPC, "full")
            return super().copy(source, target, mode)

    expect_log("the space that was kept aside is given up")
    expect_log("sessions of the past are erased to make room")
    store = rig.open(disk=Full())
    assert said(store) == ["saved"]


async def test_a_really_full_disk_refuses_the_save_and_the_box_goes_on(tmp_path: Path) -> None:
    """A tmpfs of the box's own, filled by somebody else: 507, no fuller than before, and healed by room."""
    served = SmallDisk(tmp_path / "small", 24, reserve_bytes="0", password_min="8")
    body = {"code": served.claim_code, "username": ADMIN[0], "password": ADMIN[1]}
    assert (await Person(served).post("/api/claim", body)).status == 201
    admin = await Person(served, *ADMIN).sign_in()
    assert (await admin.put("/api/uploads/big.zip", bytes(2_000_000))).status == 201
    assert (await admin.post("/api/stable", {"note": "good"})).status == 201
    filler = served.fill(leave=60_000)
    before = served.free
    refused = await admin.post("/api/stable", {"note": "no room"})
    assert (refused.status, refused.code) == (507, "no_space")
    assert served.free >= before - 16_384
    listed = (await admin.get("/api/stable")).json
    assert [(one["note"], one["ok"]) for one in listed["generations"]] == [("good", True)]
    assert (await admin.get("/health")).status in {200, 503}
    filler.unlink()
    assert (await admin.post("/api/stable", {"note": "room"})).status == 201
    assert (await admin.post("/api/stable/1/verify")).json["ok"]
    await admin.leave()
    assert served.stop() == 0


async def test_a_disk_that_is_full_in_the_middle_of_a_choice_refuses_it(tmp_path: Path) -> None:
    """There is room for a copy of what was saved, and not for what was chosen on top of it."""
    served = SmallDisk(tmp_path / "small", 24, reserve_bytes="0", message_rate="1000", message_burst="1000")
    body = {"code": served.claim_code, "username": ADMIN[0], "password": ADMIN[1]}
    assert (await Person(served).post("/api/claim", body)).status == 201
    admin = await Person(served, *ADMIN).sign_in()
    assert (await admin.post("/api/stable", {"note": "good"})).status == 201
    for number in range(50):
        text = f"{number} " + "x" * 3900
        assert (await admin.post("/api/rooms/r_general/messages", {"body": text})).status == 201
    saved = (served.inside / "stable" / "1" / "content.db").stat().st_size
    filler = served.fill(leave=saved + 60_000)
    for only in ({"rooms": ["r_general"]}, {"kinds": ["messages"]}):
        refused = await admin.post("/api/stable", {"only": only})
        assert (refused.status, refused.code) == (507, "no_space")
    left = {path.name for path in (served.inside / "stable").iterdir()}
    assert left == {"1", "CURRENT"}
    filler.unlink()
    chosen = await admin.post("/api/stable", {"only": {"rooms": ["r_general"]}})
    assert (chosen.status, chosen.json["messages"]) == (201, 50)
    assert (await admin.post("/api/stable/1/verify")).json["ok"]
    await admin.leave()
    assert served.stop() == 0


async def test_on_a_full_disk_the_reserve_is_what_deletes_and_resets_live_on(tmp_path: Path) -> None:
    """Even deleting needs space; the space that was kept aside is there for it."""
    served = SmallDisk(tmp_path / "small", 24, reserve_bytes="2000000")
    body = {"code": served.claim_code, "username": ADMIN[0], "password": ADMIN[1]}
    assert (await Person(served).post("/api/claim", body)).status == 201
    admin = await Person(served, *ADMIN).sign_in()
    big = (await admin.put("/api/uploads/big.zip", bytes(4_000_000))).json["id"]
    assert (await admin.post("/api/stable", {})).status == 201
    assert (served.inside / "reserve").stat().st_size == 2_000_000
    served.fill(leave=8192)
    statuses = set()
    for number in range(12):  # until the log of the database needs another page
        text = f"{number} " + "x" * 3000
        statuses.add((await admin.post("/api/rooms/r_general/messages", {"body": text})).status)
        await asyncio.sleep(0.25)
    assert statuses == {201}
    assert not (served.inside / "reserve").exists()
    assert (await admin.delete(f"/api/uploads/{big}")).status == 204
    assert (await admin.post("/api/reset", {"password": ADMIN[1]})).status == 202
    await admin.leave()
    eventually(lambda: served.log.count(", epoch ") == 2)
    assert served.stop() == 0
