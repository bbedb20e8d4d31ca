"""The door for the command line: the owner's alone, and nothing that comes through it is a surprise."""

import asyncio
import json
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from appliance.commands import running
from appliance.store.snapshot.layout import Layout
from tests.boxes import Boxes
from tests.people import People


async def line(box: Any, text: bytes) -> Any:
    """One line in, one out, as any program could."""
    reader, writer = await asyncio.open_unix_connection(str(box.store.layout.control))
    writer.write(text + b"\n")
    answer = await reader.readline()
    await gone(writer)
    return json.loads(answer) if answer else None


async def gone(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with suppress(ConnectionError):
        await writer.wait_closed()


async def test_the_socket_is_the_owners_alone_and_goes_with_the_box(box: Any, boxes: Boxes) -> None:
    path = box.store.layout.control
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    await boxes.stop(box)
    assert not path.exists()


async def test_saving_and_listing(people: People) -> None:
    socket = await people.ana.connect()
    answer = await line(people.box, b'{"do": "save", "note": "from the shell"}')
    assert (answer["ok"]["generation"], answer["ok"]["by"], answer["ok"]["note"]) == (
        1,
        "PiChat",
        "from the shell",
    )
    assert (await socket.wait("notice"))["code"] == "stable_changed"
    listed = await line(people.box, b'{"do": "generations"}')
    assert listed["ok"]["current"] == 1


async def test_a_reset_is_answered_before_the_box_ends(box: Any) -> None:
    assert await line(box, b'{"do": "reset"}') == {"ok": None}
    async with asyncio.timeout(10):
        await box.services.stable.restart_requested.wait()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "bad_request"),
        (b"hello", "bad_request"),
        (b'{"do": "dance"}', "bad_request"),
        (b'{"do": "save", "more": 1}', "bad_request"),
        (b'{"do": "save", "note": 7}', "bad_request"),
        (b'{"do": "current", "generation": 9}', "not_found"),
        (b'{"do": "reset", "seconds": -1}', "bad_request"),
        (b"\xff\xfe", "bad_request"),
    ],
)
async def test_whatever_else_comes_is_refused(box: Any, text: bytes, code: str) -> None:
    answer = await line(box, text)
    assert answer["error"]["code"] == code


async def test_a_line_without_end_is_not_kept(box: Any) -> None:
    reader, writer = await asyncio.open_unix_connection(str(box.store.layout.control))
    writer.write(b"x" * 200_000)
    with suppress(ConnectionResetError):
        assert await reader.read() == b""
    await gone(writer)
    assert (await line(box, b'{"do": "generations"}'))["ok"]["current"] is None


async def test_who_says_nothing_does_not_keep_the_box_from_ending(box: Any, boxes: Boxes) -> None:
    reader, writer = await asyncio.open_unix_connection(str(box.store.layout.control))
    async with asyncio.timeout(10):
        await boxes.stop(box)
        with suppress(ConnectionResetError):
            assert await reader.read() == b""
    await gone(writer)


async def test_a_path_longer_than_a_socket_may_be_named(boxes: Boxes) -> None:
    deep = boxes.folder / ("d" * 100) / ("e" * 100)
    box = await boxes.start(data=deep / "data")
    answer = await asyncio.to_thread(running.ask, Layout(deep / "data"), "generations")
    assert answer["current"] is None
    assert box.store.layout.control.exists()


async def test_a_socket_that_a_killed_server_left_is_nobody(tmp_path: Path, boxes: Boxes) -> None:
    data = boxes.folder / "data"
    data.mkdir()
    os.mknod(data / "control.sock", 0o600 | stat.S_IFSOCK)
    assert not running.is_running(Layout(data))
    await boxes.start()
    assert await asyncio.to_thread(running.is_running, Layout(data))


async def test_the_screen_of_the_box_learns_who_is_there_and_where_a_reboot_leads(
    box: Any, people: People
) -> None:
    assert await line(box, b'{"do": "glance"}') == {"ok": {"online": 0, "stable": None}}
    await people.ana.connect()
    await people.ana.connect()
    await line(box, b'{"do": "save", "note": "hoy"}')
    told = (await line(box, b'{"do": "glance"}'))["ok"]
    assert (told["online"], told["stable"]["generation"], told["stable"]["note"]) == (1, 1, "hoy")
