"""One SQLite file: a writer thread that commits in groups, a reader thread, migrations. No SQL of a feature.

What one turn of the loop wants written is handed over when that turn ends, with one wake-up of the writer.
All that is waiting when it wakes is one transaction, each piece in a savepoint of its own, so a piece that
fails takes nothing else with it. Results are delivered after the commit, those of one group with
one wake-up of the loop and in the order in which the pieces ran: who publishes what happened as the next
thing after its `await write(...)` publishes in the order of the commits.

While a database is open nobody in this process may open and close its file by other means: that drops
SQLite's locks on it, and the next process that looks at it takes the write-ahead log away.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Literal, TypeVar

from appliance.base.errors import Code, Refusal

S = TypeVar("S")
T = TypeVar("T")
Connection = sqlite3.Connection
Work = Callable[[Connection], T]
# Who asked: a future of an event loop, or one that a thread without a loop blocks on.
_Job = tuple[Work[Any], "asyncio.Future[Any] | Future[Any]"]
_Done = tuple["asyncio.Future[Any] | Future[Any]", Any, BaseException | None]
# Four times SQLite's own: a page that many messages change is written to its place, and synced, less often.
CHECKPOINT_PAGES = 4000
ENOUGH = 500  # pieces of work for one transaction: whoever asked first does not wait for ever more


def connect(path: Path, *, synchronous: Literal["FULL", "NORMAL"], writable: bool = True) -> Connection:
    """A connection with our pragmas. Transactions are begun by hand; ATTACH takes addresses with options."""
    db = sqlite3.connect(
        path.absolute().as_uri(), isolation_level=None, check_same_thread=False, timeout=10, uri=True
    )
    try:
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(f"PRAGMA synchronous = {synchronous}")
        db.execute(f"PRAGMA wal_autocheckpoint = {CHECKPOINT_PAGES}")
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA busy_timeout = 10000")
        if not writable:
            db.execute("PRAGMA query_only = ON")
    except BaseException:
        db.close()
        raise
    return db


def migrate(db: Connection, migrations: Sequence[str]) -> int:
    """Brings a database up to the newest schema, each step in a transaction. Returns the number it had.

    Raises Refusal(conflict) when the file comes from a newer program.
    """
    had = int(db.execute("PRAGMA user_version").fetchone()[0])
    if had > len(migrations):
        raise Refusal(Code.CONFLICT, schema=had, known=len(migrations))
    for number in range(had, len(migrations)):
        db.executescript(f"BEGIN;\n{migrations[number]}\nPRAGMA user_version = {number + 1};\nCOMMIT;")
    return had


class Database:
    """A file with one writer and one reader thread. `write` and `read` are awaited on the event loop.

    `on_full` may make room on a full disk; when it did, the group is tried once more.
    """

    def __init__(
        self,
        path: Path,
        migrations: Sequence[str],
        synchronous: Literal["FULL", "NORMAL"],
        on_full: Callable[[], bool] = lambda: False,
    ):
        self.path = path
        self._on_full = on_full
        self._writer_connection = connect(path, synchronous=synchronous)
        try:
            self.migrated_from = migrate(self._writer_connection, migrations)
            self._reader_connection = connect(path, synchronous=synchronous, writable=False)
        except BaseException:
            self._writer_connection.close()
            raise
        self._door = threading.Lock()  # nothing is taken in behind the last thing that the writer hears
        self._gathered: list[_Job] = []
        self._jobs: queue.SimpleQueue[list[_Job] | None] = queue.SimpleQueue()
        self._reader = ThreadPoolExecutor(1, f"read-{path.stem}")
        self._writer = threading.Thread(target=self._write_loop, name=f"write-{path.stem}", daemon=True)
        self._writer.start()
        self._closed = False

    async def write(self, work: Work[T]) -> T:
        """Runs `work` on the writer thread; returns after the commit. Refusals pass through.

        A caller that is cancelled stops waiting; its work is committed all the same.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        with self._door:
            self._refuse_closed()
            self._gathered.append((work, future))
            if len(self._gathered) == 1:
                loop.call_soon(self._hand_over)
        return await future

    async def write_after(
        self, pool: Executor, first: Callable[[], S], work: Callable[[Connection, S], T]
    ) -> T:
        """As `write`, of what `first` makes on a thread of `pool`. The loop is woken once, by the commit.

        A caller that is cancelled while `first` is at work has nothing written, and goes on when that work is
        over: nobody takes away what it still has in hand.
        """
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def make() -> None:
            try:
                made = first()
                if not future.cancelled():
                    self._submit(lambda db: work(db, made), future)
            except BaseException as error:
                _deliver([(future, None, error)])

        making = pool.submit(make)
        try:
            return await future
        except asyncio.CancelledError:
            if not making.cancel():
                await asyncio.wait([asyncio.wrap_future(making)])
            raise

    async def read(self, work: Work[T]) -> T:
        """Runs `work` on the reader thread, which sees what was committed and cannot write."""
        return await asyncio.wrap_future(self._reader.submit(work, self._reader_connection))

    def later(self, work: Work[object]) -> None:
        """As `write`, when nobody waits and a failure does not matter."""
        self._submit(work, Future())

    def write_now(self, work: Work[T]) -> T:
        """As `write`, for code without a loop: the start, the command line, worker threads."""
        future: Future[T] = Future()
        self._submit(work, future)
        return future.result()

    def read_now(self, work: Work[T]) -> T:
        """As `read`, for code without a loop."""
        return self._reader.submit(work, self._reader_connection).result()

    def close(self) -> None:
        """Finishes what is queued and closes; a second call does nothing."""
        with self._door:
            if self._closed:
                return
            self._closed = True
            self._hand_on()
            self._jobs.put(None)
        self._writer.join()
        self._reader.shutdown()
        self._reader_connection.close()
        self._writer_connection.close()

    def _submit(self, work: Work[T], future: "asyncio.Future[T] | Future[T]") -> None:
        with self._door:
            self._refuse_closed()
            self._jobs.put([(work, future)])

    def _hand_over(self) -> None:
        with self._door:
            self._hand_on()

    def _hand_on(self) -> None:
        """By whoever has the door."""
        if self._gathered:
            self._jobs.put(self._gathered)
            self._gathered = []

    def _refuse_closed(self) -> None:
        if self._closed:
            raise Refusal(Code.BUSY, retry_ms=2000)

    def _write_loop(self) -> None:
        while True:
            first = self._jobs.get()
            if first is None:
                return
            batch, stop = self._waiting(first)
            self._commit(batch)
            if stop:
                return

    def _waiting(self, first: list[_Job]) -> tuple[list[_Job], bool]:
        batch = first
        with contextlib.suppress(queue.Empty):
            while len(batch) < ENOUGH:
                more = self._jobs.get_nowait()
                if more is None:
                    return batch, True
                batch += more
        return batch, False

    def _commit(self, batch: list[_Job]) -> None:
        db = self._writer_connection
        done: list[_Done] = []
        try:
            db.execute("BEGIN IMMEDIATE")
            piece = _in_savepoint if len(batch) > 1 else _alone
            for work, future in batch:
                done.append((future, *piece(db, work)))
            if db.in_transaction:
                db.execute("COMMIT")
        except sqlite3.Error as error:
            if db.in_transaction:
                db.execute("ROLLBACK")
            failure = refused(error)
            if isinstance(failure, Refusal) and self._on_full():
                return self._commit(batch)
            done = [(future, None, failure) for _, future in batch]
        return _deliver(done)


