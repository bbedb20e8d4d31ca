"""Which values are acceptable: names, passwords, texts. Pure: each returns the value to keep, or refuses."""

import re
import unicodedata
from functools import cache
from importlib import resources

from appliance.base.errors import Code, Refusal

USERNAME_CHARS = (2, 32)
# Of what was typed, this much is looked at: ordering a long run of accents takes quadratic time.
KEY_CHARS = 100
NAME_CHARS = (1, 60)
ROOM_NAME_CHARS = (1, 60)
ROOM_PASSWORD_MIN = 4
PASSWORD_CHARS_MAX = 256
PASSWORD_BYTES_MAX = 1024
FILE_NAME_BYTES = 240
FOLDER_BYTES, FOLDER_DEPTH = 500, 20
DESCRIPTION_CHARS = 1000
EMOJI_CHARS, EMOJI_BYTES = 16, 64
LANGUAGES = ("", "es", "en")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Words that the box itself speaks as: nobody is called so.
_SYSTEM_WORDS = _words(
    "pichat box sistema system root soporte support guest invitado anonimo anonymous todos everyone all "
    "aqui here me null none undefined deleted borrado servidor server nobody daemon"
)
# Offices: an administrator may give such a name, a stranger may not take it.
_OFFICES = _words(
    "admin administrador administradora administrator moderador moderadora moderator mod staff owner "
    "operador webmaster hostmaster security seguridad ayuda help info contacto"
)
# Letters, marks and symbols without a shape, which no category tells.
_UNSEEN = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")
_JOINER = "\u200d"
# As Unicode's technical standard 51 builds them (1.4.9), with the ranges that hold the pictures.
_PICTURE = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2900-\u297f"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001f3fa\U0001f400-\U0001faff]"
)
_ELEMENT = _PICTURE + "(?:\ufe0f|[\U0001f3fb-\U0001f3ff])?(?:[\U000e0020-\U000e007e]+\U000e007f)?"
_EMOJI = re.compile(
    f"{_ELEMENT}(?:\u200d{_ELEMENT})*|[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3|[\U0001f3fb-\U0001f3ff]"
)
_KEYCAP = "\u20e3"
_WORD_BREAK = re.compile(r"[\s._\-]+")
# Scripts that one word of one language mixes.
_TOGETHER = {"HIRAGANA": "CJK", "KATAKANA": "CJK", "KATAKANA-HIRAGANA": "CJK", "HANGUL": "CJK"}


def bad(field: str, reason: str) -> Refusal:
    """An unacceptable value: which field, and why in one word."""
    return Refusal(Code.BAD_REQUEST, field=field, reason=reason)


def username(text: str, *, own_choice: bool = False) -> str:
    """A sign-in name: letters, digits and `._-`. By `own_choice` of a stranger, offices are reserved too."""
    name = _normal(text[:KEY_CHARS])
    if not USERNAME_CHARS[0] <= len(name) <= USERNAME_CHARS[1]:
        raise bad("username", "length")
    if not all(c in "._-0123456789" or unicodedata.category(c)[0] in "LM" for c in name):
        raise bad("username", "characters")
    if not all(_shown(name, i) for i in range(len(name))):
        raise bad("username", "characters")
    if not (name[0].isalnum() and (name[-1].isalnum() or unicodedata.category(name[-1])[0] == "M")):
        raise bad("username", "characters")
    _one_script_per_word(name, "username")
    _not_reserved(name, "username", _SYSTEM_WORDS | _OFFICES if own_choice else _SYSTEM_WORDS)
    return name


def username_key(text: str) -> str:
    """What makes two sign-in names the same one. Never refuses: sign-in looks up whatever was typed."""
    typed = text[:KEY_CHARS].encode("utf-8", "replace").decode()
    return unicodedata.normalize("NFKC", _normal(typed).casefold())


def person_name(text: str) -> str:
    """A name as others see it: any script, one per word, no invisible characters."""
    name = _visible(text, "name", NAME_CHARS)
    _one_script_per_word(name, "name")
    _not_reserved(name, "name", _SYSTEM_WORDS)
    return name


