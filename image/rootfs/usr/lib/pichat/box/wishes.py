"""Step `wishes`: what the boot partition asks for goes to the data partition, and the answer back beside it.

The boot partition is written only when something on it must change, and for milliseconds.
"""

import json
from pathlib import Path

from box import imager, settings_file, words
from box.data import WIPE, WIPED, wipe_mark
from box.machine import UNFINISHED, Machine, overwrite, replace
from box.settings_file import KEPT, Wishes
from box.words import Said, StepError

SETTINGS = "ajustes.txt"
ANSWER = "RESPUESTA.txt"
OF_A_NETWORK = ("wifi_clave", "wifi_oculta")  # never of one network and another


def wishes(machine: Machine) -> None:
    """Settings from ajustes.txt over those from Raspberry Pi Imager; requests that are done are put away."""
    if not machine.mounted():
        raise StepError(words.NOT_MOUNTED)
    machine.system.mkdir(mode=0o700, exist_ok=True)
    for cut_short in machine.system.rglob(f"*{UNFINISHED}"):
        if cut_short.is_file():
            cut_short.unlink()
    try:
        read = asked(machine) if machine.has_card() else None
    except OSError as error:
        machine.say(f"wishes: {error}")
        read = None
    if read is None:
        machine.trouble("card", words.NO_CARD)
        return
    machine.note("settings", {"mistakes": [[said.es, said.en] for said in read.mistakes]})
    safe = keep(machine, read.values)
    told: list[Said] = []
    if (machine.noted("data") or {}).get("how") == "erased":
        told.append(words.ERASED)
        replace(machine.system / WIPED, wipe_mark(machine), 0o600)
    told.append(words.SETTINGS_BAD if read.mistakes else words.SETTINGS_GOOD)
    changes = blanked_files(machine, read.values) if safe else {}
    answer = answer_text(told, read.mistakes)
    if answer != content(machine.card / ANSWER):
        changes[machine.card / ANSWER] = answer
    if changes or machine.laid(WIPE):
        machine.on_card(lambda: write_card(machine, changes))
    if machine.laid(WIPE) is None:
        # The next request to erase everything is another one, though its file may be as old as this one's.
        (machine.system / WIPED).unlink(missing_ok=True)


def content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def asked(machine: Machine) -> Wishes:
    """Both sources in one, the Wi-Fi key put back where it was blanked. OSError: the card cannot be read."""
    zones = machine.root / "usr/share/zoneinfo"
    path = machine.laid(SETTINGS)
    # A file that is gone asks for nothing, and least of all for a box that nobody reaches any more.
    gone = Wishes(kept(machine), [words.NO_SETTINGS])
    read = settings_file.read(path.read_bytes(), zones) if path else gone
    own_network = "wifi_red" in read.values
    for key, value in imager.wishes(machine.firmware).items():
        if not settings_file.wrong(key, value, zones) and not (own_network and key in OF_A_NETWORK):
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
        found = json.loads((machine.system / "settings.json").read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def keep(machine: Machine, values: dict[str, str]) -> bool:
    """Whether the data partition has them. A full one keeps those of before, and the box starts."""
    try:
        if values != kept(machine):
            replace(machine.system / "settings.json", json.dumps(values, ensure_ascii=False), 0o600)
    except OSError as error:
        machine.trouble("settings", words.NOT_KEPT, str(error))
        return False
    return True


def blanked_files(machine: Machine, values: dict[str, str]) -> dict[Path, bytes]:
    """Files of the boot partition that still show a key, without it. One that is wrong stays to be mended."""
    changes = {}
    path = machine.laid(SETTINGS)
    if path and "wifi_clave" in values and (blank := settings_file.blanked(raw := content(path))) != raw:
        changes[path] = blank
    for name in imager.SECRETS:
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
    if request := machine.laid(WIPE):
        request.replace(machine.card / f"NO-{WIPE}")
    for path, raw in changes.items():
        overwrite(path, raw)