def _deliver(done: list[_Done]) -> None:
    """Wakes each loop once, with everything that is its own."""
    of_loop: dict[asyncio.AbstractEventLoop, list[_Done]] = {}
    for one in done:
        future = one[0]
        if isinstance(future, Future):
            _settle([one])
        else:
            of_loop.setdefault(future.get_loop(), []).append(one)
    for loop, ones in of_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile; nobody waits any more
            loop.call_soon_threadsafe(_settle, ones)


def _settle(done: list[_Done]) -> None:
    for future, value, problem in done:
        if future.cancelled():
            continue
        if problem is None:
            future.set_result(value)
        else:
            future.set_exception(problem)


def _in_savepoint(db: Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
    db.execute("SAVEPOINT piece")
    try:
        value = work(db)
    except Exception as error:
        if not db.in_transaction:  # SQLite gave the whole transaction up (disk full, I/O error)
            raise
        db.execute("ROLLBACK TO piece")
        db.execute("RELEASE piece")
        return None, refused(error)
    db.execute("RELEASE piece")
    return value, None


def _alone(db: Connection, work: Work[Any]) -> tuple[Any, BaseException | None]:
    """The only piece of a group: the transaction is its savepoint."""
    try:
        return work(db), None
    except Exception as error:
        if not db.in_transaction:
            raise
        db.execute("ROLLBACK")
        return None, refused(error)


def refused(error: BaseException) -> BaseException:
    """A full disk as the refusal that it is; anything else unchanged."""
    if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_FULL:
        return Refusal(Code.NO_SPACE)
    return error
