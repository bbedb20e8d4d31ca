"""Bytes go out: whole, in pieces, by link; never as something that a browser would run."""

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from appliance.base.clock import SystemClock
from appliance.domain.links import Links
from tests.boxes import Boxes
from tests.noise import noise
from tests.people import People, Person
from tests.server.raw import wire
from tests.server.sending import curl

BODY = bytes(range(256)) * 8000  # two pieces


async def uploaded(person: Person, name: str = "video.mp4", body: bytes = BODY) -> dict[str, Any]:
    sent = await person.put(f"/api/uploads/{name}", body)
    assert sent.status == 201, sent.text
    file: dict[str, Any] = sent.json
    return {**file, "content": f"/api/uploads/{file['id']}/content"}


async def flag(box: Any, file: dict[str, Any], **columns: str) -> None:
    """What a scan or a review would write."""
    pairs = ", ".join(f"{name} = ?" for name in columns)
    values = (*columns.values(), file["id"])
    await box.store.content.write(lambda db: db.execute(f"UPDATE files SET {pairs} WHERE id = ?", values))


async def test_an_attachment_can_do_nothing_in_a_browser(box: Any, people: People) -> None:
    file = await uploaded(people.ana, "dibujo.svg", b"<svg onload='alert(1)'/>")
    assert (await people.uma.get(file["content"])).code == "quarantined"
    assert (await people.admin.post(f"/api/uploads/{file['id']}/release")).status == 200
    for path in (file["content"], f"{file['content']}?inline=1"):
        answer = await people.uma.get(path)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/octet-stream"
        assert answer.headers["Content-Disposition"].startswith("attachment;")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert answer.headers["ETag"] == f'"{file["sha256"]}"'


INLINE = {
    "foto.png": "image/png",
    "foto.jpg": "image/jpeg",
    "foto.webp": "image/webp",
    "clip.mp4": "video/mp4",
    "tema.mp3": "audio/mpeg",
    "nota.txt": "text/plain; charset=utf-8",
}
NEVER_INLINE = (
    "pagina.html",
    "dibujo.svg",
    "datos.xml",
    "informe.pdf",
    "tabla.csv",
    "paquete.zip",
    "sin_final",
)


async def test_only_safe_kinds_are_shown_in_place(box: Any, people: People) -> None:
    for name, media_type in INLINE.items():
        file = await uploaded(people.admin, name, b"x")
        answer = await people.uma.get(f"{file['content']}?inline=1")
        assert answer.headers["Content-Type"] == media_type
        assert answer.headers["Content-Disposition"].startswith("inline;")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        plain = await people.uma.get(file["content"])
        assert plain.headers["Content-Disposition"].startswith("attachment;")
    for name in NEVER_INLINE:
        file = await uploaded(people.admin, name, b"x")
        answer = await people.admin.get(f"{file['content']}?inline=1")
        assert answer.headers["Content-Disposition"].startswith("attachment;"), name


RANGES = {
    "bytes=0-0": (0, 1),
    "bytes=5-9": (5, 10),
    "bytes=1048570-1048580": (1048570, 1048581),
    "bytes=2047990-": (2047990, 2048000),
    "bytes=-10": (2047990, 2048000),
    "bytes=-9999999": (0, 2048000),
    "bytes=10-99999999": (10, 2048000),
    "Bytes = 5 - 9": (5, 10),
}
WHOLE = ("bytes=9-5", "bytes=-", "bytes=a-b", "items=0-5", "bytes=0-1,5-6", "bytes", f"bytes={'9' * 40}-")


async def test_ranges(box: Any, people: People) -> None:
    file = await uploaded(people.ana)
    for header, (start, stop) in RANGES.items():
        answer = await people.uma.get(file["content"], Range=header)
        assert answer.status == 206, header
        assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(BODY)}"
        assert answer.content == BODY[start:stop]
    for header in WHOLE:
        answer = await people.uma.get(file["content"], Range=header)
        assert (answer.status, answer.content == BODY) == (200, True), header
    for header in ("bytes=2048000-", "bytes=9999999-10000000", "bytes=-0"):
        answer = await people.uma.get(file["content"], Range=header)
        assert (answer.status, answer.code) == (416, "bad_range"), header
        assert answer.headers["Content-Range"] == f"bytes */{len(BODY)}"
    empty = await uploaded(people.ana, "vacio.txt", b"")
    assert (await people.uma.get(empty["content"])).content == b""
    assert (await people.uma.get(empty["content"], Range="bytes=0-")).status == 416


