"""The frames as they stand on the wire, one a line in `tests/golden`: what changes there breaks clients.

Clients of other languages, and the page's own tests, may read the same files.
"""

import json
from pathlib import Path

import msgspec
import pytest

from appliance.domain.changes import MessageDeleted, MessageEdited, Reaction
from appliance.domain.events import Frame, Who
from appliance.domain.messages import Typing
from appliance.domain.notices import Notice
from appliance.domain.presence import PresenceChanged, UserJoined, UserLeft, UsersOnline
from appliance.domain.receipts import Counts, Receipt, Receipts
from appliance.domain.room_views import (
    MemberChanged,
    MemberView,
    RoomChanged,
    RoomClosed,
    RoomEntry,
    RoomInfo,
    RoomMine,
    UserChanged,
)
from appliance.domain.transcript import Attached, Message, Reacted
from appliance.server import protocol
from appliance.server.protocol import Ack, Error, Limits, Me, Pong, Welcome

GOLDEN = Path(__file__).parents[1] / "golden"
CLIENT = (GOLDEN / "client.jsonl").read_text("utf-8").splitlines()
SERVER = (GOLDEN / "server.jsonl").read_text("utf-8").splitlines()

ANA = Who("u7", "Ana")
TS = 1790000000123


def entry(**fields: object) -> RoomEntry:
    common = {"head": 0, "read": 0, "unread": 0, "role": "member", "ephemeral": False, "e2e": False}
    return RoomEntry(**{**common, **fields})  # type: ignore[arg-type]


def info(**fields: object) -> RoomInfo:
    return RoomInfo(**{"kind": "public", "ephemeral": False, "e2e": False, **fields})  # type: ignore[arg-type]


HOLA = Message(ev=119, id="m_1", room="r1", seq=42, sender=ANA, cid="5b0c", ts=TS, body="hola", files=[])
PICTURE = Attached("f_1", "plano.png", "image/png", 2048, "quarantined", "pending", 640, 480)
LEFT = UserLeft(ev=122, room="r1", user=ANA, why="disconnect")
CLOSED = RoomClosed(ev=126, room="r3")
FRAMES: list[Frame] = [
    Welcome(
        id=1,
        v=1,
        epoch="9f3a01c2",
        ev=118,
        mode="fresh",
        me=Me("u7", "ana", "Ana", "cliente"),
        rooms=[
            entry(id="r1", kind="public", name="General", head=41, read=40, unread=1, everyone=True),
            entry(id="r2", kind="direct", name="Beto", peer=Who("u8", "Beto")),
        ],
        limits=Limits(4000, 65536, 10),
        now=1790000000000,
        box="PiChat",
    ),
    Ack(id=2, room="r1", seq=42, ts=TS, message="m_1"),
    Ack(id=2, room="r1", seq=42, ts=TS, message="m_1", dup=True),
    Ack(
        id=3,
        room="r1",
        members=[MemberView(id="u7", name="Ana", role="owner", here=True)],
        items=[],
        read=0,
    ),
    Ack(id=4, room="r1", items=[HOLA], next=42),
    Ack(id=5, room="r1", items=[], next=None),
    Ack(id=6, room="r1"),
    Ack(id=7),
    Error(id=3, code="rate_limited", retry_ms=250),
    Error(code="bad_frame", params={"reason": "json"}),
    Pong(id=14),
    Pong(),
    HOLA,
    Message(
        ev=120,
        id="m_2",
        room="r1",
        seq=43,
        sender=ANA,
        cid="5b0d",
        ts=TS + 1,
        body="",
        files=[PICTURE],
        reply_to=42,
        restored=True,
    ),
    UserJoined(ev=121, room="r1", user=ANA, why="connect"),
    LEFT,
    UsersOnline(room="r1", users=[ANA]),
    Typing(room="r1", user=ANA, on=True),
    MemberChanged(
        ev=123,
        room="r1",
        user=ANA,
        role="member",
        why="join",
        info=info(name="General", head=41, everyone=True),
    ),
    MemberChanged(ev=124, room="r1", user=ANA, role="none", why="leave"),
    MessageEdited(ev=127, room="r1", seq=42, body="hola @beto", edited=TS + 9, mentions=["u8"]),
    MessageDeleted(ev=128, room="r1", seq=41, deleted=TS + 10),
    MessageDeleted(ev=129, room="r1", seq=40, deleted=TS + 11, by=ANA),
    Reaction(ev=130, room="r1", seq=42, user=ANA, emoji="👍", on=True),
    Message(
        ev=130,
        id="m_1",
        room="r1",
        seq=42,
        sender=ANA,
        cid="5b0c",
        ts=TS,
        body="hola @beto",
        files=[],
        edited=TS + 9,
        mentions=["u8"],
        reactions=[Reacted("👍", ["u7"])],
    ),
    Receipts(room="r1", items=[Receipt("u8", 42, 41)]),
    Receipts(room="r1", counts=Counts(42, 31, 12, 40)),
    RoomChanged(ev=125, room="r3", info=info(name="Huerto", head=0), created=True),
    CLOSED,
    MemberChanged(ev=131, room="r1", user=ANA, role="member", why="mute", muted_until=TS),
    UserChanged(ev=132, user=Who("u7", "Ana María")),
    RoomChanged(
        ev=133,
        room="r3",
        info=info(name="Avisos", head=3, password=True, announcement=True, slow=30, archived=True),
    ),
    Notice(code="reported", params={"room": "r1", "report": "w_1"}),
    Error(id=9, code="muted", params={"room": "r1", "until": TS}),
    MemberChanged(ev=134, room="r1", user=ANA, role="moderator", why="role", username="ana"),
    RoomMine(ev=136, room="r1", muted=True),
    PresenceChanged(ev=135, room="r1", joined=[ANA], left=[Who("u8", "Beto")]),
    Ack(id=8, members=[MemberView(id="u7", name="Ana", role="owner", here=False, username="ana")]),
]


@pytest.mark.parametrize("line", CLIENT)
def test_a_client_frame_is_understood_whole(line: str) -> None:
    frame = protocol.decode(line)
    given = json.loads(line)
    understood = msgspec.to_builtins(frame)
    assert given.items() <= understood.items()
    empty = {None, "", False}
    extra = {key: value for key, value in understood.items() if key not in given}
    defaults = {"limit": 50, "kind": "private", "on": True}
    assert all(value == [] or value in empty or defaults.get(key) == value for key, value in extra.items())


def test_every_type_of_client_frame_is_there() -> None:
    assert {json.loads(line)["type"] for line in CLIENT} == set(protocol.TYPES)


@pytest.mark.parametrize(("line", "frame"), list(zip(SERVER[:-1], FRAMES, strict=True)))
def test_a_server_frame_is_on_the_wire_as_written(line: str, frame: Frame) -> None:
    assert msgspec.json.encode(frame).decode() == line


def test_a_batch_is_its_events_as_they_were() -> None:
    events = [msgspec.json.encode(CLOSED), msgspec.json.encode(LEFT)]
    assert protocol.batch(events).decode() == SERVER[-1]


def test_unknown_fields_are_ignored() -> None:
    text = '{"type":"ping","id":1,"colour":"green","more":{"a":[1,2.5,{"b":null}]}}'
    assert protocol.decode(text) == protocol.Ping(id=1)


def test_the_quick_reader_and_the_strict_one_agree() -> None:
    for line in CLIENT:
        spaced = json.dumps(json.loads(line), indent=1)
        escaped = line.replace("room", "r\\u006fom").replace("hello", "hell\\u006f")
        assert protocol.decode(line) == protocol.decode(spaced) == protocol.decode(escaped)
