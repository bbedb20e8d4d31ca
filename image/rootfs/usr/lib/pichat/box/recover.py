"""Step `recover`: a lost password. A file on the boot partition asks, a one-time code is laid beside it.

The code is the product's own; it is good until used or for a day of running, then its file is taken away.
"""

import http.client
import json
import re
import ssl
import time

from box import words
from box.machine import Machine, overwrite
from box.wishes import content
from box.words import StepError

REQUEST = "recuperar-clave.txt"
FILE = "CLAVE.txt"
DAY = 24 * 3600
SECONDS = 30
PORT, TLS_PORT = 80, 443
_TEXT = (
    "Contraseña nueva para «{user}» / new password for “{user}”:\r\n\r\n    {code}\r\n\r\n"
    "Ábrelo con el código / open with the code: {scheme}://{name}.local/reset#{code}\r\n"
    "o escríbelo en / or type it at: {scheme}://{name}.local/reset\r\n\r\n"
    "Vale una sola vez y hasta un día; la contraseña de antes vale mientras tanto.\r\n"
    "It works once, for a day at most; until then the password before it works too.\r\n"
)
_OVER = ("bad_code", "unclaimed")


def recover(
    machine: Machine,
    port: int = PORT,
    patience: float = DAY,
    pause: float = SECONDS,
    tls_port: int = TLS_PORT,
) -> None:
    """Waits as long as there is a code on the card, also one of an earlier boot."""
    if machine.laid(REQUEST):
        answer(machine)
    code = shown(machine)
    if not code:
        return
    end = time.monotonic() + patience
    while time.monotonic() < end and not over(code, port, tls_port):
        time.sleep(pause)
    machine.on_card(lambda: (machine.card / FILE).unlink(missing_ok=True))
    machine.say("recover: the code is used or too old; its file is gone")


def answer(machine: Machine) -> None:
    """Asks the product for a code. The request gets its old name back: one request, one code."""
    said = machine.product("recover", "--data", str(machine.data))
    code = re.search(r"(?m)^code: ([0-9A-Z-]{8,60})$", said)
    user = re.search(r"(?m)^administrator: (.{1,80})$", said)
    if code is None or user is None:
        raise StepError(words.NO_COMMAND, "pichat recover")
    known = machine.noted("identity") or {}
    name, scheme = known.get("name", "pichat"), "https" if known.get("tls") == "required" else "http"
    text = _TEXT.format(user=user[1], code=code[1], name=name, scheme=scheme)

    def lay() -> None:
        overwrite(machine.card / FILE, text.encode("utf-8-sig"))
        if request := machine.laid(REQUEST):
            request.replace(machine.card / f"NO-{REQUEST}")

    if said := machine.on_card(lay):
        raise StepError(said)
    machine.say("recover: a one-time code lies on the boot partition")


def shown(machine: Machine) -> str:
    """The code that lies on the card."""
    found = re.search(rb"(?m)^    ([0-9A-Z-]{8,60})\r?$", content(machine.card / FILE)[:4096])
    return found[1].decode() if found else ""


def over(code: str, port: int, tls_port: int = TLS_PORT) -> bool:
    """Whether PiChat refuses the code. The password is one that it never accepts: the code is not used up."""
    plain = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    told = refusal(plain, code)
    if told == "tls_required":  # within the machine, where nobody else can answer
        anybody = ssl._create_unverified_context()
        told = refusal(http.client.HTTPSConnection("127.0.0.1", tls_port, timeout=10, context=anybody), code)
    return told in _OVER


def refusal(connection: http.client.HTTPConnection, code: str) -> str:
    """Why PiChat does not take the code with that password; empty while it does not answer."""
    try:
        body = json.dumps({"token": code, "password": ""})
        connection.request("POST", "/api/users/reset", body, {"Content-Type": "application/json"})
        told = json.loads(connection.getresponse().read())
    except (OSError, ValueError, http.client.HTTPException):
        return ""
    else:
        return str(told.get("error", {}).get("code", ""))
    finally:
        connection.close()
