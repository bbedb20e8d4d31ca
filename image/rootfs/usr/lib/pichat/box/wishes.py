"""Step `wishes`: what the boot partition asks for goes to the data partition, and the answer back beside it.

The boot partition is written only when something on it must change, and for milliseconds.
"""

import json
from pathlib import Path

from box import imager, settings_file, words
from box.data import WIPE, WIPED, wipe_mark
from box.machine import UNFINISHED, Machine, replace
from box.settings_file import KEPT, Wishes
from box.words import Said, StepError

SETTINGS = "ajustes.txt"
ANSWER = "RESPUESTA.txt"
IMAGER = ("network-config", "user-data", "rpi-preseed.toml")


def wishes(machine: Machine) -> None:
    """Settings from ajustes.txt over those from Raspberry Pi Imager; requests that are done are put away."""
    if not machine.mounted():
        raise StepError(words.NOT_MOUNTED)
    machine.system.mkdir(mode=0o700, exist_ok=True)
    for cut_short in machine.system.rglob(f"*{UNFINISHED}"):
        if cut_short.is_file():
            cut_short.unlink()
    read = asked(machine)
    machine.note("settings", {"mistakes": [[said.es, said.en] for said in read.mistakes]})
    keep(machine, read.values)
    told: list[Said] = []
    if (machine.noted("data") or {}).get("how") == "erased":
        told.append(words.ERASED)
        replace(machine.system / WIPED, wipe_mark(machine), 0o600)
    told.append(words.SETTINGS_BAD if read.mistakes else words.SETTINGS_GOOD)
    changes = blanked_files(machine)
    answer = answer_text(told, read.mistakes)
    if answer != content(machine.card / ANSWER):
        changes[machine.card / ANSWER] = answer
    if changes or (machine.card / WIPE).exists():
        with machine.writable_card() as writable:
            if writable:
                write_card(machine, changes)
            else:
                machine.trouble("card", words.CARD_READ_ONLY)


def content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def asked(machine: Machine) -> Wishes:
    """Both sources in one, the Wi-Fi key put back where it was blanked."""
    zones = machine.root / "usr/share/zoneinfo"
    read = settings_file.read(content(machine.card / SETTINGS), zones)
    from_imager = imager.wishes(machine.firmware)
    for key, value in from_imager.items():
        if not settings_file.wrong(key, value, zones):
            read.values.setdefault(key, value)
    if "pais" in read.values and words.NO_COUNTRY in read.mistakes:
        read.mistakes.remove(words.NO_COUNTRY)
    if read.values.get("wifi_clave") == KEPT:
        before = kept(machine)
        if before.get("wifi_clave") and before.get("wifi_red") == read.values.get("wifi_red"):
            read.values["wifi_clave"] = before["wifi_clave"]
        else:
            del read.values["wifi_clave"]
            read.mistakes.append(words.LOST_WIFI_KEY)
    return read


def kept(machine: Machine) -> dict[str, str]:
    """The settings of the data partition, as the last boot left them."""
    try:
        found: dict[str, str] = json.loads((machine.system / "settings.json").read_text())
    except (OSError, ValueError):
        return {}
    return found


def keep(machine: Machine, values: dict[str, str]) -> None:
    if values != kept(machine):
        replace(machine.system / "settings.json", json.dumps(values, ensure_ascii=False), 0o600)


def blanked_files(machine: Machine) -> dict[Path, bytes]:
    """Files of the boot partition that still show a key, without it."""
    changes = {}
    path = machine.card / SETTINGS
    if (raw := content(path)) and (blank := settings_file.blanked(raw)) != raw:
        changes[path] = blank
    for name in IMAGER:
        raw = content(machine.firmware / name)
        blank = imager.blanked(raw.decode("latin-1"), KEPT).encode("latin-1")
        if blank != raw:
            changes[machine.firmware / name] = blank
    return changes


def answer_text(told: list[Said], mistakes: list[Said]) -> bytes:
    """For Notepad too: CRLF, and a mark that says UTF-8."""
    spanish = [said.es for said in told] + [f"  - {said.es}" for said in mistakes]
    english = [said.en for said in told] + [f"  - {said.en}" for said in mistakes]
    return "\r\n".join([*spanish, "", *english, ""]).encode("utf-8-sig")


def write_card(machine: Machine, changes: dict[Path, bytes]) -> None:
    """FAT has no rename over a file that would survive a cut; a lost answer is written again next time."""
    for path, raw in changes.items():
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(raw)
    request = machine.card / WIPE
    if request.exists():
        request.replace(machine.card / f"NO-{WIPE}")
