"""Acceptable values: names that do not pretend, passwords that nobody guesses, texts that can be kept."""

import pytest

from appliance.base.errors import Code, Refusal
from appliance.domain import rules


@pytest.mark.parametrize(
    "name", ["ana", "José", "o.brien", "ana-2", "日本たろう", "иван", "Δημήτρης", "1ana", "admin", "हिन्दी"]
)
def test_user_names_of_any_script(name: str) -> None:
    assert rules.username(name) == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("a", "length"),
        ("x" * 33, "length"),
        ("a" * 1_000_000, "length"),
        ("", "length"),
        ("ana maria", "characters"),
        ("ana\u200bb", "characters"),
        ("ana\u202eb", "characters"),
        ("ana\x00b", "characters"),
        ("ana\ue000b", "characters"),
        ("ana\u3164b", "characters"),
        ("ana\ud800b", "characters"),
        ("ana/b", "characters"),
        ("<b>ana", "characters"),
        (".ana", "characters"),
        ("ana-", "characters"),
        ("🙂🙂", "characters"),
        ("a" + "\u0301" * 8, "characters"),
        ("pаypal", "mixed_scripts"),  # the second letter is Cyrillic
        ("ana.pаypal", "mixed_scripts"),
        ("PiChat", "reserved"),
        ("p.i.chat", "reserved"),
        ("sistema", "reserved"),
        ("root", "reserved"),
    ],
)
def test_user_names_that_pretend_or_hide(name: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.username(name)
    assert refused.value.code is Code.BAD_REQUEST
    assert refused.value.params == {"field": "username", "reason": reason}


def test_an_office_is_given_and_not_taken() -> None:
    assert rules.username("admin") == "admin"
    for name in ("admin", "Administrador", "moderador"):
        with pytest.raises(Refusal):
            rules.username(name, own_choice=True)


@pytest.mark.parametrize(
    ("one", "other"), [("Ana", "ANA"), ("ana", " ana "), ("ａｎａ", "ana"), ("José", "JOSE\u0301")]
)
def test_two_spellings_are_one_user(one: str, other: str) -> None:
    assert rules.username_key(one) == rules.username_key(other)


def test_a_key_is_made_of_anything_and_quickly() -> None:
    assert rules.username_key("\ud800") == "?"
    assert len(rules.username_key("\u0301\u0316" * 500_000)) <= rules.KEY_CHARS


@pytest.mark.parametrize(
    "name", ["Ana Pérez", "Иван Smith", "O'Neill-García", "👩\u200d💻 Ana", "1\ufe0f\u20e3 Ana", "李小龍"]
)
def test_names_of_people(name: str) -> None:
    assert rules.person_name(name) == name


def test_a_name_is_tidied() -> None:
    assert rules.person_name("  Ana \n  Pérez ") == "Ana Pérez"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "x" * 61,
        "Ana\u200b",
        "Ana\u202e",
        "Ana\ufe0f",
        "PiChat",
        "Sistema",
        "Anа",
        "\u2800",
        "\u0301",
    ],
)
def test_names_that_pretend_or_hide(name: str) -> None:
    with pytest.raises(Refusal):
        rules.person_name(name)


@pytest.mark.parametrize("password", ["el faro rojo 7", "xK9$mmQ2", "ñandú azul", "密码很长的密码一二"])
def test_passwords_of_any_composition(password: str) -> None:
    assert rules.password(password, minimum=8, about=("ana", "Ana Pérez")) == password


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("corta 7", "short"),
        ("x1" * 200, "long"),
        ("12345678", "common"),
        ("Password1!", "common"),
        ("contraseña", "common"),
        ("CONTRASEÑA2026", "common"),
        ("pichat2026!", "common"),
        ("aaaaaaaab", "common"),
        ("anaperez1", "name"),
        ("Ana Pérez 1", "name"),
        ("abcdefg\0h", "characters"),
    ],
)
def test_passwords_that_are_guessed_first(password: str, reason: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.password(password, minimum=8, about=("anaperez", "Ana Pérez"))
    assert refused.value.code is Code.WEAK_PASSWORD
    assert refused.value.params["reason"] == reason


def test_the_demonstration_passwords_are_on_the_list() -> None:
    for password in ("admin123", "cliente123", "usuario123"):
        with pytest.raises(Refusal):
            rules.password(password, minimum=8)


def test_a_message_keeps_its_lines_and_loses_its_controls() -> None:
    assert rules.message(" \n\n hola\r\nqué\ttal\x07 \n", 100) == "hola\nqué\ttal"
    assert rules.message("שלום \u200fhola", 100) == "שלום \u200fhola"


@pytest.mark.parametrize("text", ["", " \n ", "\u200b\u200b", "\x07", "a\0b", "\ud800"])
def test_messages_that_say_nothing_or_cannot_be_kept(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        rules.message(text, 100)
    assert refused.value.code is Code.BAD_REQUEST


def test_a_message_has_an_end() -> None:
    assert rules.message("x" * 100, 100)
    with pytest.raises(Refusal) as refused:
        rules.message("x" * 101, 100)
    assert refused.value.code is Code.TOO_LARGE


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("informe.pdf", "informe.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\foto.jpg", "foto.jpg"),
        ("..", "archivo"),
        ("", "archivo"),
        ("\0\x01nombre.txt", "nombre.txt"),
        ("con\u202egpj.exe", "congpj.exe"),
        (".bashrc", ".bashrc"),
        ("-rf", "-rf"),
        ("informe.pdf. ", "informe.pdf"),
        ("a/b/", "b"),
        ("\ud800x", "?x"),
        ("👩\u200d💻.png", "👩\u200d💻.png"),
    ],
)
def test_file_names_are_made_safe_and_not_refused(given: str, kept: str) -> None:
    assert rules.file_name(given) == kept


@pytest.mark.parametrize(
    "given", ["x" * 300 + ".pdf", "ñ" * 250 + ".pdf", "😀" * 200 + ".pdf", "x" * 100_000 + ".pdf"]
)
def test_a_long_file_name_keeps_its_ending(given: str) -> None:
    kept = rules.file_name(given)
    assert kept.endswith(".pdf")
    assert len(kept.encode()) <= rules.FILE_NAME_BYTES


@pytest.mark.parametrize("text", ["👍", "❤️", "❤", "👩🏽‍💻", "👨‍👩‍👧‍👦", "🏳️‍🌈", "🇪🇸", "3️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "☺"])
def test_one_emoji(text: str) -> None:
    assert rules.emoji(text) == text


NO_EMOJI = ("", "a", "3", "hola", "👍👍", "👍 ", "🇪", "🇪🇸🇪🇸", "<b>", "\u200d", "❤️\u200d", "👍" * 17)


@pytest.mark.parametrize("text", NO_EMOJI)
def test_what_is_not_one_emoji(text: str) -> None:
    with pytest.raises(Refusal):
        rules.emoji(text)
