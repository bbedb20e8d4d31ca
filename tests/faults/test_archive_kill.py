"""kill -9 at every step of an import and of a rebuild: done again, everything is there, and once."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.base.clock import SystemClock
from appliance.commands import importing
from appliance.domain.archive.exports import all_of, lay_out
from appliance.domain.archive.making import Wish
from appliance.domain.archive.reading import Archive
from appliance.store.archive import source
from appliance.store.archive.rebuild import rebuild
from appliance.store.disk import Disk
from appliance.store.snapshot import check
from tests.faults.test_snapshot_kill import Killer
from tests.store.rigs import Rig, body_of, bring, column, files, keep, said, say


@pytest.fixture
def killer() -> Iterator[Killer]:
    one = Killer()
    yield one
    one.mother.communicate(timeout=10)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    """Two rooms with something said, two files, as `a.zip`."""
    (tmp_path / "a").mkdir()
    rig = Rig(tmp_path / "a")
    store = rig.open()
    store.content.write_now(
        lambda db: db.execute("INSERT INTO rooms (id, kind, name, created) VALUES ('r_b', 'public', 'B', 1)")
    )
    say(store, "uno", "dos")
    say(store, "tres", room="r_b")
    for name in ("a.pdf", "b.pdf"):
        bring(store, b"%PDF-1.4 " + name.encode(), name)
    keep(store)
    wish = Wish(at=SystemClock().now(), by="Marta", name="A")
    people = store.box.read_now(source.people)
    one = lay_out(rig.layout, Disk(), 1, people, wish)
    (tmp_path / "a.zip").write_bytes(b"".join(all_of(one)))
    rig.close()
    return tmp_path / "a.zip"


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
