"""Uploads that end badly: cut, stalled, killed, on a full disk. Nothing stays behind, chat goes on."""

import asyncio
import hashlib
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest

from appliance.domain.actor import Actor, Role
from appliance.domain.corridor import Stage
from tests.boxes import ADMIN, Boxes
from tests.faults.volumes import SmallDisk
from tests.noise import noise
from tests.people import People, Person
from tests.served import Served, eventually
from tests.server.raw import wire
from tests.server.sending import bodies, curl, form, http_client, nothing_left

MB = 1_000_000


@asynccontextmanager
async def beginning(person: Person, size: int, sent: int, name: str = "a.bin") -> Any:
    """An upload that has announced `size` bytes, sent some, and waits."""
    head = (
        f"PUT /api/uploads/{name} HTTP/1.1\r\nHost: localhost\r\n"
        f"Authorization: Bearer {person.token}\r\nContent-Length: {size}\r\n\r\n"
    )
    async with wire(person.box.port) as one:
        await one.send(head)
        await one.send(bytes(sent))
        yield one


async def until(check: Any, seconds: float = 20) -> None:
    async with asyncio.timeout(seconds):
        while not check():
            await asyncio.sleep(0.01)


async def claimed(served: Served) -> Person:
    body = {"code": served.claim_code, "username": ADMIN[0], "password": ADMIN[1]}
    assert (await Person(served).post("/api/claim", body)).status == 201
    return await Person(served, *ADMIN).sign_in()


async def chat_works(person: Person) -> None:
    room = (await person.get("/api/rooms")).json["items"][0]["id"]
    assert (await person.post(f"/api/rooms/{room}/join")).status == 200
    sent = await person.post(f"/api/rooms/{room}/messages", {"body": "sigo aquí"})
    assert sent.status == 201, sent.text


