"""What a client knows from its first snapshot and the events since, through cuts and returns, is what a fresh
look at the box would tell it. Random histories; the seed is in the name of the test.
"""

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.boxes import Boxes
from tests.people import People, Person, Socket

GENERAL = "r_general"
EMOJI = ("👍", "❤️", "🎉")
QUICK = {
    "message_burst": 100_000,
    "message_rate": 100_000,
    "ephemeral_rooms": 1000,
    "ephemeral_rooms_each": 1000,
    "rooms_each": 1000,
}


def known(item: dict[str, Any]) -> dict[str, Any]:
    """A message as it is compared: reactions are sets, what is left out is empty."""
    reactions = {one["emoji"]: frozenset(one["users"]) for one in item.get("reactions", [])}
    kept = {key: item.get(key) for key in ("ev", "id", "seq", "body", "edited", "deleted", "reply_to")}
    return {**kept, "mentions": item.get("mentions", []), "reactions": reactions}


async def history(socket: Socket, room: str) -> dict[int, dict[str, Any]]:
    found: dict[int, dict[str, Any]] = {}
    after: int | None = 0
    while after is not None:
        page = await socket.ask({"type": "history", "room": room, "after": after, "limit": 100})
        assert page["type"] == "ack", page
        found.update({item["seq"]: known(item) for item in page["items"]})
        after = page["next"]
    return found


def entry(room: dict[str, Any]) -> dict[str, Any]:
    return {key: room[key] for key in ("name", "kind", "head", "read", "unread", "role")}


@dataclass
class Client:
    """What the page does, in its simplest form."""

    person: Person
    socket: Socket | None = None
    cursor: str | None = None
    rooms: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    modes: list[str] = field(default_factory=list)

    @property
    def on(self) -> Socket:
        assert self.socket is not None
        return self.socket

    async def connect(self) -> None:
        self.socket = await self.person.connect(**({"resume": self.cursor} if self.cursor else {}))
        welcome = self.on.welcome
        self.modes.append(welcome["mode"])
        self.cursor = f"{welcome['epoch']}.{welcome['ev']}"
        self.rooms = {room["id"]: entry(room) for room in welcome["rooms"]}
        if welcome["mode"] != "resumed":
            self.messages.clear()
        for room in set(self.messages) - set(self.rooms):
            del self.messages[room]
        if welcome["mode"] == "resumed":
            for event in (await self.on.wait("batch"))["events"]:
                await self.hear(event, replayed=True)
        for room in set(self.rooms) - set(self.messages):
            self.messages[room] = await history(self.on, room)

    async def cut(self) -> None:
        await self.catch_up()
        self.on.connection.transport.abort()
        await self.on.connection.wait_closed()

    async def catch_up(self) -> None:
        """Hears everything that has come so far; what `hear` asks for may bring more."""
        heard = 1
        while heard:
            await self.on.ask({"type": "ping"})
            heard = self.on.frames.qsize()
            for _ in range(heard):
                await self.hear(self.on.frames.get_nowait())

    async def hear(self, frame: dict[str, Any], replayed: bool = False) -> None:
        if "ev" not in frame:
            return
        if not replayed:
            self.cursor = f"{self.on.welcome['epoch']}.{frame['ev']}"
            await self.hear_of_rooms(frame)
        if frame.get("room") in self.messages:
            self.hear_of_messages(self.messages[frame["room"]], frame)

    async def hear_of_rooms(self, frame: dict[str, Any]) -> None:
        """A welcome has the rooms as they are: a replay tells nothing new of them."""
        kind, room = frame["type"], frame.get("room", "")
        if kind == "member_changed" and frame["user"]["id"] == self.person.me["id"]:
            if frame["role"] == "none":
                self.rooms.pop(room, None)
                self.messages.pop(room, None)
            elif room in self.rooms:
                self.rooms[room]["role"] = frame["role"]
            else:
                info = frame["info"]
                marks = {"head": info["head"], "read": info["head"], "unread": 0}
                names = {"name": info["name"], "kind": info["kind"], "role": frame["role"]}
                self.rooms[room] = {**names, **marks}
                answer = await self.on.ask({"type": "history", "room": room, "after": 0, "limit": 100})
                if answer["type"] == "ack":  # otherwise it is over already, and the next event says so
                    self.messages[room] = {item["seq"]: known(item) for item in answer["items"]}
        elif kind == "room_closed":
            self.rooms.pop(room, None)
            self.messages.pop(room, None)
        elif kind == "room_changed" and room in self.rooms:
            self.rooms[room]["name"] = frame["info"]["name"]
        elif kind == "message" and room in self.rooms:
            mine = self.rooms[room]
            if frame["from"]["id"] == self.person.me["id"] and mine["read"] == mine["head"]:
                mine["read"] = frame["seq"]
            mine["head"] = frame["seq"]
            mine["unread"] = mine["head"] - mine["read"]

    def hear_of_messages(self, there: dict[int, dict[str, Any]], frame: dict[str, Any]) -> None:
        """Of two copies of a message the one with the higher `ev` is newer."""
        kind, seq, ev = frame["type"], frame.get("seq"), frame["ev"]
        if kind == "message":
            if seq not in there:
                there[seq] = known(frame)
            return
        if seq not in there or there[seq]["ev"] >= ev:
            return
        message = there[seq]
        message["ev"] = ev
        if kind == "message_edited":
            message.update(body=frame["body"], edited=frame["edited"], mentions=frame.get("mentions", []))
        elif kind == "message_deleted":
            message.update(body="", deleted=frame["deleted"], mentions=[], reactions={})
        elif kind == "reaction":
            users = message["reactions"].pop(frame["emoji"], frozenset())
            who = {frame["user"]["id"]}
            if users := users | who if frame["on"] else users - who:
                message["reactions"][frame["emoji"]] = users

    async def read(self, room: str) -> None:
        mine = self.rooms[room]
        answer = await self.on.ask({"type": "read", "room": room, "seq": mine["head"]})
        if answer["type"] == "ack":
            mine["read"], mine["unread"] = mine["head"], 0


