"""Who hears what, in which order, and what becomes of those who do not read."""

import asyncio
import gc
import json
import socket
from typing import Any

import psutil
import pytest
import websockets

from appliance.base.settings import Settings
from appliance.domain.actor import Actor, Role
from appliance.domain.events import (
    EVERYONE,
    Audience,
    Happened,
    MembershipChanged,
    SessionsEnded,
    in_room,
    only,
)
from appliance.domain.presence import UserJoined, Who
from appliance.server.hub import Connection, Hub
from tests.boxes import Boxes
from tests.people import People, Person

GENERAL = "r_general"


class Stage:
    """A hub without a network: connections that write down what they are told."""

    def __init__(self, ev: int = 0, **changes: Any) -> None:
        nobody: Any = None
        self.hub = Hub("0123abcd", ev, nobody, nobody, Settings(**changes))
        self.ended: dict[str, int] = {}

    def enter(self, user: str, *rooms: str, role: Role = Role.CLIENTE, client: str = "") -> "Seat":
        seat = Seat(self, Actor(user, user, user.title(), role, f"s_{user}_{client}"), client)
        self.hub.subscribe(seat.connection, rooms)
        return seat

    def tell(self, ev: int, audience: Audience, volatile: bool = False) -> None:
        frame = UserJoined(ev=ev, room="r", user=Who("u", "U"), why="connect")
        self.hub.publish([Happened(frame, audience, volatile)])


class FakeStream:
    """Takes everything at once."""

    socket = None

    def __init__(self, heard: list[int]) -> None:
        self.heard = heard

    def writing(self) -> bool:
        return False

    def write(self, data: bytes) -> "asyncio.Future[None]":
        text = bytes(data).decode("utf-8", "replace")
        self.heard += [int(part.partition(",")[0]) for part in text.split('"ev":')[1:]]
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        future.set_result(None)
        return future


class Seat:
    """One connection on the stage."""

    def __init__(self, stage: Stage, actor: Actor, client: str) -> None:
        self.heard: list[int] = []
        self.code = 0
        stream: Any = FakeStream(self.heard)
        self.connection: Connection = stage.hub.admit(actor, client, stream, self)

    def end(self, code: int) -> None:
        self.code = code

    def abort(self) -> None:
        self.code = -1


async def test_each_audience_is_those_it_names() -> None:
    stage = Stage()
    ana = stage.enter("ana", "red")
    beto = stage.enter("beto", "red", "blue")
    admin = stage.enter("marta", role=Role.ADMINISTRATOR)
    guest = stage.enter("g", "blue", role=Role.GUEST)
    stage.tell(1, in_room("red"))
    stage.tell(2, in_room("blue"))
    stage.tell(3, EVERYONE)
    stage.tell(4, only("ana", "g"))
    stage.tell(5, Audience(administrators=True))
    stage.tell(6, in_room("nobody's"))
    stage.hub.fanout.flush()
    assert [seat.heard for seat in (ana, beto, admin, guest)] == [[1, 3, 4], [1, 2, 3], [3, 5], [2, 4]]


async def test_a_membership_changes_between_two_frames_of_one_turn() -> None:
    stage = Stage()
    ana = stage.enter("ana")
    stage.tell(1, in_room("red"))
    stage.hub.publish([MembershipChanged("ana", "red", True)])
    stage.tell(2, in_room("red"))
    stage.hub.publish([MembershipChanged("ana", "red", False)])
    stage.tell(3, in_room("red"))
    stage.hub.fanout.flush()
    assert ana.heard == [2]


async def test_sessions_that_end_and_clients_that_come_again_close_the_right_sockets() -> None:
    stage = Stage()
    phone, laptop = stage.enter("ana", client="phone"), stage.enter("ana", client="laptop")
    other = stage.enter("beto", client="phone")
    again = stage.enter("ana", client="phone")
    assert (phone.code, laptop.code, other.code) == (4009, 0, 0)
    stage.hub.publish([SessionsEnded(frozenset({"s_ana_laptop", "s_nobody"}))])
    assert (laptop.code, again.code) == (4001, 0)
    stage.tell(1, EVERYONE)
    stage.hub.fanout.flush()
    assert (phone.heard, laptop.heard, again.heard, other.heard) == ([], [], [1], [1])
    assert stage.hub.connected == 2


