"""A Wi-Fi that could not be joined: why, on the screen and for the page, and the box's own in its place."""

import json

import pytest
from box import hotspot, steps
from box.identity import identity
from box.joining import joining
from box.wifi import keyfile
from box.wishes import wishes

from tests.image.radio import Radio

FAILED = "Error: Connection activation failed: "
ABSENT = (4, f"{FAILED}The Wi-Fi network could not be found")
WRONG = (4, f"{FAILED}Secrets were required, but not provided.\nHint: use journalctl\n")


@pytest.fixture
def home(radio: Radio) -> Radio:
    """With a Wi-Fi in its settings."""
    radio.settings("wifi_red = casa", "wifi_clave = muy secreta", "pais = ES")
    wishes(radio)
    identity(radio)
    radio.commands.clear()
    return radio


def state(radio: Radio) -> str:
    return str(radio.noted("joining")["state"])


def shown(radio: Radio) -> str:
    return radio.screen()


def test_a_wifi_that_is_joined_is_left_alone(home: Radio) -> None:
    home.link("wlan0", "up")
    joining(home, patience=5, watch=0, pause=0)
    assert (state(home), home.commands) == ("joined", [])
    assert "Wi-Fi" not in shown(home)


@pytest.mark.parametrize(
    ("answer", "expected", "words"),
    [
        (WRONG, "key", "La clave de la Wi-Fi «casa» no es esa"),
        (ABSENT, "absent", "«casa» no se encuentra"),
        ((10, f"{FAILED}802.1X supplicant took too long"), "failed", "No se pudo entrar en la Wi-Fi «casa»"),
        ((3, "Error: Timeout expired (60 seconds)"), "failed", "No se pudo entrar"),
    ],
)
def test_why_a_wifi_was_not_joined_is_said(
    home: Radio, answer: tuple[int, str], expected: str, words: str
) -> None:
    home.answers = [answer] * (2 if expected == "absent" else 1)
    joining(home, patience=0, watch=0, pause=0)
    assert home.commands[0] == "nmcli --wait 60 connection up pichat-wifi"
    assert home.answers == []
    assert state(home) == expected
    assert "hidden" not in home.connection()
    assert words in shown(home)
    assert "muy secreta" not in json.dumps(home.noted("joining"))


def test_a_network_that_does_not_show_its_name_is_called_by_it(home: Radio) -> None:
    home.answers = [ABSENT, (0, "Connection successfully activated")]
    joining(home, patience=0, watch=0, pause=0)
    assert state(home) == "joined"
    assert "hidden=true" in home.connection()
    home.answers = [ABSENT, WRONG]
    joining(home, patience=0, watch=0, pause=0)
    assert state(home) == "key"


def test_one_that_is_said_to_be_hidden_is_called_at_once(home: Radio) -> None:
    home.settings("wifi_red = casa", "wifi_clave = muy secreta", "pais = ES", "wifi_oculta = SÍ")
    wishes(home)
    identity(home)
    assert "hidden=true" in home.connection()
    home.answers = [ABSENT]
    joining(home, patience=0, watch=0, pause=0)
    assert (state(home), home.answers) == ("absent", [])
    assert "hidden=true" in home.connection()


def test_a_router_that_comes_later_is_joined_later(home: Radio) -> None:
    class Later(Radio):
        def heard(self, *command: str) -> tuple[int, str]:
            self.link("wlan0", "up")
            return ABSENT

    home.__class__ = Later
    joining(home, patience=0, watch=5, pause=0)
    assert state(home) == "joined"


def test_with_a_wrong_key_the_boxs_own_wifi_need_not_wait_for_the_router(home: Radio) -> None:
    home.answers = [WRONG]
    joining(home, patience=0, watch=0, pause=0)
    hotspot.hotspot(home, patience=600, pause=0)
    assert home.noted("hotspot") is not None


def test_who_is_on_the_boxs_own_wifi_and_mistypes_a_key_gets_it_back(home: Radio) -> None:
    hotspot.hotspot(home, patience=0, pause=0)
    home.link("wlan0", "up")
    home.commands.clear()
    home.answers = [WRONG, (0, "")]
    joining(home, patience=0, watch=0, pause=0)
    assert home.commands[-1] == "nmcli --wait 60 connection up pichat-hotspot"
    assert state(home) == "key"
    assert "Wi-Fi de la caja" in shown(home)
    home.answers = [(0, "Connection successfully activated")]
    joining(home, patience=0, watch=0, pause=0)
    assert (state(home), home.noted("hotspot")) == ("joined", None)
    assert "Wi-Fi de la caja" not in shown(home)


def test_a_board_without_a_radio_or_without_a_wish(home: Radio) -> None:
    (home.root / "sys/class/net/wlan0/phy80211").rmdir()
    assert steps.run(home, "joining") == 0
    assert state(home) == "no_radio"
    assert "Esta placa no tiene Wi-Fi" in shown(home)
    home.settings()
    wishes(home)
    assert steps.run(home, "joining") == 0
    assert (state(home), home.commands) == ("", [])


@pytest.mark.parametrize("name", ["x=y", "[wifi]", "a;b\\", "\u200bñ"])
def test_no_name_of_a_network_breaks_out_of_its_line(name: str) -> None:
    lines = keyfile(name, "key=with=signs").splitlines()
    assert [line for line in lines if line.startswith("[")] == [
        "[connection]",
        "[wifi]",
        "[wifi-security]",
        "[ipv4]",
        "[ipv6]",
    ]
    [ssid] = [line for line in lines if line.startswith("ssid=")]
    assert bytes(int(byte) for byte in ssid.removeprefix("ssid=").split(";")[:-1]).decode() == name


@pytest.mark.parametrize(
    ("key", "line"),
    [
        (r"back\slash\n", r"psk=back\\slash\\n"),
        ("  ends with spaces ", r"psk=\s ends with spaces\s"),
        ('semi;colon "quoted"', 'psk=semi;colon "quoted"'),
        ("contraseña", "psk=contraseña"),
    ],
)
def test_networkmanager_reads_the_key_that_was_written(key: str, line: str) -> None:
    """As its GLib reads it: a backslash begins another letter, and a line has no spaces at its ends."""
    assert line in keyfile("casa", key).splitlines()
