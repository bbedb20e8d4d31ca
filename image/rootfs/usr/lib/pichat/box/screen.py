"""Step `screen`: the calm page on HDMI, and the same in lines on a serial console. Shows, never asks."""

import contextlib
import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

from box import board, joining
from box.answers import asked, fingerprint
from box.code import claim_code
from box.machine import Machine

SECONDS = 5
SCREEN = "dev/tty1"
_CLEAR = "\x1b[H\x1b[2J\x1b[?25l"
WORDS = {
    "es": {
        "wait": "Arrancando…",
        "open": "Abra una de estas direcciones en el móvil o el ordenador:",
        "no_network": "Sin red todavía: conecte el cable o ponga su Wi-Fi en pichat/ajustes.txt",
        "hotspot": "Wi-Fi de la caja: {name}   clave: {key}",
        "code": "Código para reclamar la caja",
        "well": "Todo en orden",
        "root": "sistema protegido",
        "root_ro": "sistema en solo lectura, sin capa en memoria",
        "saved": "estable: generación {generation}, {day} {time}",
        "unsaved": "todavía no hay nada guardado como estable: al reiniciar se pierde todo lo escrito",
        "online": "personas conectadas: {online}",
        "days": "lunes martes miércoles jueves viernes sábado domingo",
        "print": "huella del certificado (https), para comparar:",
        "secrets": "Diga el código solo a quien deba administrar la caja.",
    },
    "en": {
        "wait": "Starting…",
        "open": "Open one of these addresses on a phone or computer:",
        "no_network": "No network yet: plug in the cable, or put your Wi-Fi in pichat/ajustes.txt",
        "hotspot": "The box's own Wi-Fi: {name}   key: {key}",
        "code": "Code to claim the box",
        "well": "All is well",
        "root": "system protected",
        "root_ro": "system read-only, without its layer in memory",
        "saved": "stable: generation {generation}, {day} {time}",
        "unsaved": "nothing is saved as stable yet: a reboot loses everything that was written",
        "online": "people online: {online}",
        "days": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday",
        "print": "fingerprint of the certificate (https), to compare:",
        "secrets": "Tell the code only to whoever is to administer the box.",
    },
}


def screen(machine: Machine) -> None:
    """Draws again only what has changed; a screen that flickers is not calm."""
    shown: list[str] = []
    serial = serial_consoles(machine)
    while True:
        lines, address = page(machine)
        if lines != shown:
            write([machine.root / SCREEN], _CLEAR + "\n".join([*lines, *picture(address)]))
            news = [line.strip() for line in lines if line.strip() and line not in shown]
            write(serial, "".join(f"PICHAT {line}\r\n" for line in news))
            shown = lines
        board.tell(machine)
        time.sleep(SECONDS)


def page(machine: Machine) -> tuple[list[str], str]:
    """The lines of the screen, and the address that the picture leads to."""
    say = WORDS[language(machine)]
    info = asked("/api/network-info")
    lines = ["", "   PiChat", ""]
    urls = reachable(info)
    if info is None:
        lines += [f"   {say['wait']}"]
    elif not urls:
        lines += [f"   {say['no_network']}"]
    else:
        lines += [f"   {say['open']}", "", *(f"      {url}" for url in urls[:4])]
    if own := machine.noted("hotspot"):
        lines += ["", f"   {say['hotspot'].format(**own)}"]
    if found := claim_code(machine):
        lines += ["", f"   {say['code']}:  {found}", f"   {say['secrets']}"]
    return [*lines, "", *state(machine, say), *mark(info, say)], urls[0] if urls else ""


def mark(info: Any, say: dict[str, str]) -> list[str]:
    """The fingerprint that people compare before they trust the certificate, where nobody can swap it."""
    groups = fingerprint(info)
    return ["", f"   {say['print']}", f"      {groups}"] if groups else []


def reachable(info: Any) -> list[str]:
    """Without a network PiChat names its own loop, where nobody else gets in."""
    return [url for url in (info or {}).get("urls", []) if "//127." not in url]


def state(machine: Machine, say: dict[str, str]) -> list[str]:
    """How root, data and snapshot are, and what is wrong, in plain words."""
    lines = []
    spanish = language(machine) == "es"
    root = machine.noted("root")
    if root is not None:
        lines.append("   " + (say["root"] if root["overlay"] else say["root_ro"]))
    lines += [f"   {line}" for line in inside(glance(machine), say)]
    troubles = (machine.noted("trouble") or {}).values()
    lines += [f"   ! {one[language(machine)]}" for one in troubles]
    ailing = [said for said in (joining.ails(machine),) if said] + board.warnings(machine)
    lines += [f"   ! {said.es if spanish else said.en}" for said in ailing]
    health = machine.noted("health")
    if health and not troubles:
        lines.append(f"   {say['well']} ({health['seconds']} s)")
    mistakes = (machine.noted("settings") or {}).get("mistakes", [])
    lines += [f"   ! ajustes.txt: {one[0] if spanish else one[1]}" for one in mistakes]
    return lines


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


def picture(address: str) -> list[str]:
    """The QR code of the address, drawn with letters that a console has."""
    if not address:
        return []
    try:
        sys.path.append("/opt/pichat/lib")
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
    return ["", *("   " + "".join(blocks[a, b] for a, b in zip(up, low, strict=True)) for up, low in pairs)]


def serial_consoles(machine: Machine) -> list[Path]:
    """Consoles of the kernel that are a cable and not a screen."""
    try:
        names = (machine.root / "sys/class/tty/console/active").read_text().split()
    except OSError:
        return []
    return [machine.root / "dev" / name for name in names if not name.startswith("tty") or name[3:4] in "SA"]


def write(consoles: list[Path], text: str) -> None:
    """A board without a screen, or a cable that is not there, is no failure."""
    for console in consoles:
        try:
            with console.open("r+b", buffering=0) as open_console:
                open_console.write(text.encode())
        except OSError:
            continue
