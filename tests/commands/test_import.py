"""`pichat import`: merged beside a server and without one, and a dead box rebuilt from its newest archive."""

import sqlite3
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace

import pytest

from appliance.domain.actor import Role
from appliance.domain.newcomer import newcomer
from appliance.store import users
from tests.boxes import QUICK
from tests.commands.conftest import Pichat
from tests.conftest import Expected
from tests.people import Person
from tests.served import Served
from tests.store.rigs import Rig, bring, files, keep, said, say

PASSWORD = "la luna de papel 9"
PAPER = b"%PDF-1.4 papel" * 1000


@pytest.fixture
def archive(tmp_path: Path, pichat: Pichat) -> Path:
    """Of a box with accounts and a life; the box itself is gone."""
    folder = tmp_path / "a"
    folder.mkdir()
    rig = lived(folder)
    data = rig.settings.data
    store = rig.open()
    for name, role in (("marta", Role.ADMINISTRATOR), ("ana", Role.CLIENTE)):
        row = newcomer(name, "", role).row(QUICK[0].hasher().hash(PASSWORD), 1)
        store.box.write_now(lambda db, row=row: users.insert(db, row))
    rig.close()
    assert pichat(data, "export", str(tmp_path / "a.zip"), "--passwords")[0] == 0
    assert pichat(data, "export", str(tmp_path / "plain.zip"))[0] == 0
    return tmp_path / "a.zip"


def lived(folder: Path, *more: str) -> Rig:
    rig = Rig(folder)
    rig.boot_id = Path("/proc/sys/kernel/random/boot_id")
    store = rig.open()
    say(store, "hola", "adiós", *more)
    bring(store, PAPER, "papel.pdf", scan="clean", state="released")
    keep(store)
    rig.close()
    return rig


def looked_at(data: Path) -> tuple[list[str], list[str]]:
    rig = Rig(data.parent)
    rig.boot_id = Path("/proc/sys/kernel/random/boot_id")
    store = rig.open()
    try:
        return said(store), files(store)
    finally:
        rig.close()


async def test_a_dead_box_lives_again(archive: Path, tmp_path: Path, pichat: Pichat) -> None:
    data = tmp_path / "b" / "data"
    code, told = pichat(data, "import", str(archive), "--rebuild")
    assert (code, "does not know" in told) == (1, True)
    assert not data.exists()
    code, told = pichat(data, "import", str(archive), "--rebuild", "--trust")
    assert (code, told.splitlines()[-1]) == (0, "rebuilt: 2 messages, 1 files, 2 accounts")
    assert pichat(data, "check", "--deep") == (0, "accounts: ok\ngeneration 1 (current): ok")
    served = Served(data)
    try:
        assert "generation 1" in served.greeting
        assert "claim" not in served.greeting
        ana = await Person(SimpleNamespace(port=served.port), "ana", PASSWORD).sign_in()
        (one,) = (await ana.get("/api/uploads")).json["items"]
        assert (one["name"], one["state"], one["scan"]) == ("papel.pdf", "released", "unscanned")
        assert (await ana.get(f"/api/uploads/{one['id']}/content")).content == PAPER
        items = (await ana.get("/api/rooms/r_general/messages")).json["items"]
        assert [(item["seq"], item["body"]) for item in items] == [(1, "hola"), (2, "adiós")]
        await ana.leave()
    finally:
        served.stop()
    code, told = pichat(data, "import", str(archive), "--rebuild", "--trust")
    assert code == 0  # the same once more changes nothing
    assert looked_at(data) == (["hola", "adiós"], ["papel.pdf"])


def test_a_rebuilt_box_that_was_lived_in_is_not_taken_back_by_the_same_command(
    archive: Path, tmp_path: Path, pichat: Pichat
) -> None:
    data = tmp_path / "b" / "data"
    assert pichat(data, "import", str(archive), "--rebuild", "--trust")[0] == 0
    rig = Rig(data.parent)
    rig.boot_id = Path("/proc/sys/kernel/random/boot_id")
    store = rig.open()
    say(store, "vida nueva")
    keep(store)
    rig.close()
    code, told = pichat(data, "import", str(archive), "--rebuild", "--trust")
    assert (code, "holds a box already" in told) == (1, True)
    assert looked_at(data)[0] == ["hola", "adiós", "vida nueva"]


