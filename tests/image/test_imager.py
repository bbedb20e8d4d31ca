"""What Raspberry Pi Imager leaves on the boot partition, in each of its forms, word for word."""

from pathlib import Path

import pytest
from box import imager
from box.settings_file import KEPT

PSK = "0123456789abcdef" * 4
HELPER = "/usr/lib/raspberrypi-sys-mods/imager_custom"
# Imager 2.0: the name of a network byte by byte where it is not ASCII.
CLOUD = """network:
  version: 2
  ethernets:
    eth0:
      dhcp4: true
      dhcp6: true
      optional: true
  wifis:
    wlan0:
      dhcp4: true
      regulatory-domain: "ES"
      access-points:
        "Caf\\xc3\\xa9: \\"a\\\\b\\"":
          hidden: true
          password: "{key}"
      optional: true
"""
OPEN = """network:
  version: 2
  wifis:
    wlan0:
      dhcp4: true
      access-points:
        "Plaza":
          auth:
            key-management: none
      optional: true
"""
# Imager 1.8: no country here, it is on the kernel's line.
OLD_CLOUD = """version: 2
wifis:
  renderer: networkd
  wlan0:
    dhcp4: true
    optional: true
    access-points:
      "Café":
        password: "{key}"
        hidden: true
"""
FIRSTRUN = """#!/bin/sh

set +e

CURRENT_HOSTNAME=$(cat /etc/hostname | tr -d " \\t\\n\\r")
if [ -f {helper} ]; then
   {helper} set_hostname aula
else
   echo aula >/etc/hostname
fi
if [ -f /usr/lib/userconf-pi/userconf ]; then
   /usr/lib/userconf-pi/userconf 'pi' '$y$j9T$hash'
else
   echo "$FIRSTUSER:$y$j9T$hash" | chpasswd -e
   echo "$FIRSTUSER:"'$5$hash' | chpasswd -e
fi
if [ -f {helper} ] && true; then
   {helper} set_wlan  -h 'O'"'"'Brien' '{key}' 'ES'
else
cat >/etc/wpa_supplicant/wpa_supplicant.conf <<'WPAEOF'
country=ES
network={{
\tscan_ssid=1
\tssid="O'Brien"
\tpsk={key}
}}
WPAEOF
fi
if [ -f {helper} ]; then
   {helper} set_keymap 'es'
   {helper} set_timezone 'Europe/Madrid'
fi
rm -f /boot/firstrun.sh
"""
TOML = """config_version = "1.0"

[system]
hostname = "aula"

[user]
name = "pi"
password = "$y$j9T$hash"
password_encrypted = true
groups = ["sudo"]

[wlan]
ssid = "Café \\"a\\""
password = "{key}"
password_encrypted = true
hidden = {hidden}
country = "ES"

[locale]
keymap = "es"
timezone = "Europe/Madrid"

[connect]
enabled = true
token = "secret-token"
"""


def test_what_imager_writes_is_understood(tmp_path: Path) -> None:
    (tmp_path / "user-data").write_text(
        "#cloud-config\nhostname: aula\nmanage_etc_hosts: true\ntimezone: Europe/Madrid\nusers:\n- name: pi\n"
        "  passwd: $5$secret\n"
    )
    (tmp_path / "network-config").write_text(
        'network:\n  version: 2\n  wifis:\n    wlan0:\n      dhcp4: true\n      regulatory-domain: "ES"\n'
        '      access-points:\n        "La red: de \\"casa\\"":\n          password: "0123456789abcdef"\n'
    )
    assert imager.wishes(tmp_path) == {
        "nombre": "aula",
        "zona_horaria": "Europe/Madrid",
        "pais": "ES",
        "wifi_red": 'La red: de "casa"',
        "wifi_clave": "0123456789abcdef",
    }
    assert "$5$secret" not in imager.blanked((tmp_path / "user-data").read_text(), KEPT)


