"""What is saved goes onto a USB stick in the box: a real server, root's steps beside it, real ext4."""

import asyncio
import importlib
import io
import json
import threading
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import image  # noqa: F401 (puts the steps of root on the path)
from appliance.domain.archive import sticks
from appliance.store.archive import seal
from tests.boxes import ADMIN, Boxes
from tests.image.plugs import MIB, Port
from tests.people import Answer, People, Person

WISH = {"password": ADMIN[1]}
BODY = bytes(range(256)) * 4096 * 6


class Household:
    """A claimed box with something saved, on a board with a USB."""

    def __init__(self, box: Any, admin: Person, port: Port) -> None:
        self.box = box
        self.admin = admin
        self.port = port

    async def copy(self, **more: Any) -> Answer:
        return await self.admin.post("/api/export/stick", {**WISH, **more})

    async def state(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.admin.get("/api/export/stick")).json
        return found

    async def until(self, *stages: str) -> dict[str, Any]:
        end = time.monotonic() + 30
        while (state := await self.state())["stage"] not in stages:
            assert time.monotonic() < end, state
            await asyncio.sleep(0.02)
        return state

    async def anew(self, boxes: Boxes, **settings: Any) -> None:
        """The service ends and starts again, in the same boot."""
        await self.admin.leave()
        self.box = await boxes.again(self.box, machine=self.port.run_dir, **settings)
        self.admin = await Person(self.box, *ADMIN).sign_in()

    async def over(self) -> dict[str, Any]:
        """How it ended; and nothing of it is left in the box."""
        state = await self.until("done", "failed")
        assert list((self.box.settings.data / "archives").iterdir()) == []
        return state


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sticks, "LOOK_SECONDS", 0.02)


@pytest.fixture
def home(runner: asyncio.Runner, boxes: Boxes, port: Port) -> Iterator[Household]:
    async def saved() -> Household:
        box = await boxes.claimed(machine=port.run_dir, data=port.data)
        admin = await Person(box, *ADMIN).sign_in()
        assert (await admin.put("/api/uploads/informe.bin", BODY)).status == 201
        assert (await admin.post("/api/stable", {"note": "antes"})).status == 201
        return Household(box, admin, port)

    one = runner.run(saved())
    yield one
    runner.run(one.admin.leave())


async def test_what_is_saved_lies_on_the_stick_and_says_so(home: Household, tmp_path: Path) -> None:
    assert await home.state() == {
        "can": True,
        "stage": "idle",
        "id": "",
        "done": 0,
        "total": 0,
        "name": "",
        "problem": None,
        "sticks": [],
    }
    stick = home.port.plug()
    home.port.sees()
    (seen,) = (await home.state())["sticks"]
    assert (seen["id"], seen["label"], seen["why"]) == (stick.id, "FOTOS", "")
    answer = await home.copy()
    assert (answer.status, answer.json["stage"]) == (202, "copying")
    state = await home.over()
    assert (state["stage"], state["done"], state["problem"]) == ("done", state["total"], None)
    ((name, data),) = stick.holds(tmp_path / "look").items()
    assert (name, len(data)) == (state["name"], state["total"])
    whole = zipfile.ZipFile(io.BytesIO(data))
    assert whole.testzip() is None
    about = json.loads(whole.read("manifest.json"))
    assert about["note"] == "antes"
    assert seal.holds(
        about["box"]["key"], whole.read("manifest.json"), whole.read("manifest.sig").decode().strip()
    )
    assert whole.read("archivos/informe.bin") == BODY
    row = (await home.admin.get("/api/audit")).json["items"][0]
    assert (row["action"], row["detail"]["to"]) == ("exported", "stick")
    assert (await home.admin.post("/api/export", WISH)).status == 201
    assert (await home.copy(passwords=True)).status == 202
    assert (await home.over())["name"] == name.replace(".zip", "-2.zip")
    assert (await home.admin.delete("/api/export/stick")).status == 204
    assert (await home.state())["stage"] == "idle"


async def test_what_is_refused_before_anything_is_laid_out(home: Household) -> None:
    def reason(answer: Answer) -> tuple[int, str]:
        return answer.status, answer.json["error"]["params"].get("reason", answer.code)

    assert reason(await home.copy()) == (409, "stick_no_stick")
    good, other = home.port.plug(), home.port.plug("sdb", made="ext2")
    home.port.sees()
    assert reason(await home.copy()) == (409, "stick_several_sticks")
    assert reason(await home.copy(stick="7-sdz")) == (409, "stick_no_stick")
    answer = await home.copy(stick=other.id)
    assert reason(answer) == (409, "stick_filesystem")
    assert answer.json["error"]["params"]["type"] == "ext2"
    assert reason(await home.copy(stick=good.id, password="otra cosa")) == (403, "wrong_password")
    assert reason(await home.copy(stick=good.id, generation=9)) == (404, "not_found")
    assert (await home.copy(stick=7)).status == 400
    assert (await home.state())["stage"] == "idle"
    assert home.port.mounts == []
    (home.port.run_dir / "sticks.json").write_text('[{"id": 7}]')
    assert (await home.state())["sticks"] == []


async def test_a_laptop_has_no_stick_for_a_page(people: People) -> None:
    assert (await people.admin.get("/api/export/stick")).json["can"] is False
    await people.admin.post("/api/stable")
    answer = await people.admin.post("/api/export/stick", WISH)
    assert (answer.status, answer.json["error"]["params"]["reason"]) == (409, "no_machine")
    assert (await people.admin.delete("/api/export/stick")).status == 204


