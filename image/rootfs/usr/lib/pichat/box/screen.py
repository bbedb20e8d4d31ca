"""Step `screen`: the calm page on HDMI, and the same in lines on a serial console. Shows, never asks."""

import contextlib
import json
import os
import socket
import sys
import time
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from box import board, console, joining
from box.answers import asked, fingerprint
from box.code import claim_code
from box.machine import Machine
from box.paper import BRIGHT, WARNING, Part, laid

SECONDS = 5
SCREEN = "dev/tty1"
_PRODUCT = "/opt/pichat/lib"
WORDS = {
    "es": {
        "wait": "Arrancando…",
        "failed": "PiChat no puede arrancar. No se ha borrado nada.",
        "open": "Abre una de estas direcciones en el móvil o el ordenador:",
        "no_network": "Sin red todavía: conecta el cable o pon tu Wi-Fi en pichat/ajustes.txt",
        "hotspot": "Wi-Fi de la caja: {name}   clave: {key}",
        "code": "Código para reclamar la caja",
        "well": "Todo en orden (arranque: {seconds} s)",
        "root": "Sistema protegido",
        "root_ro": "Sistema en solo lectura, sin capa en memoria",
        "saved": "Estable: generación {generation}, {day} {time}",
        "unsaved": "Todavía no hay nada guardado como estable: al reiniciar se pierde todo lo escrito",
        "online": "Personas conectadas: {online}",
        "days": "lunes martes miércoles jueves viernes sábado domingo",
        "print": "Huella del certificado (https), para comparar:",
        "secrets": "Di el código solo a quien deba administrar la caja.",
    },
    "en": {
        "wait": "Starting…",
        "failed": "PiChat cannot start. Nothing was erased.",
        "open": "Open one of these addresses on a phone or computer:",
        "no_network": "No network yet: plug in the cable, or put your Wi-Fi in pichat/ajustes.txt",
        "hotspot": "The box's own Wi-Fi: {name}   key: {key}",
        "code": "Code to claim the box",
        "well": "All is well (start: {seconds} s)",
        "root": "System protected",
        "root_ro": "System read-only, without its layer in memory",
        "saved": "Stable: generation {generation}, {day} {time}",
        "unsaved": "Nothing is saved as stable yet: a reboot loses everything that was written",
        "online": "People online: {online}",
        "days": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "print": "Fingerprint of the certificate (https), to compare:",
        "secrets": "Tell the code only to whoever is to administer the box.",
    },
}


def screen(machine: Machine) -> None:
    """Draws all of it again and again, which nobody sees: so what others wrote over it does not stay."""
    shown: list[str] = []
    serial = serial_consoles(machine)
    while True:
        parts, address = page(machine)
        console.show(machine.root / SCREEN, partial(laid, parts, picture(address)))
        news = [line for line in lines(parts) if line not in shown]
        write(serial, "".join(f"PICHAT {line}\r\n" for line in news))
        shown = lines(parts)
        board.tell(machine)
        time.sleep(SECONDS)


def lines(parts: list[Part]) -> list[str]:
    return [line for part in parts for line in part.lines]


def page(machine: Machine) -> tuple[list[Part], str]:
    """What is to be seen, the first part uppermost, and the address that the picture leads to."""
    say = WORDS[language(machine)]
    info = asked("/api/network-info")
    urls = reachable(info)
    parts = [Part(("PiChat",), colour=BRIGHT), *where(machine, info, urls, say)]
    if own := machine.noted("hotspot"):
        parts.append(Part((say["hotspot"].format(**own),), colour=BRIGHT, apart=True))
    if found := claim_code(machine):
        parts.append(Part((f"{say['code']}:  {found}",), colour=BRIGHT, apart=True))
        parts.append(Part((say["secrets"],), rank=3))
    parts += [*ails(machine), *state(machine, say), *mark(info, say)]
    return parts, urls[0] if urls else ""


def where(machine: Machine, info: Any, urls: list[str], say: dict[str, str]) -> list[Part]:
    """How to get in, or why nobody can."""
    if info is None:
        said = say["failed"] if machine.noted("trouble") else say["wait"]
        return [Part((said,), colour=BRIGHT, apart=True)]
    if not urls:
        return [Part((say["no_network"],), colour=BRIGHT, apart=True)]
    others = [Part((url,), rank=2, colour=BRIGHT, indent=3) for url in urls[1:4]]
    return [
        Part((say["open"],), apart=True),
        Part((urls[0],), colour=BRIGHT, indent=3),
        *others,
    ]


def mark(info: Any, say: dict[str, str]) -> list[Part]:
    """The fingerprint that people compare before they trust the certificate, where nobody can swap it."""
    groups = fingerprint(info)
    return [Part((say["print"], groups), rank=4, apart=True)] if groups else []