def room_name(text: str) -> str:
    """A room's name: as a person's, but emoji and mixed scripts are welcome."""
    return _visible(text, "name", ROOM_NAME_CHARS)


def note(text: str) -> str:
    """One line about a snapshot, or none."""
    return _visible(text, "note", (1, 200)) if text.strip() else ""


def reason(text: str) -> str:
    """Why somebody is shown out or reported, in one line, or none."""
    return _visible(text, "reason", (1, 500)) if text.strip() else ""


def description(text: str) -> str:
    """What people say of a file: some lines, or nothing."""
    if len(text) > DESCRIPTION_CHARS:
        raise Refusal(Code.TOO_LARGE, field="description", maximum=DESCRIPTION_CHARS)
    return _without_controls(text).strip()


def room_password(text: str) -> str:
    """Said aloud at a table, and guarded by a limit on guesses: shorter than an account's may be."""
    if len(normal_password(text)) < ROOM_PASSWORD_MIN:
        raise Refusal(Code.WEAK_PASSWORD, reason="short", minimum=ROOM_PASSWORD_MIN)
    if len(text) > PASSWORD_CHARS_MAX or not _storable(text):
        raise Refusal(Code.WEAK_PASSWORD, reason="long", maximum=PASSWORD_CHARS_MAX)
    return text


def language(text: str) -> str:
    """`es`, `en`, or empty for "as the browser says"."""
    if text not in LANGUAGES:
        raise bad("language", "unknown")
    return text


def password(text: str, *, minimum: int, about: tuple[str, ...] = ()) -> str:
    """A new password: long enough, not a common one, not made of what is known `about` the person."""
    plain = normal_password(text)
    if len(plain) < minimum:
        raise Refusal(Code.WEAK_PASSWORD, reason="short", minimum=minimum)
    if len(text) > PASSWORD_CHARS_MAX or len(plain.encode("utf-8", "replace")) > PASSWORD_BYTES_MAX:
        raise Refusal(Code.WEAK_PASSWORD, reason="long", maximum=PASSWORD_CHARS_MAX)
    if not _storable(plain):
        raise Refusal(Code.WEAK_PASSWORD, reason="characters")
    folded = plain.casefold()
    if len(set(folded)) < 4 or _bare(folded) in common_passwords() or folded in common_passwords():
        raise Refusal(Code.WEAK_PASSWORD, reason="common")
    if any(known and _bare(folded) == _bare(known.casefold()) for known in about):
        raise Refusal(Code.WEAK_PASSWORD, reason="name")
    return text


def normal_password(text: str) -> str:
    """What is hashed: the same on keyboards that compose accents differently."""
    return unicodedata.normalize("NFKC", text[: PASSWORD_CHARS_MAX + 1])


@cache
def common_passwords() -> frozenset[str]:
    """The offline list, lower case, one a line."""
    text = resources.files("appliance.domain").joinpath("common_passwords.txt").read_text("utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def message(text: str, limit: int) -> str:
    """What somebody writes: line ends become `\\n`, other controls go, right-to-left marks stay."""
    if not text.isprintable():  # nearly every message is, and then there is nothing to take out
        text = _without_controls(text)
    kept = text.strip("\n\t ")
    if not kept or not any(c.isprintable() and not c.isspace() for c in kept):
        raise bad("body", "empty")
    if len(kept) > limit:
        raise Refusal(Code.TOO_LARGE, field="body", maximum=limit)
    return kept


def emoji(text: str) -> str:
    """One emoji, with its skin and joiners; words and letters are for messages."""
    if len(text) > EMOJI_CHARS or len(text.encode("utf-8", "replace")) > EMOJI_BYTES:
        raise bad("emoji", "length")
    if not _EMOJI.fullmatch(text):
        raise bad("emoji", "unknown")
    return text


def _without_controls(text: str) -> str:
    if not _storable(text):
        raise bad("body", "characters")
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) != "Cc")


