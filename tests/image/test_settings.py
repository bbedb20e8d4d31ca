"""ajustes.txt and Imager's files, as people and programs write them: what counts and what is answered."""

from pathlib import Path

import pytest
from box import imager, settings_file
from box.settings_file import KEPT

CARD = Path(__file__).parents[2] / "image/bootfs/pichat/ajustes.txt"
ZONES = Path("/usr/share/zoneinfo")


def read(text: str, codec: str = "utf-8") -> settings_file.Wishes:
    return settings_file.read(text.encode(codec), ZONES)


def test_the_file_that_is_shipped_has_no_mistakes_and_asks_for_nothing_but_a_name() -> None:
    wishes = settings_file.read(CARD.read_bytes(), ZONES)
    assert wishes.mistakes == []
    assert wishes.values == {"nombre": "pichat"}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_editor_may_have_saved_it(codec: str, end: str) -> None:
    text = end.join(
        ["# país, señal", "NOMBRE = Aula-3", 'wifi_red = "Café Ñandú"', "wifi_clave=con espacios y = signo"]
    )
    wishes = read(text + end + "pais = es" + end, codec)
    assert wishes.mistakes == []
    assert wishes.values["nombre"] == "Aula-3"
    assert wishes.values["wifi_red"] == "Café Ñandú"
    assert wishes.values["wifi_clave"] == "con espacios y = signo"


@pytest.mark.parametrize(
    ("line", "es", "en"),
    [
        ("nombre aula", "línea 1: falta el signo =", "line 1: there is no = sign"),
        ("nonbre = aula", "¿quiso decir «nombre»?", "did you mean “nombre”?"),
        ("nombre = aula tres", "nombre:", "host name"),
        ("nombre = -aula", "nombre:", "host name"),
        ("pais = España", "pais:", "country"),
        ("idioma = fr", "idioma:", "language"),
        ("tls = quizás", "no, opcional u obligatorio", "off, optional or required"),
        ("zona_horaria = Madrid", "zona_horaria:", "time zone"),
        ("zona_horaria = ../../etc/passwd", "zona_horaria:", "time zone"),
        ("wifi_clave = corta", "wifi_clave:", "Wi-Fi key"),
        ("wifi_red = " + "x" * 33, "wifi_red:", "Wi-Fi name"),
    ],
)
def test_each_mistake_is_answered_in_both_languages_and_the_rest_counts(line: str, es: str, en: str) -> None:
    wishes = read(line + "\nidioma = en\n" if "idioma" not in line else line + "\nnombre = aula\n")
    assert es in wishes.mistakes[0].es
    assert en in wishes.mistakes[0].en
    assert len(wishes.mistakes) == 1
    assert len(wishes.values) == 1


def test_a_setting_that_is_there_twice_and_wifi_without_a_country_are_told() -> None:
    wishes = read("nombre = a\nnombre = b\nwifi_red = casa\n")
    assert wishes.values["nombre"] == "a"
    assert ["dos veces" in said.es or "país" in said.es for said in wishes.mistakes] == [True, True]


@pytest.mark.parametrize("raw", [b"", b"\0" * 5000, bytes(range(256)) * 400, b"=\n=\n = =\n", b"\xff\xfe\0"])
def test_rubbish_is_no_fault(raw: bytes) -> None:
    settings_file.read(raw, ZONES)


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_a_key_is_blanked_and_every_other_byte_stays(codec: str) -> None:
    text = "# señal\r\nwifi_red = casa\r\nwifi_clave = muy secreta\r\nidioma = es\r\n"
    blank = settings_file.blanked(text.encode(codec))
    assert blank.decode(codec) == text.replace("muy secreta", KEPT)
    assert settings_file.blanked(blank) == blank


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
    assert "0123456789abcdef" not in imager.blanked((tmp_path / "network-config").read_text(), KEPT)
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