def test_rpi_preseed_is_understood_and_a_broken_one_is_no_fault(tmp_path: Path) -> None:
    preseed = tmp_path / "rpi-preseed.toml"
    preseed.write_text(
        '[system]\nhostname = "aula"\n[wlan]\nssid = "casa"\npassword = "12345678"\ncountry = "ES"\n'
    )
    assert imager.wishes(tmp_path)["wifi_clave"] == "12345678"
    preseed.write_text("[system\nhostname")
    assert imager.wishes(tmp_path) == {}
    assert imager.wishes(tmp_path / "nowhere") == {}


def test_a_network_of_any_name_or_a_hidden_or_an_open_one(tmp_path: Path) -> None:
    network = tmp_path / "network-config"
    network.write_text(CLOUD.format(key=PSK))
    expected = {"wifi_red": 'Café: "a\\b"', "wifi_clave": PSK, "wifi_oculta": "si", "pais": "ES"}
    assert imager.wishes(tmp_path) == expected
    network.write_text(OPEN)
    (tmp_path / "cmdline.txt").write_text("ro boot=pichat cfg80211.ieee80211_regdom=MX ds=nocloud;i=x\n")
    assert imager.wishes(tmp_path) == {"wifi_red": "Plaza", "pais": "MX"}


def test_what_imager_1_writes_is_understood(tmp_path: Path) -> None:
    (tmp_path / "network-config").write_text(OLD_CLOUD.format(key=PSK))
    (tmp_path / "cmdline.txt").write_text("boot=pichat quiet cfg80211.ieee80211_regdom=ES")
    found = imager.wishes(tmp_path)
    assert found == {"wifi_red": "Café", "wifi_clave": PSK, "wifi_oculta": "si", "pais": "ES"}


def test_the_script_of_imager_is_read_and_never_run(tmp_path: Path) -> None:
    (tmp_path / "firstrun.sh").write_text(FIRSTRUN.format(key=PSK, helper=HELPER))
    assert imager.wishes(tmp_path) == {
        "nombre": "aula",
        "wifi_oculta": "si",
        "wifi_red": "O'Brien",
        "wifi_clave": PSK,
        "pais": "ES",
        "zona_horaria": "Europe/Madrid",
    }
    (tmp_path / "firstrun.sh").write_text(f"{HELPER} set_wlan 'open\n{HELPER} set_wlan 'Plaza' '' 'ES'\n")
    assert imager.wishes(tmp_path) == {"wifi_red": "Plaza", "pais": "ES"}


@pytest.mark.parametrize("name", ["rpi-preseed.toml", "custom.toml"])
def test_both_tables_are_understood(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(TOML.format(key=PSK, hidden="true"))
    found = imager.wishes(tmp_path)
    assert (found["wifi_red"], found["wifi_oculta"], found["pais"]) == ('Café "a"', "si", "ES")
    (tmp_path / name).write_text(TOML.format(key=PSK, hidden="false"))
    assert "wifi_oculta" not in imager.wishes(tmp_path)


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("network-config", CLOUD),
        ("network-config", OLD_CLOUD),
        ("rpi-preseed.toml", TOML.replace("{hidden}", "true")),
        ("firstrun.sh", FIRSTRUN.replace("{helper}", HELPER)),
    ],
)
def test_no_key_stays_and_all_else_is_understood_as_before(tmp_path: Path, form: str, text: str) -> None:
    path = tmp_path / form
    path.write_text(text.format(key=PSK))
    before = imager.wishes(tmp_path)
    blank = imager.blanked(path.read_text(), KEPT)
    assert not any(secret in blank for secret in (PSK, "hash", "secret-token"))
    assert imager.blanked(blank, KEPT) == blank
    path.write_text(blank)
    assert imager.wishes(tmp_path) == before | {"wifi_clave": KEPT}


def test_an_open_network_has_no_key_to_be_blanked() -> None:
    for text in (OPEN, f"{HELPER} set_wlan 'Plaza' '' 'ES'\n"):
        assert imager.blanked(text, KEPT) == text
