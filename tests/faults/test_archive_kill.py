"""kill -9 at every step of an import and of a rebuild: done again, everything is there, and once."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.commands import importing
from appliance.domain.archive.reading import Archive
from appliance.store.archive.rebuild import rebuild
from appliance.store.disk import Disk
from appliance.store.snapshot import check
from tests.boxes import ADMIN
from tests.faults.mother import Killer, killing
from tests.faults.test_archive_trouble import settled
from tests.people import Person
from tests.served import Served, eventually
from tests.store.returning import packed, second_room
from tests.store.rigs import Rig, body_of, bring, column, files, keep, said, say


@pytest.fixture
def killer() -> Iterator[Killer]:
    with killing("tests.faults.killed") as one:
        yield one


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two rooms with something said, two files, as `a.zip`."""
    (tmp_path / "a").mkdir()
    rig = Rig(tmp_path / "a")
    store = rig.open()
    second_room(store)
    say(store, "uno", "dos")
    say(store, "tres", room="r_b")
    for name in ("a.pdf", "b.pdf"):
        bring(store, b"%PDF-1.4 " + name.encode(), name)
    path = packed(store, tmp_path / "a.zip")
    rig.close()
    return path


def test_kill_at_every_step_of_a_merge(killer: Killer, archive: Path, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    rig = Rig(tmp_path / "c")
    say(rig.open(), "mío")
    rig.close()
    halves = set()
    for step in range(1, 100):
        folder = tmp_path / f"step{step}"
        shutil.copytree(tmp_path / "c", folder)
        heard = killer.run(folder, "boot-1", "import", step)
        rig = Rig(folder)
        store = rig.open()
        assert (store.outcome.how, "mío" in said(store)) == ("reopened", True)
        halves.add((len(said(store)), len(files(store))))
        assert check.session(rig.layout, store.epoch, deep=True) == []
        rig.close()
        killer.run(folder, "boot-1", "import", 10_000)
        store = Rig(folder).open()
        assert sorted(said(store)) == ["dos", "mío", "tres", "uno"]
        assert sorted(files(store)) == ["a.pdf", "b.pdf"]
        assert body_of(store, "a.pdf") == b"%PDF-1.4 a.pdf"
        assert column(store, "SELECT seq FROM messages WHERE room = 'r_general' ORDER BY seq") == [1, 2, 3]
        assert column(store, "SELECT head FROM rooms ORDER BY id") == [1, 3]
        store.close()
        shutil.rmtree(folder)
        if heard:
            break
    assert step > 15
    assert {(1, 0), (1, 1), (1, 2), (4, 2)} <= halves


async def words(admin: Person) -> list[tuple[int, str]]:
    items = (await admin.get("/api/rooms/r_general/messages?limit=100")).json["items"]
    return [(one["seq"], one["body"]) for one in items]


async def half_sent(served: Served, admin: Person, data: bytes) -> None:
    """The server has a part of it when it is killed."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    head = f"POST /api/import HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {admin.token}\r\n"
    writer.write(f"{head}Content-Type: application/zip\r\nContent-Length: {len(data)}\r\n\r\n".encode())
    writer.write(data[: len(data) // 2])
    await writer.drain()
    there = served.data / "archives" / "import.zip"
    await asyncio.to_thread(eventually, lambda: there.exists() and there.stat().st_size > 0)
    served.kill()
    assert await reader.read() == b""
    writer.close()


async def test_kill_the_server_while_an_archive_comes_in_and_is_merged(archive: Path, tmp_path: Path) -> None:
    """A real process, by its own doors: what came half is gone, what was agreed to goes on by itself."""
    data = archive.read_bytes()
    served = Served(tmp_path / "c")
    claim = {"code": served.claim_code, "username": ADMIN[0], "password": ADMIN[1]}
    assert (await Person(served).post("/api/claim", claim)).status == 201
    admin = await Person(served, *ADMIN).sign_in()
    await half_sent(served, admin, data)
    await admin.leave()

    served = Served(tmp_path / "c")
    admin = await Person(served, *ADMIN).sign_in()
    assert (await admin.get("/api/import")).json["stage"] == "none"
    assert list((tmp_path / "c" / "archives").iterdir()) == []
    assert (await admin.post("/api/import", data)).status == 202
    assert (await settled(admin, "checking"))["stage"] == "waiting"
    ask: dict[str, Any] = {"password": ADMIN[1], "trust": True}
    assert (await admin.post("/api/import/merge", ask)).json["stage"] == "merging"
    served.kill()
    await admin.leave()

    served = Served(tmp_path / "c")
    admin = await Person(served, *ADMIN).sign_in()
    state = await settled(admin, "checking", "waiting", "merging")
    assert state["stage"] in ("done", "none")  # none: it was through before the kill
    assert await words(admin) == [(1, "uno"), (2, "dos")]
    names = [one["name"] for one in (await admin.get("/api/uploads")).json["items"]]
    assert sorted(names) == ["a.pdf", "b.pdf"]
    assert (await admin.post("/api/import", data)).status == 202  # and once more, from the beginning
    assert (await settled(admin, "checking"))["stage"] == "waiting"
    assert (await admin.post("/api/import/merge", ask)).status == 202
    again = (await settled(admin, "merging"))["result"]
    assert (again["files"], again["messages"], again["rooms"]) == (0, 0, 0)
    assert await words(admin) == [(1, "uno"), (2, "dos")]
    assert list((tmp_path / "c" / "archives").iterdir()) == []
    await admin.leave()
    assert served.stop() == 0


def test_kill_at_every_step_of_a_rebuild(killer: Killer, archive: Path, tmp_path: Path) -> None:
    for step in range(1, 200):
        folder = tmp_path / f"step{step}"
        folder.mkdir()
        heard = killer.run(folder, "boot-1", "rebuild", step)
        rig = Rig(folder)
        with Archive(archive) as one:
            made = rebuild(rig.layout, Disk(), importing.planned(one))
        assert (made.generation, made.messages, made.files, made.lost) == (1, 3, 2, 0)
        assert check.generation(rig.layout, 1, deep=True) == []
        store = rig.open()
        assert (store.outcome.generation, sorted(said(store))) == (1, ["dos", "tres", "uno"])
        assert body_of(store, "b.pdf") == b"%PDF-1.4 b.pdf"
        assert [path.name for path in rig.layout.stable.iterdir() if path.name.startswith("b")] == []
        rig.close()
        shutil.rmtree(folder)
        if heard:
            break
    assert 30 < step < 199


def test_a_clock_that_went_backwards_puts_nothing_out_of_order(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "c").mkdir()
    rig = Rig(tmp_path / "c")
    rig.clock.ms = 1
    with Archive(archive) as one:
        rebuild(rig.layout, Disk(), importing.planned(one))
    store = rig.open()
    assert said(store) == ["tres", "uno", "dos"]
    say(store, "cuatro")
    rig.clock.ms = 0
    assert keep(store).generation == 2
    store = rig.rebooted(store)
    assert column(store, "SELECT body FROM messages WHERE room = 'r_general' ORDER BY seq") == [
        "uno",
        "dos",
        "cuatro",
    ]
    rig.close()
