"""Who talks to a board over HTTP, and the words of a scenario: what was found earlier, what must be there."""

import http.client
import json
import re
import ssl
import time
from typing import Any

from tests.image.device import Device, Failed

Step = dict[str, Any]
TYPES = {"/api/uploads/": "text/plain", "/api/update": "application/octet-stream"}


class Visitor:
    """Variables are `{name}` in texts; `into` fills them."""

    def __init__(self, board: Device, values: dict[str, str]) -> None:
        self.board = board
        self.values = values
        self.token = ""

    def do_http(self, step: Step) -> None:
        """`json`, `body` or the file `send` goes along; `seconds` asks again until it is as expected."""
        if step.get("stranger"):
            self.token = ""
        end = time.monotonic() + step.get("seconds", 0)
        while True:
            self.board.in_time()
            try:
                self._asked(step)
            except (Failed, OSError, http.client.HTTPException):
                if time.monotonic() > end:
                    raise
                time.sleep(1)
            else:
                return

    def _asked(self, step: Step) -> None:
        raw = None
        if "send" in step:
            raw = (self.board.folder / step["send"]).read_bytes()
        elif "json" in step or "body" in step:
            raw = self.filled(step.get("body") or json.dumps(step["json"])).encode()
        status, answer = self.request(step.get("method", "GET"), step["path"], raw)
        if status != step.get("status", 200):
            raise Failed(f"{step['path']}: {status} {answer[:300]!r}")
        self.expect(answer.decode("utf-8", "replace"), step, step["path"])

    def do_https(self, step: Step) -> None:
        """By the other port, trusting nothing but the authority that the box itself hands out."""
        status, authority = self.request("GET", "/api/certificate")
        if status != 200:
            raise Failed(f"/api/certificate: {status} {authority[:300]!r}")
        trust = ssl.create_default_context(cadata=authority)
        port = self.board.tls_port
        connection = http.client.HTTPSConnection(self.board.host, port, timeout=120, context=trust)
        try:
            connection.request("GET", step["path"])
            text = connection.getresponse().read().decode("utf-8", "replace")
        finally:
            connection.close()
        self.expect(text, step, f"https {step['path']}")

    def do_later(self, step: Step) -> None:
        """What the clock of somebody's device says that is `hours` ahead, ms, in `{later}`."""
        self.values["later"] = str(int((time.time() + step["hours"] * 3600) * 1000))

    def request(self, method: str, path: str, raw: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.board.host, self.board.port, timeout=120)
        headers = {"Content-Type": "application/json"} if raw is not None else {}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        for start, kind in TYPES.items():
            if raw is not None and path.startswith(start):
                headers["Content-Type"] = kind
        try:
            connection.request(method, path, raw, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def json(self, method: str, path: str, given: Any, wanted: int) -> Any:
        raw = json.dumps(given).encode() if given is not None else None
        status, body = self.request(method, path, raw)
        if status != wanted:
            raise Failed(f"{method} {path}: {status} {body[:300]!r}")
        return json.loads(body)

    def filled(self, text: str) -> str:
        for name, value in self.values.items():
            text = text.replace(f"{{{name}}}", value)
        return text

    def expect(self, text: str, step: Step, what: str) -> None:
        if "expect" in step:
            found = re.search(self.filled(step["expect"]), text)
            if found is None:
                raise Failed(f"{what}: no {step['expect']!r} in {text[:400]!r}")
            if "into" in step:
                self.values[step["into"]] = found[1]
        if "never" in step and re.search(step["never"], text):
            raise Failed(f"{what}: {step['never']!r} in {text[:400]!r}")
