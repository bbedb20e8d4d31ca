"""The writer of a database: what is asked for together is committed together, nothing is lost on the way."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from appliance.base.errors import Code, Refusal
from appliance.store.database import Connection, Database

TABLE = ("CREATE TABLE said (text TEXT NOT NULL);",)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(tmp_path / "some.db", TABLE, "NORMAL")
    yield database
    database.close()


def say(db: Connection, text: str) -> str:
    db.execute("INSERT INTO said VALUES (?)", (text,))
    return text


def said(db: Connection) -> list[str]:
    return [text for (text,) in db.execute("SELECT text FROM said ORDER BY rowid")]


async def test_what_one_turn_of_the_loop_wants_is_one_transaction(database: Database) -> None:
    steps: list[str] = []
    await database.write(lambda db: db.set_trace_callback(steps.append))
    words = [f"word {number}" for number in range(20)]
    told = await asyncio.gather(*(database.write(partial(say, text=word)) for word in words))
    assert told == words
    assert steps.count("BEGIN IMMEDIATE") == 1
    assert await database.read(said) == words


async def test_closing_finishes_what_was_asked_for_in_the_same_turn(database: Database) -> None:
    writing = asyncio.create_task(database.write(lambda db: say(db, "the last word")))
    await asyncio.sleep(0)
    database.close()
    assert await writing == "the last word"
    with pytest.raises(Refusal) as refused:
        await database.write(said)
    assert refused.value.code is Code.BUSY


def test_who_comes_while_it_is_closed_is_refused_and_does_not_wait_for_ever(database: Database) -> None:
    """Another thread closes it at the very moment at which something is asked for."""

    class Loop(asyncio.SelectorEventLoop):
        def create_future(self) -> asyncio.Future[Any]:
            database.close()
            return super().create_future()

    async def ask() -> str:
        async with asyncio.timeout(20):
            return await database.write(lambda db: say(db, "too late"))

    with asyncio.Runner(loop_factory=Loop) as runner, pytest.raises(Refusal) as refused:
        runner.run(ask())
    assert refused.value.code is Code.BUSY


def test_threads_that_write_while_it_is_closed_are_answered(tmp_path: Path) -> None:
    for number in range(5):
        database = Database(tmp_path / f"{number}.db", TABLE, "NORMAL")
        done: list[str] = []

        def talk(database: Database = database, done: list[str] = done) -> None:
            with suppress(Refusal):
                while True:
                    done.append(database.write_now(lambda db: say(db, "word")))

        threads = [threading.Thread(target=talk) for _ in range(3)]
        for one in threads:
            one.start()
        database.close()
        for one in threads:
            one.join(20)
            assert not one.is_alive()
        again = Database(database.path, TABLE, "NORMAL")
        assert again.read_now(said) == done
        again.close()


async def test_work_elsewhere_is_followed_by_its_row(database: Database) -> None:
    with ThreadPoolExecutor(1) as pool:
        word = await database.write_after(pool, lambda: threading.current_thread().name, say)
    assert word.startswith("ThreadPoolExecutor")
    assert await database.read(said) == [word]


async def test_work_elsewhere_that_is_refused_writes_nothing(database: Database) -> None:
    def broken() -> str:
        raise Refusal(Code.NO_SPACE)

    with ThreadPoolExecutor(1) as pool, pytest.raises(Refusal, match="no_space"):
        await database.write_after(pool, broken, say)
    assert await database.read(said) == []


async def test_whoever_gives_up_while_work_is_done_elsewhere_has_nothing_written(database: Database) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow() -> str:
        begun.set()
        go_on.wait(10)
        return "too late"

    with ThreadPoolExecutor(1) as pool:
        writing = asyncio.create_task(database.write_after(pool, slow, say))
        await asyncio.to_thread(begun.wait, 10)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing
        go_on.set()
    assert await database.write(said) == []
