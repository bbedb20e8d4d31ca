"""Each step of the boot against a root of its own: real files, and the mounts answered for."""

import json
import os
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from box import answers, clock, code, health, led, safe, screen, steps
from box import board as box_board
from box.identity import identity
from box.machine import replace
from box.settings_file import KEPT
from box.wishes import wishes
from box.words import StepError

from tests.image.boards import Board

MOUNT = "60 25 179:3 / /var/lib/pichat {},nosuid,relatime shared:1 - ext4 /dev/mmcblk0p3 {}\n"


def test_a_first_boot_answers_once_and_then_leaves_the_card_alone(board: Board) -> None:
    wishes(board)
    assert "todo en orden" in board.answer()
    assert "all is well" in board.answer()
    wishes(board)
    assert board.written == 1


def test_a_wifi_key_moves_inside_and_stays_known(board: Board) -> None:
    board.settings("wifi_red = Café", "wifi_clave = muy secreta", "pais = ES")
    wishes(board)
    identity(board)
    assert KEPT in (board.card / "ajustes.txt").read_text()
    assert "muy secreta" not in (board.card / "ajustes.txt").read_text()
    assert "psk=muy secreta" in board.connection()
    assert (board.system / "settings.json").stat().st_mode & 0o777 == 0o600
    wishes(board)
    identity(board)
    assert "psk=muy secreta" in board.connection()


def test_a_kept_key_belongs_to_its_network_alone(board: Board) -> None:
    board.settings("wifi_red = casa", "wifi_clave = muy secreta", "pais = ES")
    wishes(board)
    board.settings("wifi_red = otra", f"wifi_clave = {KEPT}", "pais = ES")
    wishes(board)
    identity(board)
    assert "muy secreta" not in board.connection()
    assert "escríbela" in board.answer()


def test_a_mistake_is_answered_and_goes_when_it_is_mended(board: Board) -> None:
    board.settings("nombre = aula tres", "idioma = en")
    wishes(board)
    identity(board)
    assert "nombre" in board.answer()
    assert board.noted("identity")["name"] == "pichat"
    assert "PICHAT_LANGUAGE=en" in (board.run_dir / "service.env").read_text()
    board.settings("nombre = Aula-3", "zona_horaria = America/Mexico_City")
    wishes(board)
    identity(board)
    assert "todo en orden" in board.answer()
    assert board.noted("identity")["name"] == "aula-3"
    assert (board.run_dir / "hostname").read_text() == "aula-3\n"
    assert (board.run_dir / "localtime").readlink() == Path("/usr/share/zoneinfo/America/Mexico_City")


@pytest.mark.parametrize(
    ("line", "policy"),
    [
        ("tls =", "optional"),
        ("", "optional"),
        ("tls = No", "off"),
        ("tls = off", "off"),
        ("tls = Opcional", "optional"),
        ("tls = sí", "optional"),
        ("tls = OBLIGATORIO", "required"),
        ("tls = required", "required"),
        ("tls = a veces", "optional"),
    ],
)
def test_the_service_learns_whether_there_is_https(board: Board, line: str, policy: str) -> None:
    for asked, expected in (("tls = no", "off"), (line, policy)):
        board.settings(asked)
        wishes(board)
        identity(board)
        assert f"PICHAT_TLS={expected}\n" in (board.run_dir / "service.env").read_text()
        assert board.noted("identity")["tls"] == expected
        closed = (board.run_dir / "tls-off").exists()  # the condition of pichat-tls.socket
        assert closed is (expected == "off")


def test_imager_is_honoured_ajustes_comes_first_and_no_key_stays_readable(board: Board) -> None:
    (board.firmware / "user-data").write_text("hostname: imager\ntimezone: Europe/Madrid\n")
    (board.firmware / "network-config").write_text(
        'network:\n  wifis:\n    wlan0:\n      regulatory-domain: "MX"\n      access-points:\n'
        '        "red":\n          password: "clave de imager"\n'
    )
    board.settings("nombre = mio")
    wishes(board)
    identity(board)
    assert board.noted("identity")["name"] == "mio"
    assert "psk=clave de imager" in board.connection()
    assert "clave de imager" not in (board.firmware / "network-config").read_text()
    wishes(board)
    identity(board)
    assert "psk=clave de imager" in board.connection()


