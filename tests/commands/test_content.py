"""`pichat restore | save | generations | check`, with a server and without, and what they refuse."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from appliance.__main__ import main
from appliance.base import log
from tests.served import Served, command, eventually
from tests.store.rigs import Rig, bring, keep, say, spoil

SET = ("--set", "reserve_bytes=0")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder of this boot of the machine, with one message, nothing saved."""
    rig = Rig(tmp_path)
    rig.boot_id = Path("/proc/sys/kernel/random/boot_id")
    store = rig.open()
    say(store, "hello")
    bring(store, b"12345", "a.pdf")
    store.close()
    return rig.settings.data


@pytest.fixture
def served(data: Path) -> Iterator[Served]:
    one = Served(data)
    yield one
    one.stop()


Pichat = Callable[..., tuple[int, str]]


@pytest.fixture
def pichat(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Pichat:
    """Runs a command; answers its exit code and everything that it said."""
    monkeypatch.setattr(log, "set_up", lambda level: None)

    def run(data: Path, *words: str) -> tuple[int, str]:
        code = main([*words, "--data", str(data), *SET])
        said = capsys.readouterr()
        return code, (said.out + said.err).strip("\n")

    return run


def messages(data: Path) -> list[str]:
    live = next(path for path in (data / "live").iterdir() if path.is_dir())
    with closing(sqlite3.connect(live / "content.db")) as db:
        return [row[0] for row in db.execute("SELECT body FROM messages").fetchall()]


def test_saving_and_looking_without_a_server(data: Path, pichat: Pichat) -> None:
    assert pichat(data, "generations") == (
        0,
        "nothing is saved yet: a reboot throws away whatever people brought",
    )
    code, said = pichat(data, "save", "--note", "before the fair")
    assert code == 0
    assert said.startswith("saved as generation 1: ")
    assert said.endswith("by PiChat, 1 messages, 1 files (5 bytes) “before the fair”")
    pichat(data, "save")
    code, said = pichat(data, "generations", "--current", "1")
    assert code == 0
    lines = said.splitlines()
    assert (lines[0][:4], lines[1][:4], lines[2]) == ("  2:", "* 1:", "a reboot leads to the one marked *")
    assert pichat(data, "generations", "--current", "9") == (1, "pichat: there is no such generation")


def test_saving_and_looking_beside_a_server(served: Served, pichat: Pichat) -> None:
    code, said = pichat(served.data, "save", "--note", "noon")
    assert (code, said[:21]) == (0, "saved as generation 1")
    assert pichat(served.data, "save")[0] == 0
    assert pichat(served.data, "generations", "--current", "1")[1].splitlines()[1].startswith("* 1:")
    assert pichat(served.data, "generations", "--current", "9") == (1, "pichat: there is no such generation")
    code, said = pichat(served.data, "check", "--deep")
    assert (code, [line.rpartition(": ")[2] for line in said.splitlines()]) == (0, ["ok"] * 4)


def test_a_choice_is_saved_without_a_server(data: Path, pichat: Pichat) -> None:
    code, said = pichat(data, "save", "--only", "files", "kept")
    assert (code, "0 messages" in said) == (0, True)
    code, said = pichat(data, "save", "--only", "r_general")
    assert (code, "1 messages" in said) == (0, True)


def test_a_choice_is_saved_beside_a_server(served: Served, pichat: Pichat) -> None:
    code, said = pichat(served.data, "save", "--only", "messages", "members")
    assert (code, said[:21]) == (0, "saved as generation 1")
    for words, refused in (
        (("photos",), "photos is neither a kind nor the id of a room or of a file"),
        (("r_none",), "there is no such room"),
        (("f_none", "files"), "there is no such file"),
    ):
        assert pichat(served.data, "save", "--only", *words) == (1, f"pichat: {refused}")


def test_restore_does_nothing_within_a_boot_unless_told(data: Path, pichat: Pichat) -> None:
    pichat(data, "save")
    words = "this boot is restored already; --now goes back to what was saved"
    assert pichat(data, "restore") == (0, words)
    assert messages(data) == ["hello"]
    code, said = pichat(data, "restore", "--now")
    assert (code, said[:24]) == (0, "restored generation 1 in")
    code, said = pichat(data, "restore", "--set", "restore=start")
    assert (code, said[:24]) == (0, "restored generation 1 in")


def test_restore_beside_a_server_is_a_reset_in_place(served: Served, pichat: Pichat) -> None:
    code, said = pichat(served.data, "restore")
    assert (code, said.startswith("a server is running")) == (0, True)
    assert messages(served.data) == ["hello"]
    code, said = pichat(served.data, "restore", "--now")
    assert (code, said) == (0, "the server goes back to what was saved; what came since is erased")
    eventually(lambda: "reset in 0 s" in served.log and served.log.count(", epoch ") == 2)
    eventually(lambda: pichat(served.data, "restore")[1].startswith("a server is running"))
    assert messages(served.data) == []
    assert served.process.poll() is None


def test_a_second_server_and_offline_work_are_refused_in_one_line(served: Served, pichat: Pichat) -> None:
    done = command("serve", "--data", str(served.data), "--port", "0")
    assert done.returncode == 1
    assert done.stderr.strip().splitlines()[-1].startswith("pichat: another PiChat (process ")
    code, said = pichat(served.data, "restore", "--box")
    assert (code, said.startswith("pichat: another PiChat")) == (1, True)


def test_check_finds_what_is_wrong(data: Path, pichat: Pichat) -> None:
    pichat(data, "save")
    pichat(data, "save")
    assert pichat(data, "check")[0] == 0
    (body,) = (data / "blobs").glob("??/*")
    spoil(body, lambda _: b"1234x")  # the live folder shares it
    assert pichat(data, "check")[0] == 0
    spoil(data / "stable" / "2" / "content.db", lambda whole: whole[:-1])
    code, said = pichat(data, "check", "--deep")
    assert code == 1
    assert "accounts: ok" in said
    assert "generation 1 (current): a file has not the bytes that it had: a.pdf" in said
    assert "generation 2: its content is damaged" in said
    spoil(data / "box.db", lambda _: b"garbage" * 999)
    assert "accounts: it cannot be read: file is not a database" in pichat(data, "check")[1]


def test_check_and_generations_of_nothing(tmp_path: Path, pichat: Pichat) -> None:
    code, said = pichat(tmp_path / "none", "check")
    assert (code, said) == (0, f"{tmp_path}/none: nothing is there yet")
    assert pichat(tmp_path / "none", "generations")[0] == 0
    assert pichat(tmp_path / "none", "generations", "--current", "1")[0] == 1
    assert not (tmp_path / "none").exists()


def test_damaged_accounts_come_back_on_command_alone(data: Path, pichat: Pichat) -> None:
    pichat(data, "save")
    spoil(data / "box.db", lambda _: b"garbage" * 999)
    code, said = pichat(data, "restore")
    assert code == 1
    assert said.endswith("puts a saved copy of the accounts in its place")
    code, said = pichat(data, "restore", "--box")
    assert (code, said.splitlines()[0]) == (
        0,
        "the accounts are those of generation 1; everybody signs in again",
    )
    assert pichat(data, "restore")[0] == 0
    assert messages(data) == ["hello"]
    assert pichat(data, "restore", "--box", "7") == (
        1,
        "pichat: no generation holds a copy of the accounts that is whole",
    )


def test_nothing_that_can_be_read_is_one_line_too(tmp_path: Path, pichat: Pichat) -> None:
    rig = Rig(tmp_path)
    store = rig.open()
    keep(store)
    store.close()
    spoil(rig.layout.generation(1) / "content.db", lambda _: b"")
    code, said = pichat(rig.settings.data, "restore")
    assert (code, said.startswith("pichat: no saved generation can be read")) == (1, True)


def test_beginning_anew_sets_aside_and_deletes_nothing(data: Path, pichat: Pichat) -> None:
    pichat(data, "save")
    saved = data / "stable" / "1" / "content.db"
    spoil(saved, lambda _: b"")
    code, said = pichat(data, "restore", "--now")
    assert (code, said.startswith("pichat: no saved generation can be read")) == (1, True)
    code, said = pichat(data, "restore", "--empty")
    assert (code, said.splitlines()[1][:26]) == (0, "restored the factory state")
    aside = [path.name.partition("-")[0] for path in data.iterdir() if ".aside-" in path.name]
    assert sorted(aside) == ["blobs.aside", "stable.aside"]
    assert len(list(data.glob("blobs.aside-*/??/*"))) == 1
    assert pichat(data, "save")[0] == 0
    assert pichat(data, "check")[0] == 0
