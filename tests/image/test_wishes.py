"""The boot partition as it may be found: full, missing, odd; written by people, by Imager, by two steps."""

import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from box import data, recover, steps, words
from box.identity import identity
from box.machine import Machine
from box.settings_file import KEPT
from box.wifi import settings_of
from box.wishes import wishes

from tests.image.boards import SHIPPED, Board

CLOUD = (
    'network:\n  wifis:\n    wlan0:\n      regulatory-domain: "MX"\n      access-points:\n'
    '        "imager":\n          hidden: true\n          password: "clave de imager"\n'
)


@pytest.fixture
def small(board: Board) -> Iterator[Board]:
    """Its boot partition and its data partition take a few files more, of a page each."""
    kept = {path.name: path.read_bytes() for path in board.card.iterdir()}
    for folder, size in ((board.card, "64k"), (board.mount, "32k")):
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    for name, raw in kept.items():
        (board.card / name).write_bytes(raw)
    yield board
    for folder in (board.card, board.mount):
        subprocess.run(["umount", folder], check=True)


def fill(folder: Path) -> None:
    """Somebody's film."""
    with (folder / "film").open("wb", buffering=0) as film, pytest.raises(OSError, match="No space"):
        while True:
            film.write(b"x" * 4096)


def trouble(board: Machine) -> str:
    return "\n".join(one["es"] for one in (board.noted("trouble") or {}).values())


def test_the_file_that_is_shipped_stands_in_nobody_s_way(board: Board) -> None:
    (board.firmware / "user-data").write_text("hostname: aula\n")
    (board.firmware / "network-config").write_text(CLOUD)
    wishes(board)
    identity(board)
    assert board.noted("identity")["name"] == "aula"
    assert "psk=clave de imager" in board.connection()
    assert "hidden=true" in board.connection()


def test_the_key_of_one_network_is_not_told_to_another(board: Board) -> None:
    (board.firmware / "network-config").write_text(CLOUD)
    board.settings("wifi_red = casa")
    wishes(board)
    identity(board)
    assert settings_of(board) == {"wifi_red": "casa", "pais": "MX"}
    assert "imager" not in board.connection()
    assert "hidden" not in board.connection()


@pytest.mark.parametrize("raw", [b"\xff\xfew\0i", b"\xff\xfe\0\xd8\0\xd8", b"\xff" * 200_000])
def test_whatever_lies_in_place_of_the_settings_the_box_starts(board: Board, raw: bytes) -> None:
    (board.card / "ajustes.txt").write_bytes(raw)
    assert steps.run(board, "wishes") == 0
    assert steps.run(board, "identity") == 0
    assert (board.card / "ajustes.txt").read_bytes() == raw
    assert len(board.answer()) < 5000


def test_a_folder_in_place_of_a_file_asks_for_nothing(board: Board) -> None:
    (board.card / "ajustes.txt").unlink()
    for name in ("ajustes.txt", data.WIPE, recover.REQUEST):
        (board.card / name).mkdir()
    assert [steps.run(board, name) for name in ("wishes", "identity", "recover")] == [0, 0, 0]
    assert board.laid(data.WIPE) is None


def test_a_key_that_cannot_be_stays_where_it_can_be_mended(board: Board) -> None:
    board.settings("wifi_red = casa", "wifi_clave = corta", "pais = ES")
    wishes(board)
    assert "wifi_clave = corta" in (board.card / "ajustes.txt").read_text()
    assert "entre 8 y 63" in board.answer()


@pytest.mark.parametrize("name", ["ajustes.txt.txt", "AJUSTES.TXT", "ajustes"])
def test_settings_are_found_as_windows_leaves_them(board: Board, name: str) -> None:
    (board.card / "ajustes.txt").unlink()
    (board.card / name).write_text("wifi_red = casa\nwifi_clave = muy secreta\npais = ES\n")
    wishes(board)
    identity(board)
    assert "psk=muy secreta" in board.connection()
    assert KEPT in (board.card / name).read_text()
    assert not (board.card / "ajustes.txt").exists() or name == "ajustes.txt"


@pytest.mark.parametrize("name", ["borrar-todo.txt", "Borrar-Todo.TXT", "borrar-todo.txt.txt", "borrar-todo"])
def test_a_request_is_put_away_and_the_next_one_is_another(board: Board, name: str) -> None:
    """Its file is as old as that of the first: taking NO- off its name does not change its time."""
    ready = board.card / f"NO-{data.WIPE}"
    for _ in range(2):
        ready.rename(board.card / name)
        board.note("data", {"how": "erased"})
        board.card_writable = False
        wishes(board)
        assert (board.system / data.WIPED).read_text() == data.wipe_mark(board)
        board.note("data", {"how": "adopted"})
        board.card_writable = True
        wishes(board)
        assert ready.exists()
        assert board.laid(data.WIPE) is None
        assert not (board.system / data.WIPED).exists()


def test_a_lost_password_and_all_erased_at_once(board: Board) -> None:
    for name in (data.WIPE, recover.REQUEST):
        (board.card / f"NO-{name}").rename(board.card / name)
    board.note("data", {"how": "erased"})
    board.data.mkdir()
    assert steps.run(board, "wishes") == 0
    recover.answer(board)
    assert {path.name for path in board.card.iterdir()} >= {f"NO-{data.WIPE}", f"NO-{recover.REQUEST}"}
    assert recover.shown(board)
    assert board.noted("trouble") is None