def file_name(text: str) -> str:
    """A file's name for people, made safe rather than refused: no folders, nothing invisible, 240 bytes.

    No name reaches the file system; what it must survive is a list, a header and another person's disk.
    """
    last = text.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    if len(last) > FILE_NAME_BYTES + 20:
        last = last[:FILE_NAME_BYTES] + last[-20:]
    last = unicodedata.normalize("NFC", last.encode("utf-8", "replace").decode())
    clean = "".join(c for i, c in enumerate(last) if _shown(last, i)).strip()
    clean = clean.rstrip(". ")  # Windows drops them, and `..` would be left
    return _shortened(clean) if clean else "archivo"


def folder(text: str) -> str:
    """Where in a dropped folder a file lay, as `fotos/2024`; empty for none. What leads out is refused."""
    plain = text.replace("\\", "/").strip()
    parts = [part for part in plain.split("/") if part not in ("", ".")]
    if plain.startswith("/") or plain[1:2] == ":" or ".." in parts or "\0" in plain:
        raise bad("folder", "path")
    name = "/".join(file_name(part) for part in parts[: FOLDER_DEPTH + 1])
    if len(parts) > FOLDER_DEPTH or len(name.encode()) > FOLDER_BYTES:
        raise bad("folder", "length")
    return name


def _shortened(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    tail = dot + ending
    room = FILE_NAME_BYTES - len(tail.encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip() + tail


def _normal(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _visible(text: str, field: str, chars: tuple[int, int]) -> str:
    name = " ".join(unicodedata.normalize("NFC", text[: 4 * chars[1]]).split())
    if not chars[0] <= len(name) <= chars[1]:
        raise bad(field, "length")
    if not all(_shown(name, i) for i in range(len(name))):
        raise bad(field, "characters")
    if not any(unicodedata.category(c)[0] in "LNSP" for c in name):
        raise bad(field, "characters")
    return name


def _shown(text: str, i: int) -> bool:
    """Whether the character has a shape: no control, format, private, unassigned or lone surrogate.

    What joins or selects the parts of an emoji is kept there and nowhere else.
    """
    c = text[i]
    if c == _JOINER:
        return i > 0 and (_emoji(text[i - 1]) or _selector(text[i - 1])) and i + 1 < len(text)
    if _selector(c):
        return i > 0 and (_emoji(text[i - 1]) or text[i + 1 : i + 2] == _KEYCAP)
    kind = unicodedata.category(c)
    if kind == "Mn" and i >= 4 and all(unicodedata.category(before) == "Mn" for before in text[i - 4 : i]):
        return False  # a tower of accents covers its neighbours
    return _emoji(c) or (c not in _UNSEEN and kind[0] != "C" and kind not in ("Zl", "Zp"))


def _emoji(c: str) -> bool:
    """Their block by number too, for they are younger than Python's tables."""
    return "\U0001f000" <= c <= "\U0001faff" or (unicodedata.category(c) in ("So", "Sk") and c not in _UNSEEN)


def _selector(c: str) -> bool:
    return "\ufe00" <= c <= "\ufe0f"


def _storable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= c <= "\udfff" for c in text)


def _script(c: str) -> str:
    first = unicodedata.name(c, "UNKNOWN").split(" ")[0]
    return _TOGETHER.get(first, first)


def _one_script_per_word(name: str, field: str) -> None:
    for word in _WORD_BREAK.split(name):
        scripts = {_script(c) for c in word if unicodedata.category(c)[0] == "L"}
        if len(scripts - {"MODIFIER"}) > 1:
            raise bad(field, "mixed_scripts")


def _not_reserved(name: str, field: str, words: frozenset[str]) -> None:
    plain = unicodedata.normalize("NFKD", name.casefold())
    if "".join(c for c in plain if c.isalnum()) in words:
        raise bad(field, "reserved")


def _bare(text: str) -> str:
    """Without the digits and signs that people put around a word."""
    return text.strip("0123456789!.?*-_#$@ ") or text