def test_a_box_that_is_half_rebuilt_does_not_start(
    archive: Path, tmp_path: Path, pichat: Pichat, expect_log: Expected
) -> None:
    """Whoever came first would own what is in it."""
    expect_log("factory reset")
    data = tmp_path / "b" / "data"
    assert pichat(data, "import", str(archive), "--rebuild", "--trust")[0] == 0
    with closing(sqlite3.connect(data / "box.db")) as db:  # as a cut before the last step leaves it
        db.execute("UPDATE meta SET key = 'rebuilding' WHERE key = 'rebuilt_from'")
        db.execute("DELETE FROM meta WHERE key = 'saved'")
        db.execute("DELETE FROM users")
        db.commit()
    for words in (("restore",), ("adduser", "eva"), ("import", str(archive), "--trust")):
        code, told = pichat(data, *words)
        assert (code, "--rebuild` completes it" in told, len(told.splitlines())) == (1, True, 1)
    code, told = pichat(data, "import", str(archive), "--rebuild", "--trust")
    assert (code, told.splitlines()[-1]) == (0, "rebuilt: 2 messages, 1 files, 2 accounts")
    assert looked_at(data) == (["hola", "adiós"], ["papel.pdf"])
    assert pichat(data, "factory-reset", "--yes")[0] == 0
    assert looked_at(data) == ([], [])


def test_without_passwords_an_administrator_gets_a_code(
    archive: Path, tmp_path: Path, pichat: Pichat
) -> None:
    data = tmp_path / "b" / "data"
    code, told = pichat(data, "import", str(archive.with_name("plain.zip")), "--rebuild", "--trust")
    assert (code, "came without passwords" in told, "administrator: marta" in told) == (0, True, True)


def test_a_box_that_lives_is_not_rebuilt_over(archive: Path, tmp_path: Path, pichat: Pichat) -> None:
    (tmp_path / "c").mkdir()
    rig = lived(tmp_path / "c", "de c")
    code, told = pichat(rig.settings.data, "import", str(archive), "--rebuild", "--trust")
    assert (code, "holds a box already" in told) == (1, True)
    assert looked_at(rig.settings.data)[0] == ["hola", "adiós", "de c"]


@pytest.mark.parametrize("beside", [False, True])
def test_merged_into_a_box_that_lives(archive: Path, tmp_path: Path, pichat: Pichat, beside: bool) -> None:
    (tmp_path / "c").mkdir()
    data = lived(tmp_path / "c", "de c").settings.data
    served = Served(data) if beside else None
    try:
        code, told = pichat(data, "import", str(archive))
        assert (code, "does not know the one that signed it" in told) == (1, True)
        code, told = pichat(data, "import", str(archive), "--trust")
        assert (code, told.splitlines()[-1]) == (0, "merged: 2 messages, 1 files, 0 rooms that were not here")
        code, told = pichat(data, "import", str(archive))
        assert (code, told.splitlines()[-1]) == (0, "merged: 0 messages, 0 files, 0 rooms that were not here")
    finally:
        if served:
            served.stop()
    assert list((data / "archives").iterdir()) == []
    assert looked_at(data) == (["hola", "adiós", "de c", "hola", "adiós"], ["papel.pdf", "papel.pdf"])
    with closing(sqlite3.connect(data / "box.db")) as db:
        done = [row[0] for row in db.execute("SELECT action FROM audit ORDER BY number").fetchall()]
    assert done.count("imported") == 2


def test_what_is_refused_is_one_line(archive: Path, tmp_path: Path, pichat: Pichat) -> None:
    (tmp_path / "c").mkdir()
    data = lived(tmp_path / "c").settings.data
    wrong = tmp_path / "wrong.zip"
    wrong.write_bytes(archive.read_bytes()[:-50])
    assert pichat(data, "import", str(tmp_path / "none.zip")) == (
        1,
        f"pichat: {tmp_path}/none.zip cannot be read: No such file or directory",
    )
    assert pichat(data, "import", str(wrong), "--trust") == (1, "pichat: the archive is not complete")
    assert pichat(tmp_path / "d", "import", str(wrong), "--rebuild", "--trust")[0] == 1
    assert not (tmp_path / "d").exists()