async def test_a_client_that_has_the_bytes_is_not_sent_them_again(box: Any, people: People) -> None:
    file = await uploaded(people.ana)
    tag = f'"{file["sha256"]}"'
    for header in (tag, f'W/{tag}, "x"', "*"):
        answer = await people.uma.get(file["content"], **{"If-None-Match": header})
        assert (answer.status, answer.content) == (304, b"")
    assert (await people.uma.get(file["content"], **{"If-None-Match": '"x"'})).status == 200
    part = {"Range": "bytes=1-2"}
    assert (await people.uma.get(file["content"], **part, **{"If-Range": tag})).status == 206
    for stale in ('"x"', "Sat, 21 Nov 2026 04:19:44 GMT"):
        assert (await people.uma.get(file["content"], **part, **{"If-Range": stale})).status == 200


async def test_head_says_everything_but_the_bytes(box: Any, people: People) -> None:
    file = await uploaded(people.ana)
    head = await people.uma.request("HEAD", file["content"])
    got = await people.uma.get(file["content"])
    assert (head.status, head.content) == (200, b"")
    assert head.headers["Content-Length"] == str(len(BODY))
    for name in ("Content-Type", "Content-Disposition", "ETag", "Accept-Ranges"):
        assert head.headers[name] == got.headers[name]
    part = await people.uma.request("HEAD", file["content"], headers={"Range": "bytes=0-9"})
    assert (part.status, part.headers["Content-Length"]) == (206, "10")
    assert (await people.uma.request("HEAD", "/api/uploads/f_none/content")).status == 404


async def test_a_signed_link_needs_nobody(box: Any, people: People) -> None:
    file = await uploaded(people.ana)
    other = await uploaded(people.ana, "otro.txt", b"otro")
    stranger = Person(box)
    made = await people.uma.post(f"/api/uploads/{file['id']}/link")
    assert made.status == 201
    for url in (made.json["public_url"], file["public_url"]):
        assert url.startswith(stranger.url)
        path = url.removeprefix(stranger.url)
        assert (await stranger.get(path)).content == BODY
        assert (await stranger.get(f"{path}&inline=1")).headers["Content-Disposition"].startswith("inline")
    link = path.partition("?")[2]
    assert (await stranger.get(file["content"])).code == "unauthorized"
    assert (await stranger.get(f"{other['content']}?{link}")).code == "not_found"
    for wrong in ("link=", "link=1.2", f"{link}0", link.replace("link=", "link=9"), "link=%C3%B1.x"):
        assert (await stranger.get(f"{file['content']}?{wrong}")).status in (401, 404), wrong
    assert (await stranger.post(f"/api/uploads/{file['id']}/link")).code == "unauthorized"
    assert (await people.ana.delete(f"/api/uploads/{file['id']}")).status == 204
    assert (await stranger.get(path)).code == "not_found"


class At(SystemClock):
    """A clock that stands where it is put."""

    def __init__(self, hours: float) -> None:
        self.hours = hours

    def now(self) -> int:
        return int(self.hours * 3_600_000)


def test_a_link_ends_after_its_hours_and_with_its_epoch() -> None:
    clock = At(1000.5)
    links = Links(b"secret", "aaaaaaaa", 24, clock)
    link = links.sign("f_1", "ab" * 32)
    assert links.sign("f_1", "ab" * 32) == link
    for later in (1000.6, 1024.5):
        clock.hours = later
        assert links.holds("f_1", "ab" * 32, link)
    assert not Links(b"secret", "bbbbbbbb", 24, clock).holds("f_1", "ab" * 32, link)
    assert not Links(b"other", "aaaaaaaa", 24, clock).holds("f_1", "ab" * 32, link)
    assert not links.holds("f_1", "cd" * 32, link)
    clock.hours = 1025
    assert not links.holds("f_1", "ab" * 32, link)


