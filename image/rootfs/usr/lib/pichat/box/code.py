"""Step `code`: the code that claims the box, on the boot partition until it was used; and its own Wi-Fi."""

import os
import re
import stat

from box.answers import PORT, asked, fingerprint
from box.machine import Machine, overwrite
from box.wishes import content

FILE = "CODIGO.txt"
_CODE = re.compile(r"[0-9A-Z -]{8,40}")
_TEXT = (
    "Código para reclamar la caja / code to claim the box:\r\n\r\n    {code}\r\n\r\n"
    "Abre http://{name}.local (o la dirección de la pantalla) y escríbelo.\r\n"
    "Open http://{name}.local (or the address on the screen) and type it.\r\n"
)
_PRINT = (
    "\r\nHuella del certificado (https), para comparar / fingerprint of the certificate (https), to compare:"
    "\r\n\r\n    {print}\r\n"
)
_HOTSPOT = (
    "\r\nWi-Fi de la caja / the box's own Wi-Fi:\r\n\r\n    {name}\r\n    {key}\r\n\r\n"
    "Únete con esa clave y abre / join with that key and open http://10.42.0.1\r\n"
)


def code(machine: Machine, port: int = PORT) -> None:
    path = machine.card / FILE
    found = claim_code(machine)
    name = (machine.noted("identity") or {}).get("name", "pichat")
    text = _TEXT.format(code=found, name=name) if found else ""
    if own := machine.noted("hotspot"):
        text += _HOTSPOT.format(**own)
    if text and (groups := fingerprint(asked("/api/network-info", port))):
        text += _PRINT.format(print=groups)
    wanted = text.encode("utf-8-sig") if text else b""
    if content(path) == wanted:
        return
    machine.on_card(lambda: overwrite(path, wanted) if wanted else path.unlink(missing_ok=True))


def claim_code(machine: Machine) -> str:
    """The service's folder is not to be trusted by root: no links, nothing long, nothing but a code."""
    try:
        descriptor = os.open(machine.data / "claim.txt", os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return ""
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            return ""
        text = file.read(64).decode("ascii", "replace").strip()
    return text if _CODE.fullmatch(text) else ""