def test_without_a_country_the_radio_stays_off(board: Board) -> None:
    board.settings("wifi_red = casa", "wifi_clave = muy secreta")
    wishes(board)
    identity(board)
    assert board.connection() == ""
    assert "país" in board.answer()


def test_an_unmounted_data_partition_stops_every_step_that_needs_it(board: Board) -> None:
    board.is_mounted = False
    for name in ("wishes", "identity", "clock-save"):
        assert steps.run(board, name) == 1
    assert not board.system.exists()
    assert not board.data.exists()
    assert "no está montada" in board.noted("trouble")["wishes"]["es"]


def test_a_card_that_cannot_be_written_is_told_on_the_screen(board: Board) -> None:
    board.card_writable = False
    wishes(board)
    assert not (board.card / "RESPUESTA.txt").exists()
    assert "solo en pantalla" in board.noted("trouble")["card"]["es"]


def test_the_claim_code_lies_on_the_card_until_it_is_used(board: Board) -> None:
    board.data.mkdir()
    claim = board.data / "claim.txt"
    claim.write_text("ABCD-EFGH-JKMN\n")
    code.code(board)
    assert "ABCD-EFGH-JKMN" in (board.card / "CODIGO.txt").read_text("utf-8-sig")
    code.code(board)
    assert board.written == 1
    claim.unlink()
    code.code(board)
    assert not (board.card / "CODIGO.txt").exists()


def test_root_follows_no_link_that_the_service_lays(board: Board) -> None:
    board.data.mkdir()
    (board.root / "secret").write_text("ABCD-EFGH-JKMN")
    (board.data / "claim.txt").symlink_to(board.root / "secret")
    assert code.claim_code(board) == ""
    (board.data / "claim.txt").unlink()
    os.mkfifo(board.data / "claim.txt")
    assert code.claim_code(board) == ""


def test_the_clock_is_kept_and_never_goes_back(board: Board) -> None:
    wishes(board)
    clock.clock_save(board)
    kept = int((board.system / "clock").read_text())
    (board.system / "clock").write_text("1000")
    clock.clock(board)
    (board.system / "clock").write_text("rubbish")
    clock.clock(board)
    clock.clock_save(board)
    assert int((board.system / "clock").read_text()) >= kept


def test_the_safe_page_says_what_is_wrong_in_both_languages(board: Board) -> None:
    board.is_mounted = False
    steps.run(board, "identity")
    one = safe.server(board, 0)
    threading.Thread(target=one.serve_forever, daemon=True).start()
    try:
        with pytest.raises(urllib.error.HTTPError) as answer:
            urllib.request.urlopen(f"http://127.0.0.1:{one.server_address[1]}/any")
        body = answer.value.read().decode()
        answer.value.close()
        assert answer.value.code == 503
        assert "no está montada" in body
        assert "is not mounted" in body
        assert not answers.well(one.server_address[1])
    finally:
        one.shutdown()
        one.server_close()


def test_the_safe_page_does_not_say_that_nothing_was_erased_when_all_was(board: Board) -> None:
    assert "Nothing was erased" in safe.page(board).decode()
    board.note("data", {"how": "erased"})
    assert "erased" not in safe.page(board).decode()


def test_a_box_that_never_answers_is_a_trouble_in_words(board: Board) -> None:
    with pytest.raises(StepError):
        health.health(board, port=9, patience=0)