async def test_the_ring_answers_who_comes_back_and_knows_what_it_does_not_know() -> None:
    stage = Stage(ev=100, ring_events=5)
    ana = stage.enter("ana", "red").connection
    for ev in range(101, 111):
        stage.tell(ev, in_room("red" if ev % 2 else "blue"))
    missed = stage.hub.missed
    assert missed(ana, 104, 110) is None, "older than the ring"
    assert _evs(missed(ana, 105, 110)) == [107, 109]
    assert _evs(missed(ana, 110, 110)) == []
    assert _evs(missed(ana, 112, 112)) == [], "numbers that were told to nobody"
    assert missed(ana, 113, 112) is None, "from the future"
    assert missed(ana, 3, 110) is None


async def test_who_missed_too_much_loads_anew() -> None:
    stage = Stage()
    ana = stage.enter("ana", "red").connection
    for ev in range(1, 502):
        stage.tell(ev, in_room("red"))
    assert stage.hub.missed(ana, 0, 501) is None
    assert len(stage.hub.missed(ana, 1, 501) or ()) == 500
    small = Stage(listener_bytes=1000)
    beto = small.enter("beto", "red").connection
    for ev in range(1, 20):
        small.tell(ev, in_room("red"))
    assert small.hub.missed(beto, 0, 19) is None
    assert small.hub.missed(beto, 18, 19) is not None


async def test_the_ring_is_bounded_in_bytes() -> None:
    stage = Stage(ring_bytes=1000)
    ana = stage.enter("ana", "red").connection
    for ev in range(1, 101):
        stage.tell(ev, in_room("red"))
    assert stage.hub.missed(ana, 80, 100) is None
    assert _evs(stage.hub.missed(ana, 99, 100)) == [100]


async def test_an_event_out_of_order_costs_a_resync_and_loses_nothing() -> None:
    stage = Stage(ring_events=6)
    ana = stage.enter("ana", "red")
    for ev in (1, 2, 4, 5, 3, 6):
        stage.tell(ev, in_room("red"))
    stage.hub.fanout.flush()
    assert (ana.heard, stage.hub.late) == ([1, 2, 4, 5, 3, 6], 1)
    missed = {cursor: stage.hub.missed(ana.connection, cursor, 6) for cursor in range(7)}
    assert [cursor for cursor, events in missed.items() if events is None] == [3, 4, 5]
    assert _evs(missed[0]) == [1, 2, 3, 4, 5, 6]
    assert _evs(missed[2]) == [3, 4, 5, 6]
    assert _evs(missed[6]) == []
    for ev in range(7, 13):
        stage.tell(ev, in_room("red"))
    stage.tell(2, in_room("red"))
    assert stage.hub.missed(ana.connection, 6, 12) is None, "in doubt, because 2 came that late"
    stage.tell(13, in_room("red"))
    assert _evs(stage.hub.missed(ana.connection, 13, 13)) == []


async def test_volatile_frames_are_in_no_ring() -> None:
    stage = Stage()
    ana = stage.enter("ana", "red").connection
    from appliance.domain.messages import Typing

    frame = Typing(room="red", user=Who("b", "B"), on=True)
    stage.hub.publish([Happened(frame, in_room("red"), volatile=True)])
    assert stage.hub.missed(ana, 0, 0) == []


def _evs(events: list[bytes] | None) -> list[int]:
    return [json.loads(event)["ev"] for event in events or ()]


async def test_what_is_told_is_in_the_order_of_the_commits(boxes: Boxes) -> None:
    """Forty connections and REST calls speak at once in three rooms: every listener hears rising `ev`,
    and in each room every `seq` once, in order, the same for all."""
    box = await boxes.claimed(message_burst=10_000, message_rate=10_000, max_connections_per_address=500)
    people = People(box)
    await people.gather()
    admin = people.admin
    rooms = [GENERAL]
    for name in ("Uno", "Dos"):
        answer = await admin.post("/api/rooms", {"name": name, "kind": "public"})
        rooms.append(answer.json["id"])
    crowd = (people.ana, people.beto, people.uma, people.admin)
    for person in crowd:
        for room in rooms[1:]:
            assert (await person.post(f"/api/rooms/{room}/join")).status == 200
    listeners = [await person.connect() for person in crowd]
    senders = [await crowd[number % 4].connect() for number in range(36)]

    async def speak(number: int) -> None:
        for count in range(12):
            room = rooms[(number + count) % 3]
            frame = {"type": "send", "room": room, "cid": f"{number}-{count}", "body": f"{number} {count}"}
            if count % 4 == 3:
                answer = await crowd[number % 4].post(f"/api/rooms/{room}/messages", {"body": "by http"})
                assert answer.status == 201
            else:
                ack = await senders[number].ask(frame)
                assert ack["type"] == "ack", ack

    await asyncio.gather(*(speak(number) for number in range(36)))
    seen = []
    for listener in listeners:
        await listener.ask({"type": "ping"})
        frames = [listener.frames.get_nowait() for _ in range(listener.frames.qsize())]
        evs = [frame["ev"] for frame in frames if "ev" in frame]
        assert evs == sorted(evs)
        assert len(evs) == len(set(evs))
        seen.append([(f["room"], f["seq"]) for f in frames if f["type"] == "message"])
    for room in rooms:
        for said in seen:
            assert [seq for where, seq in said if where == room] == list(range(1, 12 * 12 + 1))
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert box.hub.late == 0
    await people.leave()


