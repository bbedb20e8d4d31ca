"""Ten clients that talk without a pause and write down what they hear, and what must be true afterwards."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import websockets

from tests.boxes import ADMIN
from tests.people import PASSWORD, Person, Socket

GENERAL = "r_general"
NAMES = ("ana", "beto", "carla", "dario", "elsa")
WINDOW = 4  # messages that a client has under way
PACE = {"message_burst": "100000", "message_rate": "100000", "presence_grace_ms": "200"}


@dataclass
class Talker:
    """Sends what is in its outbox until it is acknowledged, and writes down all that it hears."""

    person: Person
    name: str
    outbox: list[str] = field(default_factory=list)
    acked: dict[str, int] = field(default_factory=dict)
    heard: dict[int, str] = field(default_factory=dict)
    marks: dict[str, tuple[int, int]] = field(default_factory=dict)
    cursor: str = ""
    number: int = 0
    lives: int = 0
    closing: bool = False

    async def talk(self) -> None:
        """Connects, and does so again whenever it is cut off, until told to close and all is acknowledged."""
        while not (self.closing and not self.outbox):
            try:
                await self.live()
            except (OSError, websockets.WebSocketException, AssertionError, TimeoutError):
                await asyncio.sleep(0.05)

    async def live(self) -> None:
        hello = {"resume": self.cursor} if self.cursor else {}
        socket = await Socket.open(self.person, **hello)
        assert socket.welcome["type"] == "welcome", socket.welcome
        assert socket.welcome["mode"] != "reset"
        self.lives += 1
        try:
            await self.catch_up(socket)
            while not (self.closing and not self.outbox):
                await self.send_some(socket)
        finally:
            await socket.close()
            self.hear_all(socket)

    async def catch_up(self, socket: Socket) -> None:
        if socket.welcome["mode"] == "resumed":
            for event in (await socket.wait("batch", 5))["events"]:
                self.hear(event)
        else:
            after: int | None = max(self.heard, default=0)
            while after is not None:
                page = await socket.ask({"type": "history", "room": GENERAL, "after": after, "limit": 100})
                for item in page["items"]:
                    self.hear(item)
                after = page["next"]
        self.cursor = f"{socket.welcome['epoch']}.{socket.welcome['ev']}"

    async def send_some(self, socket: Socket) -> None:
        while len(self.outbox) < WINDOW and not self.closing:
            self.number += 1
            self.outbox.append(f"{self.name}-{self.number}")
        waiting = list(self.outbox)
        for cid in waiting:
            await socket.send({"type": "send", "id": cid, "room": GENERAL, "cid": cid, "body": cid})
        for cid in waiting:
            ack = await socket.wait(lambda frame, cid=cid: frame.get("id") == cid and "seq" in frame, 5)
            assert ack["type"] == "ack"
            assert self.acked.setdefault(cid, ack["seq"]) == ack["seq"]
            self.outbox.remove(cid)
        self.hear_all(socket)
        await socket.send({"type": "read", "room": GENERAL, "seq": max(self.heard, default=0)})

    def hear_all(self, socket: Socket) -> None:
        while not socket.frames.empty():
            frame = socket.frames.get_nowait()
            self.hear(frame)
            if "ev" in frame:
                self.cursor = f"{socket.welcome['epoch']}.{frame['ev']}"

    def hear(self, frame: dict[str, Any]) -> None:
        if frame["type"] == "message":
            if self.heard.setdefault(frame["seq"], frame["cid"]) != frame["cid"]:
                raise SystemExit(f"seq {frame['seq']} was {self.heard[frame['seq']]}, now {frame['cid']}")
        elif frame["type"] == "receipts":
            for item in frame["items"]:
                before = self.marks.get(item["user"], (0, 0))
                now = item["delivered"], item["read"]
                if now[0] < before[0] or now[1] < before[1]:
                    raise SystemExit(f"marks of {item['user']} went from {before} to {now}")
                self.marks[item["user"]] = now


async def talkers(house: Any, claim_code: str) -> list[Talker]:
    """Ten clients of five people; `house` knows the port of the moment."""
    admin = Person(house, ADMIN[0], ADMIN[1])
    claim = {"code": claim_code, "username": ADMIN[0], "password": ADMIN[1]}
    assert (await admin.post("/api/claim", claim)).status == 201
    await admin.sign_in()
    found = []
    for name in NAMES:
        account = {"username": name, "role": "usuario", "password": PASSWORD}
        assert (await admin.post("/api/users", account)).status == 201
        for device in ("phone", "laptop"):
            person = await Person(house, name).sign_in()
            found.append(Talker(person, f"{name}-{device}"))
    await admin.leave()
    return found


async def everything(person: Person) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    after: str | None = "0"
    while after is not None:
        page = (await person.get(f"/api/rooms/{GENERAL}/messages?after={after}&limit=100")).json
        found += page["items"]
        after = page["next"]
    return found


async def check(everybody: list[Talker]) -> None:
    """Everything acknowledged is there once, in one order for all, which is that of each sender."""
    there = await everything(everybody[0].person)
    assert [item["seq"] for item in there] == list(range(1, len(there) + 1))
    by_cid = {item["cid"]: item["seq"] for item in there}
    assert len(by_cid) == len(there), "something was said twice"
    for one in everybody:
        assert one.acked.items() <= by_cid.items()
        assert len(one.acked) == one.number
        mine = [item["cid"] for item in there if item["cid"].startswith(f"{one.name}-")]
        assert mine == [f"{one.name}-{number}" for number in range(1, one.number + 1)]
        assert {seq: cid for cid, seq in by_cid.items() if seq in one.heard} == one.heard
        await one.person.leave()