def test_a_boot_partition_that_is_not_there_changes_no_settings(board: Board) -> None:
    board.settings("wifi_red = casa", "wifi_clave = muy secreta", "pais = ES")
    wishes(board)
    board.card_there = False
    board.settings("nombre = otra")
    assert steps.run(board, "wishes") == 0
    assert settings_of(board)["wifi_red"] == "casa"
    assert "no se puede leer" in trouble(board)


def test_settings_that_are_gone_hold(board: Board) -> None:
    board.settings("wifi_red = casa", "wifi_clave = muy secreta", "pais = ES")
    wishes(board)
    (board.card / "ajustes.txt").unlink()
    wishes(board)
    identity(board)
    assert "psk=muy secreta" in board.connection()
    assert "el archivo no está" in board.answer()


def test_a_full_boot_partition_keeps_no_box_from_starting(small: Board) -> None:
    small.settings("wifi_red = casa", "wifi_clave = muy secreta", "pais = ES")
    fill(small.card)
    (small.card / f"NO-{data.WIPE}").rename(small.card / data.WIPE)
    small.note("data", {"how": "erased"})
    assert [steps.run(small, name) for name in ("wishes", "identity")] == [0, 0]
    assert (small.card / f"NO-{data.WIPE}").exists()
    assert not (small.system / data.WIPED).exists()
    assert "psk=muy secreta" in small.connection()
    assert "está llena" in trouble(small)
    assert KEPT in (small.card / "ajustes.txt").read_text()
    small.data.mkdir(exist_ok=True)
    (small.data / "claim.txt").write_text("ABCD-EFGH-JKMN\n")
    assert steps.run(small, "code") == 0
    assert not (small.card / "CODIGO.txt").exists()
    (small.card / "film").unlink()
    assert steps.run(small, "code") == 0
    assert "ABCD-EFGH-JKMN" in (small.card / "CODIGO.txt").read_text("utf-8-sig")


def test_a_full_data_partition_keeps_the_settings_of_before_and_the_key_on_the_card(small: Board) -> None:
    small.settings("nombre = aula")
    wishes(small)
    identity(small)
    fill(small.mount)
    small.settings("nombre = otra", "wifi_red = casa", "wifi_clave = muy secreta", "pais = ES")
    assert [steps.run(small, name) for name in ("wishes", "identity")] == [0, 0]
    assert small.noted("identity")["name"] == "aula"
    assert "no se han podido guardar" in trouble(small)
    assert "muy secreta" in (small.card / "ajustes.txt").read_text()
    (small.mount / "film").unlink()
    assert steps.run(small, "wishes") == 0
    assert settings_of(small)["wifi_clave"] == "muy secreta"
    assert "muy secreta" not in (small.card / "ajustes.txt").read_text()


class Lenient(Machine):
    """fstab says `nofail`: mount calls it a success when there is nothing to mount."""

    def run(self, *command: str, ok: tuple[int, ...] = (0,), text: str = "") -> tuple[int, str]:
        assert command[0] in ("mount", "sync")
        return 0, ""


def test_what_cannot_be_on_the_card_is_not_written_into_memory(tmp_path: Path) -> None:
    machine = Lenient(tmp_path)
    machine.card.mkdir(parents=True)
    assert machine.on_card(lambda: (machine.card / "CODIGO.txt").write_bytes(b"x") and None) is not None
    assert list(machine.card.iterdir()) == []
    assert "no se puede escribir" in trouble(machine)


def test_two_steps_write_the_card_one_after_the_other(tmp_path: Path) -> None:
    class Counting(Lenient):
        inside = most = 0

        def has_card(self) -> bool:
            return True

        def run(self, *command: str, ok: tuple[int, ...] = (0,), text: str = "") -> tuple[int, str]:
            self.inside += {"remount,rw": 1, "remount,ro": -1}.get(command[2], 0)
            self.most = max(self.most, self.inside)
            return super().run(*command, ok=ok, text=text)

    machine = Counting(tmp_path)
    machine.firmware.mkdir(parents=True)
    with ThreadPoolExecutor(4) as pool:
        said = list(pool.map(lambda _: machine.on_card(os.sched_yield), range(40)))
    assert (set(said), machine.inside, machine.most) == ({None}, 0, 1)


def test_of_many_steps_that_fail_at_once_each_is_told(board: Board) -> None:
    names = [f"step{number}" for number in range(24)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: board.trouble(name, words.NO_DISK), names))
    assert sorted(board.noted("trouble")) == sorted(names)


def test_what_people_find_on_a_new_card_is_what_the_steps_look_for() -> None:
    shipped = {path.name for path in SHIPPED.iterdir()}
    assert {f"NO-{data.WIPE}", f"NO-{recover.REQUEST}", "ajustes.txt"} <= shipped


def test_settings_that_the_card_has_spoilt_are_none(board: Board) -> None:
    wishes(board)
    for text in ("[]", '"x"', "{"):
        (board.system / "settings.json").write_text(text)
        assert [steps.run(board, name) for name in ("identity", "wishes", "identity")] == [0, 0, 0]
