"""clamd: a real one finds what it knows; whatever else happens behind the socket is never called clean."""

import asyncio
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import pytest

from appliance.host.antivirus import Antivirus, Report, Told, Version
from tests.host.clamd import EICAR, Answer, Clamd, clamd, dying, hanging, impostor, saying


@pytest.fixture(scope="module")
def real() -> Iterator[Clamd]:
    with clamd() as one:
        yield one


@pytest.fixture
def bring(tmp_path: Path) -> Iterator["Bring"]:
    one = Bring(tmp_path / "body")
    yield one
    one.close()


class Bring:
    """Bodies as the store opens them."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._open: list[BinaryIO] = []

    def __call__(self, data: bytes) -> tuple[BinaryIO, int]:
        self._path.write_bytes(data)
        body = self._path.open("rb", buffering=0)
        self._open.append(body)
        return body, len(data)

    def close(self) -> None:
        for body in self._open:
            body.close()


def zipped(data: bytes) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("dentro.txt", data)
    return buffer.getvalue()


async def test_a_descriptor_goes_over(real: Clamd, bring: Bring) -> None:
    antivirus = Antivirus(real.socket, 30)
    assert await antivirus.scan(*bring(b"hola")) == Report(Told.CLEAN)
    assert await antivirus.scan(*bring(b"")) == Report(Told.CLEAN)
    assert await antivirus.scan(*bring(EICAR)) == Report(Told.FOUND, "Eicar-Test.UNOFFICIAL")
    assert await antivirus.scan(*bring(zipped(EICAR))) == Report(Told.FOUND, "Eicar-Test.UNOFFICIAL")


async def test_where_descriptors_do_not_arrive_the_bytes_do(real: Clamd, bring: Bring) -> None:
    """A relay, as to a clamd on another machine, carries bytes alone."""

    async def relay(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_unix_connection(real.socket)

        async def copy(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
            target.write_eof()

        async with asyncio.TaskGroup() as both:
            both.create_task(copy(reader, back))
            answer = both.create_task(copy(there, writer))
            await answer
            writer.close()
            back.close()

    async with impostor(relay) as path:
        antivirus = Antivirus(path, 30)
        large = bytes(3_000_000) + EICAR
        assert (await antivirus.scan(*bring(large))).told is Told.FOUND
        assert (await antivirus.scan(*bring(b"hola"))).told is Told.CLEAN


async def test_what_it_does_not_look_at_to_the_end_is_not_clean(bring: Bring) -> None:
    with clamd(MaxFileSize="1M", StreamMaxLength="1M") as small:
        antivirus = Antivirus(small.socket, 30)
        whole = bytes(2_000_000) + EICAR
        assert await antivirus.scan(*bring(whole)) == Report(
            Told.LIMITS, "Heuristics.Limits.Exceeded.MaxFileSize"
        )
        antivirus._takes_descriptors = False
        assert (await antivirus.scan(*bring(whole))).told is Told.LIMITS
        assert (await antivirus.scan(*bring(b"hola"))).told is Told.CLEAN


async def test_a_clamd_that_is_gone_is_unreachable(bring: Bring, tmp_path: Path) -> None:
    with clamd() as one:
        antivirus = Antivirus(one.socket, 30)
        assert await antivirus.version()
        one.stop()
        assert (await antivirus.scan(*bring(b"hola"))).told is Told.UNREACHABLE
        assert await antivirus.version() is None
    assert (await Antivirus(tmp_path / "none", 30).scan(*bring(b"hola"))).told is Told.UNREACHABLE


ANSWERS = {
    "nothing": b"",
    "no end": b"fd[10]: OK",
    "a line of another protocol": b"fd[10]: OK\n",
    "two answers": b"fd[10]: OK\0fd[10]: OK\0",
    "OK of something else": b"OK\0",
    "not quite OK": b"fd[10]: OKAY\0",
    "OK and more": b"fd[10]: OK FOUND it\0",
    "an error": b"fd[10]: Can't allocate memory ERROR\0",
    "an error that says OK": b"fd[10]: not OK ERROR\0",
    "not text": b"fd[10]: \xff\xfe OK\0",
    "no end of it": b"fd[10]: " + b"OK" * 9000 + b"\0",
    "HTTP": b"HTTP/1.1 200 OK\r\n\r\n\0",
}


@pytest.mark.parametrize("case", ANSWERS)
async def test_what_nobody_understands_is_not_clean(case: str, bring: Bring) -> None:
    async with impostor(saying(ANSWERS[case])) as path:
        assert (await Antivirus(path, 30).scan(*bring(b"hola"))).told is Told.BROKEN
        assert await Antivirus(path, 30).version() is None


async def test_only_these_answers_mean_something(bring: Bring) -> None:
    async with impostor(saying(b"fd[7]: OK\0")) as path:
        assert (await Antivirus(path, 30).scan(*bring(b"hola"))).told is Told.CLEAN
    async with impostor(saying(b"UNKNOWN COMMAND\0", b"stream: OK\0")) as path:
        assert (await Antivirus(path, 30).scan(*bring(b"hola"))).told is Told.CLEAN
    async with impostor(saying(b"stream: Win.Test\x1b[31m-1 FOUND\0")) as path:
        assert await Antivirus(path, 30).scan(*bring(b"hola")) == Report(Told.FOUND, "Win.Test?[31m-1")


@pytest.mark.parametrize(("answer", "told"), [(hanging, Told.TIMEOUT), (dying, Told.BROKEN)])
async def test_hanging_and_dying_is_not_clean(answer: Answer, told: Told, bring: Bring) -> None:
    async with impostor(answer) as path:
        assert (await Antivirus(path, 0.2).scan(*bring(b"hola"))).told is told
        streaming = Antivirus(path, 0.2)
        streaming._takes_descriptors = False
        assert (await streaming.scan(*bring(bytes(200_000)))).told is told


async def test_the_age_of_the_signatures(real: Clamd, bring: Bring) -> None:
    found = await Antivirus(real.socket, 30).version()
    assert found is not None
    assert found.version[0].isdigit()
    assert found.signatures_at is None  # one of our own has no date
    line = b"ClamAV 1.4.6/27500/Mon Nov 16 09:12:05 2026\0"
    async with impostor(saying(line)) as path:
        dated = await Antivirus(path, 30).version()
    assert dated is not None
    assert dated.version == "1.4.6"
    assert dated.signatures_at is not None
    assert abs(dated.signatures_at - 1794820325000) <= 14 * 3_600_000  # in the machine's own time zone
    async with impostor(saying(b"ClamAV 1.4.6/27500/Mon Foo 99 09:12:05 2026\0")) as path:
        assert await Antivirus(path, 30).version() == Version("1.4.6", None)
