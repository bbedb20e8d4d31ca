"""What PiChat answers on this very machine, by plain HTTP: the few things that it tells everybody."""

import json
import urllib.error
import urllib.request
from typing import Any

PORT = 80


def asked(path: str, port: int = PORT) -> Any:
    """None while it does not answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            return json.loads(answer.read())
    except (OSError, ValueError, urllib.error.URLError):
        return None


def fingerprint(info: Any) -> str:
    """Of the authority that signs the box's certificate, in groups as the pages show it; empty without."""
    digits = str(((info or {}).get("https") or {}).get("fingerprint") or "")
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))