def reachable(info: Any) -> list[str]:
    """Without a network PiChat names its own loop, where nobody else gets in. The box's name comes second:
    not every phone finds it.
    """
    urls = [url for url in (info or {}).get("urls", []) if "//127." not in url]
    if urls and info.get("mdns"):
        scheme, _, rest = urls[0].partition("://")
        port = rest.rpartition("]")[2].partition(":")[2]
        urls.insert(1, f"{scheme}://{info['mdns']}" + (f":{port}" if port else ""))
    return urls


def ails(machine: Machine) -> list[Part]:
    """What is wrong, in plain words."""
    spanish = language(machine) == "es"
    said = [one[language(machine)] for one in (machine.noted("trouble") or {}).values()]
    ailing = [one for one in (joining.ails(machine),) if one] + board.warnings(machine)
    said += [one.es if spanish else one.en for one in ailing]
    mistakes = (machine.noted("settings") or {}).get("mistakes", [])
    said += [f"ajustes.txt: {one[0] if spanish else one[1]}" for one in mistakes]
    return [Part((f"! {one}",), rank=1, colour=WARNING, apart=True) for one in said]


def state(machine: Machine, say: dict[str, str]) -> list[Part]:
    """How data, root and boot are."""
    parts = [Part((line,), rank=2) for line in inside(glance(machine), say)]
    root, health = machine.noted("root"), machine.noted("health")
    if root is not None:
        parts.append(Part((say["root"] if root["overlay"] else say["root_ro"],), rank=5))
    if health and not machine.noted("trouble"):
        parts.append(Part((say["well"].format(**health),), rank=5))
    return [replace(part, apart=not at) for at, part in enumerate(parts)]


def inside(told: Any, say: dict[str, str]) -> list[str]:
    """Who is there and what a reboot leads to, in the time zone of the box; nothing while nobody tells."""
    if not isinstance(told, dict):
        return []
    stable = told.get("stable")
    if stable is None:
        return [say["unsaved"], say["online"].format(online=told.get("online", 0))]
    when = time.localtime(stable["saved_at"] / 1000)
    day = say["days"].split()[when.tm_wday]
    saved = say["saved"].format(
        generation=stable["generation"], day=day, time=time.strftime("%d/%m %H:%M", when)
    )
    return [saved, say["online"].format(online=told.get("online", 0))]


def glance(machine: Machine) -> Any:
    """What PiChat tells its own screen, over the socket that only its account can open; None without it."""
    folder = -1
    try:
        folder = os.open(machine.data, os.O_RDONLY | os.O_DIRECTORY)
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as one:
            one.settimeout(5)
            one.connect(f"/proc/self/fd/{folder}/control.sock")  # the name may be no longer than 107 bytes
            one.sendall(b'{"do": "glance"}\n')
            return json.loads(one.makefile("rb").readline(64 * 1024)).get("ok")
    except (OSError, ValueError):
        return None
    finally:
        if folder >= 0:
            os.close(folder)


def language(machine: Machine) -> str:
    text = ""
    with contextlib.suppress(OSError):
        text = (machine.run_dir / "service.env").read_text()
    return "en" if "PICHAT_LANGUAGE=en" in text else "es"


@lru_cache(maxsize=1)
def picture(address: str) -> list[str]:
    """The QR code of the address, drawn with letters that a console has."""
    if not address:
        return []
    if _PRODUCT not in sys.path:
        sys.path.append(_PRODUCT)
    try:
        import segno  # noqa: PLC0415 (the product's own; without it there is no picture)
    except ImportError:
        return []
    rows = [list(row) for row in segno.make(address, error="l", micro=False).matrix]
    width = len(rows[0]) + 4
    rows = [[0] * width] * 2 + [[0, 0, *row, 0, 0] for row in rows] + [[0] * width] * 2
    if len(rows) % 2:
        rows.append([0] * width)
    blocks = {(0, 0): "█", (0, 1): "▀", (1, 0): "▄", (1, 1): " "}
    pairs = zip(rows[::2], rows[1::2], strict=True)
    return ["".join(blocks[a, b] for a, b in zip(up, low, strict=True)) for up, low in pairs]


def serial_consoles(machine: Machine) -> list[Path]:
    """Consoles of the kernel that are a cable and not a screen."""
    try:
        names = (machine.root / "sys/class/tty/console/active").read_text().split()
    except OSError:
        return []
    return [machine.root / "dev" / name for name in names if not name.startswith("tty") or name[3:4] in "SA"]


def write(cables: list[Path], text: str) -> None:
    """A cable that is not there is no failure."""
    for cable in cables if text else []:
        with contextlib.suppress(OSError), cable.open("r+b", buffering=0) as opened:
            opened.write(text.encode())