async def test_my_own_frames_are_answered_in_the_order_i_sent_them(people: People) -> None:
    ana = await people.ana.connect()
    for number in range(8):
        await ana.send(
            {"type": "send", "id": 100 + number, "room": GENERAL, "cid": f"c{number}", "body": "x"}
        )
    answers = [await ana.wait(lambda f: f["type"] == "ack") for _ in range(8)]
    assert [answer["id"] for answer in answers] == list(range(100, 108))
    assert [answer["seq"] for answer in answers] == list(range(1, 9))


async def stuck(person: Person) -> socket.socket:
    """Says hello, then never reads again."""
    connection = await websockets.connect(
        f"ws://127.0.0.1:{person.box.port}/ws", compression=None, ping_interval=None, max_queue=1
    )
    await connection.send(json.dumps({"type": "hello", "v": 1, "token": person.token}))
    await connection.recv()
    connection.transport.pause_reading()
    raw: socket.socket = connection.transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    person.stuck = [*getattr(person, "stuck", []), connection]  # type: ignore[attr-defined]
    return raw


@pytest.mark.parametrize("readers", [100])
async def test_stuck_readers_are_dropped_and_do_not_move_the_memory(boxes: Boxes, readers: int) -> None:
    box = await boxes.claimed(
        message_burst=10_000, message_rate=10_000, max_connections_per_address=500, listener_frames=64
    )
    people = People(box)
    await people.gather()
    ana, beto = await people.ana.connect(), await people.beto.connect()
    for _ in range(readers):
        await stuck(people.uma)
    assert box.hub.connected == readers + 2
    gc.collect()
    before = psutil.Process().memory_info().rss
    body = "x" * 3900
    for number in range(600):
        ack = await ana.ask({"type": "send", "room": GENERAL, "cid": f"c{number}", "body": body})
        assert ack["type"] == "ack"
        ana.frames = asyncio.Queue()
    assert box.hub.connected == 2, "those who do not read are still there"
    for number in range(600):
        assert (await beto.wait("message"))["seq"] == number + 1
    gc.collect()
    grown = psutil.Process().memory_info().rss - before
    # A queue for each of them would be 100 x 600 x 4 KB = 230 MB; the ring holds 2, our own client 2.
    assert grown < 40 << 20, f"grown by {grown >> 20} MiB"
    for connection in people.uma.stuck:  # type: ignore[attr-defined]
        connection.transport.abort()
    await people.leave()


async def test_a_slow_reader_is_told_why_and_comes_back_where_it_was(boxes: Boxes) -> None:
    box = await boxes.claimed(message_burst=10_000, message_rate=10_000, listener_frames=20)
    people = People(box)
    await people.gather()
    ana, uma = await people.ana.connect(), await people.uma.connect()
    cursor = uma.welcome["ev"]
    uma.connection.transport.pause_reading()
    sent = 0
    while box.hub.connected > 1:
        sent += 1
        assert sent < 5000
        ack = await ana.ask({"type": "send", "room": GENERAL, "cid": f"c{sent}", "body": "x" * 3900})
        assert ack["type"] == "ack"
    uma.connection.transport.resume_reading()
    assert await uma.closed() == 4008
    heard = [uma.frames.get_nowait() for _ in range(uma.frames.qsize())]
    seqs = [frame["seq"] for frame in heard if frame["type"] == "message"]
    assert seqs == list(range(1, len(seqs) + 1))
    cursor = max(frame.get("ev", cursor) for frame in heard)
    again = await people.uma.connect(resume=f"{uma.welcome['epoch']}.{cursor}")
    assert again.welcome["mode"] == "resumed"
    batch = await again.wait("batch")
    seqs += [frame["seq"] for frame in batch["events"] if frame["type"] == "message"]
    assert seqs == list(range(1, sent + 1))
    await people.leave()