@pytest.mark.parametrize("found", [{"scan": "flagged"}, {"state": "rejected"}])
async def test_what_is_dangerous_goes_to_administrators_alone(
    box: Any, people: People, found: dict[str, str]
) -> None:
    file = await uploaded(people.ana, "foto.png")
    link = file["public_url"].removeprefix(people.ana.url)
    await flag(box, file, **found)
    for person in (people.ana, people.uma):
        assert (await person.get(file["content"])).code == "quarantined"
        assert (await person.post(f"/api/uploads/{file['id']}/link")).code == "quarantined"
        assert (await person.get(f"/api/uploads/{file['id']}")).json["public_url"] is None
    assert (await Person(box).get(link)).code == "quarantined"
    answer = await people.admin.get(f"{file['content']}?inline=1")
    assert answer.content == BODY
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert (await people.admin.post(f"/api/uploads/{file['id']}/link")).code == "quarantined"


async def test_a_released_file_is_no_longer_its_owners_to_delete(box: Any, people: People) -> None:
    file = await uploaded(people.ana)
    await flag(box, file, state="released")
    assert (await people.ana.delete(f"/api/uploads/{file['id']}")).code == "forbidden"
    answer = await people.uma.get(file["content"])
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert (await people.admin.delete(f"/api/uploads/{file['id']}")).status == 204


async def test_a_download_outlives_the_deletion_of_its_file(box: Any, people: People) -> None:
    body = noise(30_000_000)
    file = await uploaded(people.admin, "grande.bin", body)
    async with wire(box.port) as one:
        token = people.uma.token
        await one.send(
            f"GET {file['content']} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        )
        head = await one.reader.readuntil(b"\r\n\r\n")
        assert b" 200 " in head
        assert (await people.admin.delete(f"/api/uploads/{file['id']}")).status == 204
        assert await one.reader.readexactly(len(body)) == body
    assert (await people.uma.get(file["content"])).status == 404


async def test_a_body_that_lost_bytes_is_not_passed_off_as_whole(box: Any, people: People) -> None:
    file = await uploaded(people.ana)
    path = box.store.blobs.path(file["sha256"])
    path.chmod(0o600)
    os.truncate(path, 1_500_000)
    async with wire(box.port) as one:
        token = people.uma.token
        await one.send(
            f"GET {file['content']} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n"
        )
        assert len(await one.rest()) < len(BODY)
    path.unlink()
    assert (await people.uma.get(file["content"])).code == "gone"


async def test_who_stops_reading_is_cut_off(boxes: Boxes) -> None:
    box = await boxes.claimed(upload_idle_seconds=1)
    admin = await People(box).admin.sign_in()
    file = await uploaded(admin, "grande.bin", bytes(60_000_000))
    head = f"GET {file['content']} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {admin.token}\r\n\r\n"
    async with wire(box.port, limit=1024) as one:
        await one.send(head)
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(20):
                while True:
                    await one.send("\r\n")
                    await asyncio.sleep(0.1)
    assert (await admin.get("/api/uploads")).status == 200
    await admin.leave()


async def test_large_downloads_leave_the_loop_to_others(
    box: Any, people: People, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Three at once, and the chat between; how late the loop was is printed: a machine is no clock."""
    body = noise(1 << 20) * 48
    file = await uploaded(people.admin, body=body)
    socket = await people.ana.connect()
    late: list[float] = []

    async def listen() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(0.005)
            late.append(time.perf_counter() - began - 0.005)

    listener = asyncio.create_task(listen())
    targets = [tmp_path / f"{number}" for number in range(3)]
    getting = [
        asyncio.create_task(curl(box.port, file["content"], "-o", str(one), by=people.uma)) for one in targets
    ]
    while not all(one.done() for one in getting):
        assert (await socket.ask({"type": "ping"}))["type"] == "pong"
    listener.cancel()
    assert [one.result().status for one in getting] == [200] * 3
    assert all(one.read_bytes() == body for one in targets)
    late.sort()
    with capsys.disabled():
        print(f" loop late: p50 {1000 * late[len(late) // 2]:.1f} ms, worst {1000 * late[-1]:.1f} ms", end="")
