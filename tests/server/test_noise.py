"""Whatever arrives at the port, nothing breaks: seeded noise on the real table, heard by the log's ear."""

import random

from appliance.server.routes import ROUTES
from tests.people import People
from tests.server.raw import another_server, wire

PIECES = ["x", "1", "%00", "%ff", "..", "a%2fb", "u" * 300, "%F0%9F%A6%A4", "'--", "<b>"]
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "BREW"]
HEADERS = [
    *["Origin: null", "Content-Type: application/json", "Content-Type: multipart/form-data; boundary=x"],
    *["Content-Type: application/x-www-form-urlencoded", "X-PiChat: 1", "Cookie: ;;;=\x01", "X-Odd: \xff"],
    *["Accept: text/html", "Accept: application/json", "Range: bytes=5-1", "If-None-Match: *"],
    *["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: x"],
    "Accept-Encoding: gzip",
]
BODIES = ["", "{}", "[]", '{"name":1}', '{"body":"\\ud800"}', "--x\r\n\r\n--x--", "usuario=%ff&clave=", "\0"]
# These would end what the test stands on.
SPARED = {"POST /api/users/logout", "GET /logout", "POST /api/reset"}


def request(dice: random.Random, token: str) -> bytes:
    route = dice.choice([route for route in ROUTES if route.name not in SPARED])
    path = route.path.replace("...", "")
    while "{" in path:
        start, end = path.index("{"), path.index("}")
        path = path[:start] + dice.choice(PIECES) + path[end + 1 :]
    method = route.method if dice.random() < 0.7 else dice.choice(METHODS)
    if f"{method} {path}" in SPARED:
        method = "OPTIONS"
    body = dice.choice(BODIES).encode("latin1")
    lines = [
        f"{method} {path} HTTP/1.1",
        "Host: localhost",
        "Connection: close",
        f"Content-Length: {len(body)}",
    ]
    if dice.random() < 0.7:
        lines.append(f"Authorization: Bearer {token}")
    lines += dice.sample(HEADERS, dice.randrange(5))
    return "\r\n".join([*lines, "", ""]).encode("latin1") + body


async def test_noise_is_answered_or_closed_and_never_breaks_anything(people: People) -> None:
    dice = random.Random(21)
    seen: dict[bytes, int] = {}
    async with another_server(people.box, idle_seconds=1, body_seconds=1) as port:
        for _ in range(600):
            raw = bytearray(request(dice, people.admin.token))
            if dice.random() < 0.2:
                raw[dice.randrange(len(raw))] = dice.randrange(256)
            async with wire(port) as one:
                await one.send(bytes(raw))
                status = (await one.reader.readline())[9:12]  # nothing when the box only closes
            assert not status.startswith(b"5"), (status, bytes(raw))
            seen[status] = seen.get(status, 0) + 1
    assert {b"200", b"400", b"404", b"405"} <= set(seen)
    assert (await people.admin.get("/health")).status == 200
