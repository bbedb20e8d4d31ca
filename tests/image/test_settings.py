"""ajustes.txt as people and editors write it: what counts and what is answered."""

from pathlib import Path

import pytest
from box import settings_file
from box.settings_file import KEPT

CARD = Path(__file__).parents[2] / "image/bootfs/pichat/ajustes.txt"
ZONES = Path("/usr/share/zoneinfo")


def read(text: str, codec: str = "utf-8") -> settings_file.Wishes:
    return settings_file.read(text.encode(codec), ZONES)


def test_the_file_that_is_shipped_has_no_mistakes_and_asks_for_nothing() -> None:
    """What it named would hold over what Raspberry Pi Imager was told."""
    wishes = settings_file.read(CARD.read_bytes(), ZONES)
    assert (wishes.mistakes, wishes.values) == ([], {})
    text = CARD.read_text()
    assert [key for key in settings_file.KEYS if f"\n{key} =\n" not in text] == []


def test_what_people_open_on_the_card_has_lines_also_in_an_old_notepad() -> None:
    for path in CARD.parent.iterdir():
        raw = path.read_bytes()
        assert raw.count(b"\r\n") == raw.count(b"\n") > 2, path.name


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
        ("nombre = localhost", "nombre:", "host name"),
        ("pais = España", "pais:", "country"),
        ("idioma = fr", "idioma:", "language"),
        ("tls = quizás", "no, opcional u obligatorio", "off, optional or required"),
        ("zona_horaria = Madrid", "zona_horaria:", "time zone"),
        ("zona_horaria = ../../etc/passwd", "zona_horaria:", "time zone"),
        ("zona_horaria = Europe/" + "x" * 300, "zona_horaria:", "time zone"),
        ("zona_horaria = Europe/\0Madrid", "zona_horaria:", "time zone"),
        ("wifi_clave = corta", "wifi_clave:", "Wi-Fi key"),
        ("wifi_clave = " + "ñ" * 32, "wifi_clave:", "Wi-Fi key"),
        ("wifi_red = " + "x" * 33, "wifi_red:", "Wi-Fi name"),
        ("wifi_red = " + "ñ" * 17, "wifi_red:", "Wi-Fi name"),
        ("wifi_red = a\x07b", "wifi_red:", "Wi-Fi name"),
        ("wifi_oculta = quizás", "wifi_oculta:", "hidden"),
        ("\x1b[2Jx = 1", "«?[2jx» no es un ajuste", "“?[2jx” is no setting"),
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


RUBBISH = (
    *(b"", b"\0" * 5000, bytes(range(256)) * 400, b"=\n=\n = =\n", b"\xff" * 99_999, b"a=\r" * 50_000),
    *(b"\xff\xfe\0", b"\xff\xfew\0i", b"\xfe\xff\xd8\0", b"\xff\xfe" + b"\x0a" * 70_001),
)


@pytest.mark.parametrize("raw", RUBBISH, ids=range(len(RUBBISH)))
def test_rubbish_is_no_fault_stays_as_it_is_and_is_told_in_a_few_lines(raw: bytes) -> None:
    assert len(settings_file.read(raw, ZONES).mistakes) <= settings_file.MOST + 3
    assert settings_file.blanked(raw) == raw


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("key", ["muy secreta", "ÅngströmÅ1", '"  con espacios  "'])
def test_a_key_is_blanked_and_every_other_byte_stays(codec: str, end: str, key: str) -> None:
    """Å holds, in UTF-8, a byte that Python takes for the end of a line of Latin-1."""
    text = end.join(["# señal", "wifi_red = casa", f"wifi_clave = {key}", "idioma = es", ""])
    mark = "\ufeff" if codec == "utf-16-be" else ""
    blank = settings_file.blanked((mark + text).encode(codec))
    assert blank == (mark + text.replace(key, KEPT)).encode(codec)
    assert settings_file.blanked(blank) == blank


def test_of_a_very_long_file_the_beginning_counts_and_what_was_not_read_is_not_blanked() -> None:
    head = "wifi_clave = muy secreta\n"
    rest = ("# " + "x" * 97 + "\n") * 100_000
    wishes = read(head + rest + "wifi_red = casa\nwifi_clave = otra clave\n")
    assert wishes.values == {"wifi_clave": "muy secreta"}
    assert "el principio" in wishes.mistakes[-1].es
    blank = settings_file.blanked((head + rest + "wifi_clave = otra clave\n").encode())
    assert blank == (head.replace("muy secreta", KEPT) + rest + "wifi_clave = otra clave\n").encode()


def test_lines_that_nobody_understands_are_counted_not_listed() -> None:
    wishes = read("hola\n" * 40 + "idioma = en\n")
    assert len(wishes.mistakes) == settings_file.MOST + 1
    assert "28 líneas más" in wishes.mistakes[-1].es
    assert wishes.values == {"idioma": "en"}


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("europe/madrid", "Europe/Madrid"),
        ("AMERICA/MEXICO CITY", "America/Mexico_City"),
        ("America/Argentina/buenos_aires", "America/Argentina/Buenos_Aires"),
        ("Etc/GMT+3", "Etc/GMT+3"),
    ],
)
def test_a_time_zone_may_be_written_in_any_case(said: str, zone: str) -> None:
    assert read(f"zona_horaria = {said}\n").values == {"zona_horaria": zone}


@pytest.mark.parametrize(
    "key", ["contraseña", "12345678", "a" * 63, "F" * 64, r"b\arra; \"y' #más", "ñ" * 31, "👍👍"]
)
def test_any_key_that_a_router_takes_is_one(key: str) -> None:
    assert read(f"wifi_clave = {key}\n").values == {"wifi_clave": key}


@pytest.mark.parametrize("name", ["👨\u200d👩\u200d👧 casa", "iPhone\u00a0de\u00a0José", "x" * 32])
def test_any_name_of_a_network_is_one(name: str) -> None:
    assert read(f"wifi_red = {name}\npais = es\n").values["wifi_red"] == name