def test_two_steps_may_write_one_file_at_once_and_a_cut_leaves_no_litter(board: Board) -> None:
    path = board.system / "one.json"
    texts = {letter * 5000 for letter in "abcd"}
    with ThreadPoolExecutor(4) as pool:
        for _ in range(25):
            list(pool.map(lambda text: replace(path, text, 0o600), texts))
            assert path.read_text() in texts
    assert list(board.system.iterdir()) == [path]
    (board.system / "two.json.0badcafe.new").write_text("the power went h")
    assert steps.run(board, "wishes") == 0
    assert not list(board.system.glob("*.new"))
    with pytest.raises(UnicodeEncodeError):
        replace(path, "\ud800", 0o600)
    assert path.read_text() in texts
    assert not list(board.system.glob("*.new"))


def test_the_lamp_blinks_fast_when_a_step_fails_and_is_steady_when_all_is_well(board: Board) -> None:
    led.ready(board)  # a board without a lamp
    lamp = board.root / "sys/class/leds/ACT"
    lamp.mkdir(parents=True)
    (lamp / "trigger").write_text("mmc0")
    board.is_mounted = False
    assert steps.run(board, "identity") == 1
    assert [(lamp / name).read_text() for name in ("trigger", "delay_on")] == ["timer", led.BLINK]
    led.ready(board)
    assert [(lamp / name).read_text() for name in ("trigger", "brightness")] == ["none", "255"]


def test_a_program_that_is_not_there_ends_a_step_only_where_it_may_not_fail(board: Board) -> None:
    assert board.run("pichat-no-such-program", ok=tuple(range(256))) == (127, "")
    with pytest.raises(StepError, match="No such file"):
        board.run("pichat-no-such-program")
    assert board.run("printf", r"\351") == (0, "\ufffd")


def test_what_nobody_foresaw_is_written_down_too(board: Board) -> None:
    (board.mount / "system").write_text("a file where a folder belongs")
    assert steps.run(board, "wishes") == 1
    assert json.loads((board.run_dir / "trouble.json").read_text())["wishes"]["detail"]


def test_the_screen_waits_for_pichat_then_says_where_it_is_and_what_is_wrong(board: Board) -> None:
    board.data.mkdir()
    (board.data / "claim.txt").write_text("ABCD-EFGH-JKMN\n")
    board.settings("nombre = aula tres", "idioma = en")
    wishes(board)
    identity(board)
    board.note("root", {"overlay": False})
    text = board.screen()
    assert "Starting" in text
    assert "Code to claim the box:  ABCD-EFGH-JKMN" in text
    assert "read-only" in text
    assert "! ajustes.txt: nombre (host name)" in text
    assert screen.page(board)[1] == ""
    assert screen.picture("") == []


def test_the_screen_sends_nobody_to_the_boxs_own_loop() -> None:
    assert screen.reachable({"urls": ["http://127.0.0.1"]}) == []
    assert screen.reachable({"urls": ["http://10.0.0.7", "http://[fd00::7]"]}) == [
        "http://10.0.0.7",
        "http://[fd00::7]",
    ]


def test_consoles_that_are_a_cable_are_told_from_the_screen(board: Board) -> None:
    active = board.root / "sys/class/tty/console/active"
    active.parent.mkdir(parents=True)
    active.write_text("tty1 ttyAMA0 ttyS1\n")
    assert [path.name for path in screen.serial_consoles(board)] == ["ttyAMA0", "ttyS1"]
    screen.write([board.root / "nowhere"], "x")


def test_voltage_heat_and_a_failing_card_are_told_in_words(board: Board) -> None:
    assert box_board.warnings(board) == []
    for name, text in {
        "sys/class/hwmon/hwmon1/name": "rpi_volt\n",
        "sys/class/hwmon/hwmon1/in0_lcrit_alarm": "1\n",
        "sys/class/thermal/thermal_zone0/temp": "81500\n",
        "proc/self/mountinfo": MOUNT.format("rw", "ro,errors=remount-ro"),
    }.items():
        path = board.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    text = board.screen()
    assert "poca tensión" in text
    assert "muy caliente" in text
    assert "La tarjeta ya no admite" in text
    (board.root / "proc/self/mountinfo").write_text(MOUNT.format("ro", "rw,errors=remount-ro"))
    assert len(box_board.warnings(board)) == 2
