"""Resumable uploads over trouble: a server killed again and again, a line cut at any byte, a full disk."""

import asyncio
import hashlib
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.boxes import ADMIN
from tests.faults.test_uploads import claimed, parts, until
from tests.faults.volumes import SmallDisk
from tests.noise import noise
from tests.people import Person
from tests.served import ROOT, Served
from tests.server.raw import wire
from tests.server.tus_client import BODY, PATH, Tus

MB = 1_000_000


@pytest.fixture
def served() -> Iterator[list[Served]]:
    running: list[Served] = []
    yield running
    for one in running:
        one.stop()


async def sent_until_cut(person: Person, path: str, offset: int, body: bytes, cut: Any) -> None:
    """A PATCH whose sender is gone in the middle."""
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\n"
        f"Upload-Offset: {offset}\r\nContent-Length: {len(body) - offset}\r\n\r\n"
    )
    async with wire(person.box.port) as one:
        await one.send(head)
        await one.send(body[offset : offset + 3 * MB])
        await cut()


async def test_a_line_cut_at_any_byte_costs_nothing_that_came(box: Any, people: Any) -> None:
    chance = random.Random(5)
    body = noise(4 * MB)
    ana = Tus(people.ana)
    path, offset = await ana.begun(len(body)), 0
    for _ in range(8):
        head = (
            f"PATCH {path} HTTP/1.1\r\nHost: localhost\r\nTus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\n"
            f"Upload-Offset: {offset}\r\nContent-Length: {len(body) - offset}\r\n\r\n"
        )
        more = chance.randrange(400_000)
        async with wire(box.port) as one:
            await one.send(head)
            await one.send(body[offset : offset + more])
        reached = await ana.offset(path)
        assert offset <= reached <= offset + more
        offset = reached
    done = await ana.patch(path, offset, body[offset:])
    file = (await people.ana.get(f"/api/uploads/{done.headers['Upload-File']}")).json
    assert file["sha256"] == hashlib.sha256(body).hexdigest()


async def test_a_server_that_is_killed_goes_on_where_it_was(tmp_path: Path, served: list[Served]) -> None:
    served.append(Served(tmp_path / "data"))
    admin = await claimed(served[0])
    body = noise(12 * MB)
    path = await Tus(admin).begun(len(body))
    offset = 0
    for turn in range(3):

        async def cut(turn: int = turn, offset: int = offset) -> None:
            await until(lambda: sum(part.stat().st_size for part in parts(tmp_path)) > offset + MB)
            served[turn].kill()

        await sent_until_cut(admin, path, offset, body, cut)
        served.append(Served(tmp_path / "data"))
        admin.box = served[-1]
        reached = await Tus(Person(served[-1])).offset(path)
        assert offset + MB < reached <= offset + 3 * MB
        offset = reached
    done = await Tus(Person(served[-1])).patch(path, offset, body[offset:])
    assert done.status == 204
    again = await Person(served[-1], *ADMIN).sign_in()
    file = done.headers["Upload-File"]
    assert (await again.get(f"/api/uploads/{file}/content")).content == body
    assert parts(tmp_path) == []
    await again.leave()
    await admin.leave()


async def test_tus_js_client_does_not_notice_that_the_server_was_killed(
    tmp_path: Path, served: list[Served]
) -> None:
    """Killed twice while a real client sends; it goes on by itself, on the same port."""
    served.append(Served(tmp_path / "data"))
    admin = await claimed(served[0])
    port = served[0].port
    file = tmp_path / "big.bin"
    file.write_bytes(noise(40 * MB))
    wish = {
        "endpoint": f"http://127.0.0.1:{port}{PATH}",
        "token": admin.token,
        "file": str(file),
        "name": "big.bin",
        "chunkSize": 2 * MB,
    }
    client = await asyncio.create_subprocess_exec(
        *("node", "tus_upload.mjs", json.dumps(wish)),
        cwd=ROOT / "tests" / "js",
        stdout=asyncio.subprocess.PIPE,
    )
    for turn, least in enumerate((5 * MB, 15 * MB)):
        await until(lambda least=least: any(p.stat().st_size > least for p in parts(tmp_path)), 60)
        served[turn].kill()
        served.append(Served(tmp_path / "data", "--port", str(port)))
    output, _ = await asyncio.wait_for(client.communicate(), 120)
    seen = json.loads(output)
    assert seen.get("progressed") == 40 * MB, seen
    listed = (await admin.get(f"/api/uploads/{seen['file']}")).json
    assert listed["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()
    await admin.leave()


@pytest.mark.namespace
async def test_a_disk_that_fills_up_keeps_what_came(tmp_path: Path, served: list[Served]) -> None:
    disk = SmallDisk(tmp_path / "data", 64)
    served.append(disk)
    admin = await claimed(disk)
    tus = Tus(admin)
    assert (await tus.create(70 * MB)).code == "no_space"
    body = noise(30 * MB)
    path = await tus.begun(len(body), body[: 5 * MB])
    filler = disk.fill(leave=10 * MB)
    answer = await tus.patch(path, 5 * MB, body[5 * MB :])
    assert (answer.status, answer.code) == (507, "no_space")  # at once: the rest has no room
    assert await tus.offset(path) == 5 * MB
    filler.unlink()
    done = await tus.patch(path, 5 * MB, body[5 * MB :])
    assert done.status == 204
    file = (await admin.get(f"/api/uploads/{done.headers['Upload-File']}")).json
    assert file["sha256"] == hashlib.sha256(body).hexdigest()
    await admin.leave()
