"""How long a boot takes to bring 50,000 rows back, beside plain `cp` and SQLite's own look at the copy.

Run: python -m tests.bench.restore [rows]
"""

import shutil
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from appliance.store.files import FileRow
from appliance.store.files import insert as insert_file
from appliance.store.opening import open_store
from tests.store.rigs import GENERAL, Rig, keep

TURNS = 7
FILES = 5_000


def fill(db: sqlite3.Connection, rows: int) -> None:
    """Messages of a usual length, and files with their rows."""
    text = "Quedamos a las ocho en la plaza, delante de la fuente; yo llevo las fotos. " * 2
    db.executemany(
        "INSERT INTO messages (room, seq, id, ev, sender, sender_name, cid, ts, body)"
        " VALUES (?, ?, ?, ?, 'u_1', 'Ana', ?, 0, ?)",
        ((GENERAL, n, f"m_{n:016}", n, f"{n:032x}", text) for n in range(1, rows - FILES + 1)),
    )
    db.execute("UPDATE rooms SET head = ?", (rows,))
    for n in range(FILES):
        row = FileRow(
            id=f"f_{n:016}", ev=rows + n, name=f"photo {n}.jpg", name_key=f"photo {n}.jpg", size=1,
            type="image/jpeg", sha256=f"{n:064x}", state="released", scan="clean", owner="u_1",
            owner_name="Ana", created=0,
        )  # fmt: skip
        insert_file(db, row)


def bodies(rig: Rig) -> None:
    """A byte under each name: the restore looks whether they are there, never inside."""
    for n in range(FILES):
        path = rig.layout.blobs / f"{n:064x}"[:2] / f"{n:064x}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"x")


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def plain(saved: Path, folder: Path) -> None:
    """What anybody would write: copy, then ask SQLite whether it is well."""
    copy = folder / "copy.db"
    shutil.copyfile(saved, copy)
    with closing(sqlite3.connect(copy)) as db:
        assert db.execute("PRAGMA quick_check").fetchone()[0] == "ok"
    copy.unlink()


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    with tempfile.TemporaryDirectory() as name:
        rig = Rig(Path(name))
        store = rig.open()
        store.content.write_now(lambda db: fill(db, rows))
        bodies(rig)
        saving = timed(lambda: keep(store))
        store.close()
        saved = rig.layout.generation(1) / "content.db"
        ours, theirs, busy = [], [], []
        for _ in range(TURNS):
            rig.new_boot()
            took, cpu = opened(rig)
            ours.append(took)
            busy.append(cpu)
            theirs.append(timed(lambda: plain(saved, Path(name))))
        report(rows, saved.stat().st_size, saving, ours, theirs)
        print(f"processor: {statistics.median(busy) * 1000:.0f} ms of it")


def opened(rig: Rig) -> tuple[float, float]:
    """A whole start: lock, accounts, verify, copy, decisions, bodies, open. Not the tidying behind it.

    Answers seconds of the wall and of the processor: the second does not know who else is at work.
    """
    began, cpu = time.perf_counter(), time.process_time()
    store = open_store(rig.settings, rig.clock, boot_id=rig.boot_id)
    took = time.perf_counter() - began, time.process_time() - cpu
    assert store.outcome.generation == 1
    assert not store.outcome.lost
    store.close()
    return took


def report(rows: int, size: int, saving: float, ours: list[float], theirs: list[float]) -> None:
    mine, plainly = statistics.median(ours), statistics.median(theirs)
    print(f"{rows} rows, {FILES} of them files, {size / 1e6:.1f} MB")
    print(f"start with restore: {mine * 1000:.0f} ms (worst {max(ours) * 1000:.0f}), target 500")
    print(f"cp + quick_check:   {plainly * 1000:.0f} ms (worst {max(theirs) * 1000:.0f})")
    print(f"ratio: {mine / plainly:.2f}")
    print(f"save: {saving * 1000:.0f} ms")


if __name__ == "__main__":
    main()
