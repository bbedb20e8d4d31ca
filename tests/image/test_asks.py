"""What the service may wish of root, and what root makes of it: files in a folder, commands noted."""

import json
import os
import time
from pathlib import Path

import pytest
from box import asks, board, steps
from box.identity import identity
from box.wishes import wishes

from appliance.host.machine import Machine
from tests.image.boards import Board


class Obedient(Board):
    """Writes down what it was told instead of doing it."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.told: list[tuple[str, ...]] = []
        self.clocks: list[int] = []
        wishes(self)
        identity(self)
        self.page = Machine(self.run_dir)

    def run(self, *command: str, ok: tuple[int, ...] = (0,), text: str = "") -> tuple[int, str]:
        self.told.append(command)
        return 0, ""

    def set_clock(self, seconds: int) -> None:
        self.clocks.append(seconds)

    def left(self) -> list[str]:
        return sorted(path.name for path in (self.run_dir / "ask").iterdir())


@pytest.fixture
def obedient(tmp_path: Path) -> Obedient:
    return Obedient(tmp_path)


def test_a_boot_says_what_may_be_asked_for_and_the_page_can_ask(obedient: Obedient) -> None:
    assert {"power", "clock"} <= obedient.page.can()
    assert (obedient.run_dir / "ask").stat().st_mode & 0o777 == 0o700
    obedient.page.ask("power", {"action": "off"})
    assert steps.run(obedient, "ask") == 0
    assert obedient.told == [("systemctl", "--no-block", "poweroff")]
    assert obedient.left() == []
    steps.run(obedient, "ask")
    assert len(obedient.told) == 1


def test_power_is_the_last_of_many_wishes(obedient: Obedient) -> None:
    obedient.page.ask("power", {"action": "restart"})
    later = int(time.time()) + 86_400
    obedient.page.ask("clock", {"now": later * 1000})
    steps.run(obedient, "ask")
    assert obedient.clocks == [later]
    assert obedient.told == [("systemctl", "--no-block", "reboot")]


@pytest.mark.parametrize(
    "text",
    [
        '{"action": "off; rm -rf /"}',
        '{"action": ["off"]}',
        '["off"]',
        "{}",
        "null",
        "rubbish",
        '{"action": "off"' + " " * 20_000 + "}",
        "[" * 10_000,
    ],
)
def test_nothing_but_the_two_words_is_understood(obedient: Obedient, text: str) -> None:
    (obedient.run_dir / "ask/power").write_text(text)
    assert steps.run(obedient, "ask") == 0
    assert obedient.told == []
    assert obedient.left() == []


def test_root_follows_no_link_and_waits_for_no_pipe(obedient: Obedient) -> None:
    secret = obedient.root / "secret"
    secret.write_text('{"action": "off"}')
    folder = obedient.run_dir / "ask"
    (folder / "power").symlink_to(secret)
    os.mkfifo(folder / "clock")
    (folder / "shadow").write_text("{}")
    (folder / "nest").mkdir()
    (folder / "nest/away").symlink_to(obedient.root)
    assert steps.run(obedient, "ask") == 0
    assert obedient.told == []
    assert obedient.left() == []
    assert secret.exists()


def test_a_clock_goes_forward_where_the_network_does_not_tell_the_time(obedient: Obedient) -> None:
    def asked(seconds: float) -> list[int]:
        obedient.clocks.clear()
        obedient.page.ask("clock", {"now": int(seconds) * 1000})
        steps.run(obedient, "ask")
        return list(obedient.clocks)

    later = int(time.time()) + 86_400
    assert asked(later) == [later]
    assert asked(time.time() - 86_400) == []
    assert asked(5_000_000_000) == []
    for wrong in ('{"now": "x"}', '{"now": null}', '{"now": 1e999}'):
        (obedient.run_dir / "ask/clock").write_text(wrong)
        assert steps.run(obedient, "ask") == 0
    epoch = obedient.root / "usr/lib/clock-epoch"
    epoch.parent.mkdir(parents=True)
    epoch.touch()
    os.utime(epoch, (later + 10, later + 10))
    assert asked(later) == []
    assert asked(later + 20) == [later + 20]
    synchronized = obedient.root / "run/systemd/timesync/synchronized"
    synchronized.parent.mkdir(parents=True)
    synchronized.touch()
    assert asked(later + 40) == []


def test_what_ails_the_board_reaches_the_page(obedient: Obedient) -> None:
    board.tell(obedient)
    assert obedient.page.warnings() == []
    zone = obedient.root / "sys/class/thermal/thermal_zone0/temp"
    zone.parent.mkdir(parents=True)
    zone.write_text("90000\n")
    board.tell(obedient)
    assert obedient.page.warnings() == ["hot"]
    path = obedient.run_dir / "board/warnings.json"
    assert json.loads(path.read_text()) == ["hot"]
    before = path.stat().st_mtime_ns
    board.tell(obedient)
    assert path.stat().st_mtime_ns == before
    assert set(asks.WISHES) - {"update"} == obedient.page.can()


def test_a_wifi_of_the_page_is_joined_and_stays_until_the_card_says_another(obedient: Obedient) -> None:
    def boot() -> None:
        wishes(obedient)
        identity(obedient)

    obedient.settings("wifi_red = casa", "wifi_clave = muy secreta", "pais = ES")
    boot()
    assert obedient.page.noted("wifi") == {"ssid": "casa", "country": "ES", "key": True}
    obedient.told.clear()
    obedient.page.ask("wifi", {"id": "w1", "ssid": "Café", "country": "mx", "key": "otra clave"})
    assert steps.run(obedient, "ask") == 0
    assert "psk=otra clave" in obedient.connection()
    assert obedient.told[-1] == ("systemctl", "--no-block", "restart", "pichat-joining.service")
    assert obedient.noted("joining") == {"ssid": "Café", "state": "joining", "asked": "w1"}
    noted = (obedient.run_dir / "wifi.json").read_text()
    assert json.loads(noted) == {"ssid": "Café", "country": "MX", "key": True}
    assert "otra clave" not in noted
    assert (obedient.system / "wifi.json").stat().st_mode & 0o777 == 0o600
    boot()
    assert "psk=otra clave" in obedient.connection()
    obedient.page.ask("wifi", {"id": "w2", "ssid": "Café", "country": "ES", "key": None})
    steps.run(obedient, "ask")
    assert "psk=otra clave" in obedient.connection()
    obedient.page.ask("wifi", {"id": "w3", "ssid": "", "country": "ES", "key": None})
    steps.run(obedient, "ask")
    assert obedient.connection() == ""
    obedient.settings("wifi_red = huerto", "wifi_clave = muy secreta", "pais = ES")
    boot()
    assert "psk=muy secreta" in obedient.connection()


@pytest.mark.parametrize(
    "wish",
    [
        {"ssid": "x" * 33, "country": "ES", "key": "otra clave"},
        {"ssid": "a\nb", "country": "ES", "key": "otra clave"},
        {"ssid": "casa", "country": "E;", "key": "otra clave"},
        {"ssid": "casa", "country": "", "key": "otra clave"},
        {"ssid": "casa", "country": "ES", "key": "corta"},
        {"ssid": "casa", "country": "ES", "key": "a\nb=c d e f"},
        {"ssid": "casa", "country": "ES", "key": "(guardada)"},
        {"ssid": "casa", "country": "ES"},
        "casa",
    ],
)
def test_a_wifi_that_cannot_be_changes_nothing(obedient: Obedient, wish: object) -> None:
    wish = {"id": "w1", **wish} if isinstance(wish, dict) else wish
    (obedient.run_dir / "ask/wifi").write_text(json.dumps(wish))
    assert steps.run(obedient, "ask") == 0
    assert obedient.connection() == ""
    assert not (obedient.system / "wifi.json").exists()