async def test_a_cut_connection_leaves_nothing(box: Any, people: People) -> None:
    files = box.services.arrivals
    async with beginning(people.admin, 50 * MB, 3 * MB):
        await until(lambda: bodies(box) and bodies(box)[0].stat().st_size >= 2 * MB)
        assert files.under_way == 1
    await nothing_left(box)
    async with beginning(people.admin, 50 * MB, 0):
        await until(lambda: files.under_way == 1)
    await nothing_left(box)
    body, kind = form(("file", "a.bin", bytes(3 * MB)), ("file", "b.bin", bytes(MB)))
    async with wire(box.port) as one:
        await one.send(
            f"POST /api/uploads HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {people.admin.token}\r\n"
            f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        await one.send(body[:-100])
        await until(lambda: files.under_way == 2)
    await nothing_left(box)
    assert (await people.uma.get("/api/uploads")).json["items"] == []


async def test_an_upload_that_falls_silent_is_cut_off(boxes: Boxes) -> None:
    box = await boxes.claimed(upload_idle_seconds=1)
    admin = await People(box).admin.sign_in()
    async with beginning(admin, 50 * MB, MB) as one:
        await until(lambda: box.services.arrivals.under_way == 1)
        assert await one.rest() == b""
    await nothing_left(box)
    async with beginning(admin, 3 * MB, MB) as one:
        for _ in range(8):  # longer than the watch, but never silent
            await asyncio.sleep(0.25)
            await one.send(bytes(MB // 4))
        assert (await one.reply()).status == 201
    await admin.leave()


async def test_a_refused_upload_that_falls_silent_is_cut_off_too(boxes: Boxes) -> None:
    box = await boxes.claimed(upload_idle_seconds=1, body_seconds=1)
    admin = await People(box).admin.sign_in()
    for path in ("/api/uploads/a.bin", "/api/uploads"):
        async with wire(box.port) as one:
            await one.send(f"PUT {path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000000\r\n\r\n")
            await one.send(bytes(1000))
            await one.rest()
    assert (await admin.get("/api/uploads")).status == 200
    await admin.leave()


async def test_a_box_that_stops_ends_uploads(boxes: Boxes) -> None:
    box = await boxes.claimed()
    admin = await People(box).admin.sign_in()
    async with beginning(admin, 50 * MB, 2 * MB) as one:
        await until(lambda: box.services.arrivals.under_way == 1)
        await boxes.stop(box)
        assert await one.rest() == b""
    assert bodies(box) == []
    await admin.leave()


@contextmanager
def busy(pool: ThreadPoolExecutor) -> Iterator[None]:
    """Every thread of a pool has something else to do meanwhile."""
    go_on = threading.Event()
    for _ in range(pool._max_workers):
        pool.submit(go_on.wait, 20)
    try:
        yield
    finally:
        go_on.set()


async def test_who_is_gone_before_the_answer_has_brought_a_whole_file(box: Any, people: People) -> None:
    with busy(box.services.quarantine.pool):
        async with beginning(people.admin, 3 * MB, 3 * MB):
            uploads = box.services.arrivals._open
            await until(lambda: [one.stage for one in uploads.values()] == [Stage.ENDING])
        async with beginning(people.admin, 9, 5):  # its connection is closed and seen to be
            await until(lambda: len(uploads) == 2)
        await until(lambda: len(uploads) == 1)
    await until(lambda: not uploads)
    (file,) = (await people.uma.get("/api/uploads")).json["items"]
    assert (await people.admin.get(f"/api/uploads/{file['id']}/content")).content == bytes(3 * MB)
    assert len(bodies(box)) == 1


async def test_a_whole_form_is_stored_as_a_whole_though_nobody_waits_for_the_answer(
    box: Any, people: People
) -> None:
    body, kind = form(("file", "a.txt", b"uno"), ("file", "b.txt", b"dos"))
    uploads = box.services.arrivals._open
    with busy(box.services.quarantine.pool):
        async with wire(box.port) as one:
            await one.send(
                f"POST /api/uploads HTTP/1.1\r\nHost: localhost\r\nContent-Type: {kind}\r\n"
                f"Authorization: Bearer {people.admin.token}\r\nContent-Length: {len(body)}\r\n\r\n"
            )
            await one.send(body)
            await until(lambda: Stage.ENDING in [upload.stage for upload in uploads.values()])
        async with beginning(people.admin, 9, 5):
            await until(lambda: len(uploads) == 3)
        await until(lambda: len(uploads) == 2)  # that one was seen to close, and so the form's was
    await until(lambda: not uploads)
    items = (await people.uma.get("/api/uploads")).json["items"]
    assert sorted(one["name"] for one in items) == ["a.txt", "b.txt"]


@pytest.mark.parametrize("at_work", [False, True])
async def test_an_end_that_is_given_up_leaves_nothing(box: Any, people: People, at_work: bool) -> None:
    """While it waits for its turn, and amid its work: that is over before its body goes."""
    arrivals, pool = box.services.arrivals, box.services.quarantine.pool
    begun, go_on = threading.Event(), threading.Event()
    actor = Actor(people.admin.me["id"], "marta", "Marta", Role.ADMINISTRATOR, "s")
    upload = await arrivals.begin(actor, "a.txt", size=4)
    upload._beside = lambda _: begun.set() or go_on.wait(20)
    await upload.write(b"todo")
    with nullcontext() if at_work else busy(pool):
        ending = asyncio.create_task(arrivals.finish(upload))
        await until(begun.is_set if at_work else pool._work_queue.qsize)
        ending.cancel()
        await asyncio.sleep(0.05)
        go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await ending
    await asyncio.to_thread(pool.submit(int).result, 20)
    await until(lambda: not bodies(box))
    assert not box.store.blobs.pinned()
    assert (await people.uma.get("/api/uploads")).json["items"] == []


async def test_a_box_that_stops_lets_an_end_come_to_its_end(boxes: Boxes) -> None:
    """Of what came whole, though its last buffers wait for the disk yet."""
    box = await boxes.claimed(upload_threads=1)
    admin = await People(box).admin.sign_in()
    arrivals = box.services.arrivals
    with busy(arrivals.pool):
        async with beginning(admin, 3 * MB, 3 * MB):
            await until(lambda: [one.stage for one in arrivals._open.values()] == [Stage.ENDING])
            stopping = asyncio.create_task(boxes.stop(box))
            await asyncio.sleep(0.05)
            assert not stopping.done()
    await stopping
    box = await boxes.start(data=box.settings.data)
    person = await Person(box, *ADMIN).sign_in()
    (file,) = (await person.get("/api/uploads")).json["items"]
    assert (await person.get(f"/api/uploads/{file['id']}/content")).content == bytes(3 * MB)
    await admin.leave()
    await person.leave()


async def test_a_box_that_stops_ends_downloads(boxes: Boxes) -> None:
    box = await boxes.claimed()
    admin = await People(box).admin.sign_in()
    file = (await admin.put("/api/uploads/a.bin", bytes(60 * MB))).json
    async with wire(box.port) as one:
        await one.send(
            f"GET /api/uploads/{file['id']}/content HTTP/1.1\r\nHost: localhost\r\n"
            f"Authorization: Bearer {admin.token}\r\n\r\n"
        )
        await one.reader.readexactly(MB)
        await boxes.stop(box)
        assert len(await one.rest()) < 59 * MB
    await admin.leave()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[list[Served]]:
    """Processes to be ended with the test."""
    running: list[Served] = []
    yield running
    for one in running:
        one.stop()


async def test_a_killed_process_keeps_what_it_answered_and_nothing_else(
    tmp_path: Path, served: list[Served]
) -> None:
    served.append(Served(tmp_path / "data"))
    admin = await claimed(served[0])
    body = noise(3 * MB)
    kept = (await admin.put("/api/uploads/entero.bin", body)).json
    async with beginning(admin, 50 * MB, 5 * MB):
        await until(lambda: any(part.stat().st_size for part in parts(tmp_path)))
        served[0].kill()
    assert parts(tmp_path) != []
    served.append(Served(tmp_path / "data"))
    assert parts(tmp_path) == []
    again = await Person(served[1], *ADMIN).sign_in()
    assert [file["id"] for file in (await again.get("/api/uploads")).json["items"]] == [kept["id"]]
    assert (await again.get(f"/api/uploads/{kept['id']}/content")).content == body
    for person in (admin, again):
        await person.leave()


async def test_a_killed_process_leaves_nothing_of_what_was_deleted(
    tmp_path: Path, served: list[Served]
) -> None:
    """It could still be undone when the process died: there is no row to bring back, and no body stays."""
    served.append(Served(tmp_path / "data"))
    admin = await claimed(served[0])
    kept, gone = noise(MB), noise(2 * MB)
    file = (await admin.put("/api/uploads/queda.bin", kept)).json
    twin = (await admin.put("/api/uploads/igual.bin", kept)).json
    lost = (await admin.put("/api/uploads/va.bin", gone)).json
    for one in (twin, lost):
        assert (await admin.delete(f"/api/uploads/{one['id']}")).status == 204
    stored = list((tmp_path / "data" / "live").glob("*/blobs/??/*"))
    assert len(stored) == 2
    served[0].kill()
    served.append(Served(tmp_path / "data"))
    again = await Person(served[1], *ADMIN).sign_in()
    eventually(lambda: sum(path.exists() for path in stored) == 1)
    assert [one["id"] for one in (await again.get("/api/uploads")).json["items"]] == [file["id"]]
    assert (await again.post(f"/api/uploads/{lost['id']}/restore")).status == 404
    assert (await again.get(f"/api/uploads/{file['id']}/content")).content == kept
    for person in (admin, again):
        await person.leave()


def parts(folder: Path) -> list[Path]:
    return list(folder.glob("data/live/*/incoming/*"))


async def test_memory_stays_flat_while_200_megabytes_come(tmp_path: Path, served: list[Served]) -> None:
    served.append(Served(tmp_path / "data"))
    admin = await claimed(served[0])
    file = tmp_path / "grande.bin"
    piece = noise(MB)
    digest = hashlib.sha256()
    with file.open("wb") as out:
        for _ in range(200):
            out.write(piece)
            digest.update(piece)
    assert (await admin.put("/api/uploads/primero.bin", piece)).status == 201
    Path(f"/proc/{served[0].process.pid}/clear_refs").write_text("5")  # the peak counts from here
    before = memory(served[0], "VmRSS")
    for name, words in (
        ("a.bin", ("-T", str(file))),
        ("", ("-F", f"file=@{file}")),
    ):
        sent = await curl(served[0].port, f"/api/uploads/{name}".rstrip("/"), *words, by=admin)
        assert (sent.status, sent.json["sha256"]) == (201, digest.hexdigest())
    back = await curl(
        served[0].port, f"/api/uploads/{sent.json['id']}/content", "-o", str(file) + ".back", by=admin
    )
    assert back.status == 200
    assert Path(f"{file}.back").read_bytes() == file.read_bytes()
    assert memory(served[0], "VmHWM") - before < 20 * 2**20
    await admin.leave()


def memory(served: Served, name: str) -> int:
    """Bytes, as the kernel counts them."""
    lines = Path(f"/proc/{served.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name)) * 1024


@pytest.mark.namespace
async def test_what_cannot_fit_is_refused_before_it_comes(tmp_path: Path, served: list[Served]) -> None:
    disk = SmallDisk(tmp_path / "data", 64)
    served.append(disk)
    admin = await claimed(disk)
    async with beginning(admin, 40 * MB, 0):
        while (
            seen := await http_client(disk.port, "/api/uploads/b.bin", bytes(35 * MB), by=admin)
        ).status != 507:
            assert (await admin.delete(f"/api/uploads/{seen.json['id']}")).status == 204
        assert seen.code == "no_space"
        assert seen.json["error"]["params"]["left"] < 35 * MB
    eventually(lambda: not parts_inside(disk))
    async with asyncio.timeout(20):  # its place is free again a moment after its bytes are gone
        while (
            sent := await http_client(disk.port, "/api/uploads/b.bin", bytes(35 * MB), by=admin)
        ).status == 507:
            await asyncio.sleep(0.05)
    assert sent.status == 201
    await admin.leave()


@pytest.mark.namespace
async def test_a_disk_that_fills_up_meanwhile(tmp_path: Path, served: list[Served]) -> None:
    disk = SmallDisk(tmp_path / "data", 64)
    served.append(disk)
    admin = await claimed(disk)
    async with beginning(admin, 30 * MB, 5 * MB) as one:
        await until(lambda: any(part.stat().st_size > 3 * MB for part in parts_inside(disk)))
        filler = disk.fill(leave=2 * MB)
        await one.send(bytes(25 * MB))
        reply = await one.reply()
        assert (reply.status, reply.code) == (507, "no_space")
        await chat_works(admin)
    eventually(lambda: not parts_inside(disk))
    await chat_works(admin)
    assert (await admin.get("/api/uploads")).json["items"] == []
    filler.unlink()
    assert (await admin.put("/api/uploads/a.bin", bytes(30 * MB))).status == 201
    assert "Traceback" not in disk.log
    await admin.leave()


@pytest.mark.namespace
async def test_a_full_disk_can_be_tidied(tmp_path: Path, served: list[Served]) -> None:
    disk = SmallDisk(tmp_path / "data", 64, reserve_bytes=str(4 * 2**20))
    served.append(disk)
    admin = await claimed(disk)
    file = (await admin.put("/api/uploads/a.bin", bytes(20 * MB))).json
    disk.fill(leave=0)
    assert (await admin.put("/api/uploads/b.bin", bytes(MB))).code == "no_space"
    assert (await admin.delete(f"/api/uploads/{file['id']}")).status == 204
    await chat_works(admin)
    assert (await admin.put("/api/uploads/b.bin", bytes(MB))).status == 201
    await admin.leave()


@pytest.mark.namespace
async def test_space_is_worth_more_than_second_thoughts(tmp_path: Path, served: list[Served]) -> None:
    disk = SmallDisk(tmp_path / "data", 160)
    served.append(disk)
    admin = await claimed(disk)
    for deleted, undone in (("roomy", 200), ("tight", 404)):
        file = (await admin.put(f"/api/uploads/{deleted}.bin", bytes(20 * MB))).json
        if deleted == "tight":
            disk.fill(leave=30 * MB)
        assert (await admin.delete(f"/api/uploads/{file['id']}")).status == 204
        answer = await admin.post(f"/api/uploads/{file['id']}/restore")
        assert answer.status == undone, (deleted, answer.text)
    assert (await admin.put("/api/uploads/c.bin", bytes(20 * MB))).status == 201  # its room was given back
    await admin.leave()


def parts_inside(disk: SmallDisk) -> list[Path]:
    return list(disk.inside.glob("live/*/incoming/*"))
