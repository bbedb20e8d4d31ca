"""How a benchmark gets in: it claims a new box and keeps the token."""

import json
import urllib.request
from typing import Any


def claimed(port: int, code: str) -> str:
    """The administrator's access token."""
    person = {"username": "bench", "password": "el banco de pruebas 7"}
    asked(port, "/api/claim", {"code": code, **person})
    return str(asked(port, "/api/users/login", person)["access_token"])


def asked(port: int, path: str, body: dict[str, Any]) -> Any:
    """The answer to a POST."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)