async def test_a_stick_that_is_pulled_out_is_told_and_the_next_copy_is_whole(
    home: Household, tmp_path: Path
) -> None:
    stick = home.port.plug()
    home.port.sees()

    def pull() -> None:
        stick.fails()
        stick.gone()

    home.port.before_reading = pull
    assert (await home.copy()).status == 202
    problem = (await home.over())["problem"]
    assert problem == {"code": "conflict", "params": {"reason": "stick_pulled_out"}}
    home.port.before_reading = lambda: None
    another = home.port.plug("sdb")
    home.port.sees()
    assert (await home.copy()).status == 202
    assert (await home.over())["stage"] == "done"
    assert len(another.holds(tmp_path / "look")) == 1


async def test_a_full_stick_says_how_much_it_takes(home: Household) -> None:
    home.port.plug()
    await home.admin.put("/api/uploads/grande.bin", bytes(24 * MIB))
    await home.admin.post("/api/stable")
    home.port.sees()
    assert (await home.copy()).status == 202
    params = (await home.over())["problem"]["params"]
    assert (params["reason"], params["size"] > 24 * MIB > params["left"]) == ("stick_no_room", True)


async def test_a_box_that_is_started_anew_tells_what_became_of_it(home: Household, boxes: Boxes) -> None:
    home.port.plug()
    home.port.sees()
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        go.wait(20)

    # All of it was sent: root goes on alone, and the next process learns of it.
    home.port.before_reading = hold
    assert (await home.copy()).status == 202
    state = await home.until("verifying")
    assert state["total"] > 0
    await home.anew(boxes)
    assert (await home.state())["stage"] == "verifying"
    go.set()
    assert (await home.over())["name"].startswith("PiChat/")

    # Nothing was sent yet: root finds that there is nothing to read.
    held.clear()
    go.clear()
    home.port.before_reading, home.port.before_writing = lambda: None, hold
    assert (await home.copy()).status == 202
    await asyncio.to_thread(held.wait)
    await home.anew(boxes)
    go.set()
    assert (await home.over())["problem"]["params"] == {"reason": "stick_source"}


async def test_one_that_an_earlier_process_began_can_be_stopped_too(home: Household, boxes: Boxes) -> None:
    home.port.plug()
    home.port.sees()
    go = threading.Event()

    def hold() -> None:
        go.wait(20)

    home.port.before_reading = hold
    assert (await home.copy()).status == 202
    await home.until("verifying")
    await home.anew(boxes)
    assert (await home.admin.delete("/api/export/stick")).status == 204
    assert (await home.state())["stage"] == "idle"
    await until_told(home.port, ("systemctl", "--no-block", "stop", "pichat-stick-copy.service"))
    go.set()


async def until_told(port: Port, words: tuple[str, ...]) -> None:
    """Root looks for wishes in its own time."""
    async with asyncio.timeout(30):
        while words not in port.told:
            await asyncio.sleep(0.02)


async def test_one_that_is_under_way_can_be_stopped(home: Household, tmp_path: Path) -> None:
    stick = home.port.plug()
    home.port.sees()
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        go.wait(20)

    home.port.before_writing = hold
    assert (await home.copy()).status == 202
    await asyncio.to_thread(held.wait)
    for path in ("/api/export/stick", "/api/export"):
        busy = await home.admin.post(path, WISH)
        assert (busy.status, busy.json["error"]["params"]["reason"]) == (409, "busy")
    assert (await home.admin.delete("/api/export/stick")).status == 204
    assert (await home.over())["problem"]["params"] == {"reason": "stick_stopped"}
    go.set()
    home.port.done()
    assert stick.holds(tmp_path / "look") == {}
    await until_told(home.port, ("systemctl", "--no-block", "stop", "pichat-stick-copy.service"))


async def test_a_stick_that_hangs_is_given_up(
    home: Household, boxes: Boxes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes nothing more, and root, who waits for it, can say nothing."""
    await home.anew(boxes, stick_silence_seconds=0.5)
    stick = home.port.plug()
    home.port.sees()
    go, root = threading.Event(), importlib.import_module("box.stick_copy")
    poured = root.poured

    def hanging(*about: Any) -> Iterator[bytes]:
        for piece in poured(*about):
            go.wait(20)
            yield piece

    monkeypatch.setattr(root, "poured", hanging)
    assert (await home.copy()).status == 202
    state = await home.over()
    assert (state["stage"], state["problem"]["params"]) == ("failed", {"reason": "stick_stuck"})
    await until_told(home.port, ("systemctl", "--no-block", "stop", "pichat-stick-copy.service"))
    go.set()
    home.port.done()
    assert stick.holds(tmp_path / "look") == {}


async def test_a_damaged_body_reaches_no_stick(home: Household, tmp_path: Path, expect_log: Any) -> None:
    expect_log("is damaged; files that have it: 1")
    stick = home.port.plug()
    home.port.sees()
    for kept in (home.box.settings.data / "blobs").glob("??/*"):
        kept.chmod(0o600)
        with kept.open("r+b") as file:
            file.seek(5000)
            file.write(b"spoilt")
    assert (await home.copy()).status == 202
    problem = (await home.over())["problem"]
    assert (problem["code"], problem["params"]["reason"]) == ("gone", "damaged")
    home.port.done()
    assert stick.holds(tmp_path / "look") == {}


async def test_a_machine_that_does_not_answer_keeps_nobody_waiting(
    home: Household, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sticks, "ANSWER_SECONDS", 0)
    (home.port.run_dir / "sticks.json").write_text('[{"id": "1-sda"}]')
    monkeypatch.setattr(home.port, "run", lambda *words, **more: (0, ""))  # systemd is not there
    assert (await home.copy()).status == 202
    assert (await home.over())["problem"]["params"] == {"reason": "stick_no_answer"}
