"""What PiChat answers on this very machine, by plain HTTP: the few things that it tells everybody."""

import json
import socket
from typing import Any

PORT = 80
PATIENCE = 10  # seconds


def asked(path: str, port: int = PORT) -> Any:
    """None while it does not answer."""
    status, body = get(path, port)
    try:
        return json.loads(body) if status == 200 else None
    except ValueError:
        return None


def well(port: int = PORT) -> bool:
    """Whether the product says that it is well."""
    return get("/health", port)[0] == 200


def get(path: str, port: int) -> tuple[int, bytes]:
    """Status and body; status 0 while nobody answers. HTTP/1.0, which ends with the connection (RFC 1945):
    the standard library's client is half of all that a step would load.
    """
    question = f"GET {path} HTTP/1.0\r\nHost: 127.0.0.1:{port}\r\n\r\n"
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as connection:
            connection.sendall(question.encode())
            raw = b"".join(iter(lambda: connection.recv(65536), b""))
        head, _, body = raw.partition(b"\r\n\r\n")
        return int(head.split()[1]), body
    except (OSError, ValueError, IndexError):
        return 0, b""


def fingerprint(info: Any) -> str:
    """Of the authority that signs the box's certificate, in groups as the pages show it; empty without."""
    digits = str(((info or {}).get("https") or {}).get("fingerprint") or "")
    return " ".join(digits[at : at + 8] for at in range(0, len(digits), 8))