class History:
    """Random deeds of people; refusals are as good as anything else."""

    def __init__(self, people: People, seed: int) -> None:
        self.random = random.Random(seed)
        self.people = people
        self.actors = [people.ana, people.beto]
        self.rooms = [GENERAL]
        self.said = 0

    async def step(self) -> None:
        deed = self.random.choices(
            (self.send, self.edit, self.delete, self.react, self.create, self.invite, self.kick, self.rename),
            (30, 12, 6, 20, 3, 6, 3, 2),
        )[0]
        await deed(self.random.choice(self.actors), self.random.choice(self.rooms))

    async def ask(self, who: Person, method: str, path: str, body: Any = None) -> Any:
        answer = await who.request(method, path, body)
        assert answer.status < 500, answer.text
        return answer

    async def seq(self, who: Person, room: str) -> int:
        found = await self.ask(who, "GET", f"/api/rooms/{room}")
        return self.random.randint(1, max(1, found.json.get("head", 1))) if found.status == 200 else 1

    async def send(self, who: Person, room: str) -> None:
        self.said += 1
        text = f"{self.said} {self.random.choice(('hola', '@uma', '@ana @beto'))}"
        await self.ask(who, "POST", f"/api/rooms/{room}/messages", {"body": text})

    async def edit(self, who: Person, room: str) -> None:
        self.said += 1
        body = {"body": f"{self.said} edited {self.random.choice(('', '@uma'))}"}
        await self.ask(who, "PATCH", f"/api/rooms/{room}/messages/{await self.seq(who, room)}", body)

    async def delete(self, who: Person, room: str) -> None:
        await self.ask(who, "DELETE", f"/api/rooms/{room}/messages/{await self.seq(who, room)}")

    async def react(self, who: Person, room: str) -> None:
        method = self.random.choice(("PUT", "PUT", "DELETE"))
        emoji = "".join(f"%{byte:02X}" for byte in self.random.choice(EMOJI).encode())
        path = f"/api/rooms/{room}/messages/{await self.seq(who, room)}/reactions/{emoji}"
        await self.ask(who, method, path, b"" if method == "PUT" else None)

    async def create(self, who: Person, room: str) -> None:
        self.said += 1
        body = {
            "name": f"Sala {self.said}",
            "kind": self.random.choice(("private", "public")),
            "ephemeral": self.random.random() < 0.3,
            "members": [one.me["id"] for one in self.actors if one is not who],
        }
        self.rooms.append((await self.ask(who, "POST", "/api/rooms", body)).json["id"])

    async def invite(self, who: Person, room: str) -> None:
        path = f"/api/rooms/{room}/members/{self.people.uma.me['id']}"
        await self.ask(who, "PUT", path, {"role": "member"})

    async def kick(self, who: Person, room: str) -> None:
        await self.ask(who, "DELETE", f"/api/rooms/{room}/members/{self.people.uma.me['id']}")

    async def rename(self, who: Person, room: str) -> None:
        self.said += 1
        await self.ask(who, "PATCH", f"/api/rooms/{room}", {"name": f"Nombre {self.said}"})


async def check(client: Client) -> None:
    fresh = await client.person.connect()
    assert client.rooms == {room["id"]: entry(room) for room in fresh.welcome["rooms"]}
    for room in client.rooms:
        assert client.messages[room] == await history(fresh, room)
    await fresh.close()


async def live(people: People, seed: int, steps: int) -> Client:
    uma, story = Client(people.uma), History(people, seed)
    for actor in story.actors:
        await actor.connect()
    await uma.connect()
    for step in range(steps):
        await story.step()
        luck = story.random.random()
        if luck < 0.06:
            await uma.cut()
            for _ in range(story.random.randint(1, 25)):
                await story.step()
            await uma.connect()
        elif luck < 0.12 and uma.rooms:
            await uma.catch_up()
            await uma.read(story.random.choice(sorted(uma.rooms)))
        elif luck < 0.18 and uma.rooms:
            room, cid = story.random.choice(sorted(uma.rooms)), f"u{step}"
            await uma.on.ask({"type": "send", "room": room, "cid": cid, "body": "yo"})
        if step % 20 == 19:
            await uma.catch_up()
            await check(uma)
    return uma


@pytest.mark.parametrize(("seed", "ring"), [(1, 2000), (2, 2000), (3, 12)])
async def test_snapshot_and_events_are_a_fresh_snapshot(boxes: Boxes, seed: int, ring: int) -> None:
    box = await boxes.claimed(ring_events=ring, **QUICK)
    people = People(box)
    await people.gather()
    async with asyncio.timeout(120):
        uma = await live(people, seed, 120)
    assert uma.modes[0] == "fresh"
    assert set(uma.modes[1:]) == ({"resumed"} if ring == 2000 else {"resumed", "resync"})
    await people.leave()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 140))
async def test_many_histories(boxes: Boxes, seed: int) -> None:
    box = await boxes.claimed(ring_events=random.Random(seed).choice((5, 50, 2000)), **QUICK)
    people = People(box)
    await people.gather()
    await live(people, seed, 600)
    await people.leave()
