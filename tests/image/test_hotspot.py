"""The box's own Wi-Fi: only when there is no other way in, with the same name and key at each boot."""

import configparser

import pytest
from box import code, hotspot, steps

from tests.image.radio import Radio


def test_without_a_cable_it_opens_a_wifi_and_says_name_and_key(radio: Radio) -> None:
    hotspot.hotspot(radio, patience=0, pause=0)
    found = configparser.RawConfigParser(delimiters=("=",))
    found.read_string(radio.keyfile.read_text())
    name, key = found["wifi"]["ssid"], found["wifi-security"]["psk"]
    assert found["wifi"]["mode"] == "ap"
    assert radio.keyfile.stat().st_mode & 0o777 == 0o600
    assert len(key) == 12
    assert any("connection up pichat-hotspot" in command for command in radio.commands)
    assert any("wlan0 udp dport { 53, 67 }" in command for command in radio.commands)
    told = (radio.card / "CODIGO.txt").read_text("utf-8-sig")
    assert name in told
    assert key in told
    assert (radio.run_dir / "hotspot.json").stat().st_mode & 0o007 == 0
    assert f"{name}   clave: {key}" in radio.screen()
    radio.data.mkdir()
    (radio.data / "claim.txt").write_text("ABCD-EFGH-JKMN\n")
    code.code(radio)
    assert "ABCD-EFGH-JKMN" in (radio.card / "CODIGO.txt").read_text("utf-8-sig")
    assert hotspot.credentials(radio) == (name, key)


def test_two_boxes_have_nothing_in_common(radio: Radio, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = Radio(tmp_path_factory.mktemp("other"))
    first, second = hotspot.credentials(radio), hotspot.credentials(other)
    assert first[0] != second[0]
    assert first[1] != second[1]


@pytest.mark.parametrize("name", ["eth0", "wlan0"])
def test_with_a_cable_or_a_wifi_that_was_joined_there_is_none(radio: Radio, name: str) -> None:
    radio.link(name, "up")
    hotspot.hotspot(radio, patience=0, pause=0)
    assert radio.commands == []
    assert not radio.keyfile.exists()


def test_a_board_without_a_radio_and_one_without_its_data(radio: Radio) -> None:
    (radio.root / "sys/class/net/wlan0/phy80211").rmdir()
    hotspot.hotspot(radio, patience=0, pause=0)
    assert radio.commands == []
    radio.is_mounted = False
    assert steps.run(radio, "hotspot") == 1


def test_a_network_card_that_is_pulled_out_meanwhile_is_none(radio: Radio) -> None:
    gone = radio.root / "sys/class/net/eth0/operstate"
    gone.unlink()
    gone.mkdir()  # what was listed a moment ago cannot be read
    hotspot.hotspot(radio, patience=0, pause=0)
    assert radio.keyfile.exists()
