"""Frames of every kind: each with an `id` is answered once, none brings the box down, all have a limit."""

import asyncio
import json
import random
import string
from typing import Any

import pytest

from appliance.server import protocol
from tests.boxes import Boxes
from tests.people import People, Socket

GENERAL = "r_general"


async def test_an_id_comes_back_and_without_one_there_is_no_ack(people: People) -> None:
    ana = await people.ana.connect()
    await ana.wait("user_joined")
    for frame_id in (0, -5, 2**53, "x" * 64, ""):
        await ana.send(
            {"type": "send", "id": frame_id, "room": GENERAL, "cid": f"c{frame_id}"[:9], "body": "x"}
        )
        assert (await ana.wait("ack"))["id"] == frame_id
    await ana.send({"type": "send", "room": GENERAL, "cid": "silent", "body": "y"})
    await ana.send({"type": "typing", "room": GENERAL, "on": True})
    await ana.send({"type": "read", "room": GENERAL, "seq": 3})
    await ana.send({"type": "ping"})
    heard = []
    while not heard or heard[-1]["type"] != "pong":
        heard.append(await ana.frames.get())
    assert heard[-1] == {"type": "pong"}
    assert "ack" not in [frame["type"] for frame in heard]


@pytest.mark.parametrize("kind", ["read", "delivered", "typing"])
async def test_frames_without_a_reply_get_one_when_they_ask(people: People, kind: str) -> None:
    ana = await people.ana.connect()
    answer = await ana.ask({"type": kind, "room": GENERAL, "seq": 0, "on": True})
    assert answer == {"type": "ack", "id": answer["id"]}


BAD: list[tuple[str, str, Any]] = [
    ("not json", "bad_frame", None),
    ("", "bad_frame", None),
    ("[]", "bad_frame", None),
    ("null", "bad_frame", None),
    ('"ping"', "bad_frame", None),
    ("{}", "bad_frame", None),
    ('{"id":1}', "bad_frame", 1),
    ('{"type":5,"id":1}', "bad_frame", 1),
    ('{"type":null,"id":1}', "bad_frame", 1),
    ('{"type":"nonsense","id":"a"}', "unknown_type", "a"),
    ('{"type":"edit","id":1,"room":"r_general","seq":1,"body":"x"}', "not_found", 1),
    ('{"type":"edit","id":1,"room":"r_general","seq":1}', "bad_request", 1),
    ('{"type":"delete","id":1,"room":"r_general","seqs":[]}', "bad_request", 1),
    ('{"type":"react","id":1,"room":"r_general","seq":1,"emoji":5}', "bad_request", 1),
    ('{"type":"ping","id":1,"id":1}', "bad_frame", None),
    ('{"type":"ping","id" :1,"id":1}', "bad_frame", None),
    ('{"type":"ping","x":{"a":1,"a":1}}', "bad_frame", None),
    ('{"type":"ping","x":NaN}', "bad_frame", None),
    ('{"type":"ping","x":1e999,"y":{}}', "bad_frame", None),
    ('{"type":"ping","x":"\\ud800"}', "bad_frame", None),
    ('{"type":"ping","x":"\\u0000"}', "bad_frame", None),
    ('{"type":"ping","x":' + "[" * 30_000 + "]" * 30_000 + "}", "bad_frame", None),
    ('{"type":"ping","x":' + '{"a":' * 20 + "1" + "}" * 20 + "}", "bad_frame", None),
    ('{"type":"ping"}{"type":"ping"}', "bad_frame", None),
    ('{"type":"ping","id":[1]}', "bad_request", None),
    ('{"type":"ping","id":true}', "bad_request", None),
    ('{"type":"ping","id":1.5}', "bad_request", None),
    ('{"type":"ping","id":9999999999999999999999}', "bad_request", 9999999999999999999999),
    ('{"type":"send","id":1}', "bad_request", 1),
    ('{"type":"send","id":1,"room":"r_general","body":"x"}', "bad_request", 1),
    ('{"type":"send","id":1,"room":"r_general","cid":"","body":"x"}', "bad_request", 1),
    ('{"type":"send","id":1,"room":"r_general","cid":"a b","body":"x"}', "bad_request", 1),
    ('{"type":"send","id":1,"room":"r_general","cid":"a\\n","body":"x"}', "bad_request", 1),
    ('{"type":"send","id":1,"room":"","cid":"a","body":"x"}', "bad_request", 1),
    ('{"type":"send","id":1,"room":"r_general","cid":"a"}', "bad_request", 1),
    ('{"type":"send","id":1,"room":"r_general","cid":"a","body":"  \\n "}', "bad_request", 1),
    ('{"type":"send","id":1,"room":"r_general","cid":"a","body":"x","reply_to":9}', "bad_request", 1),
    ('{"type":"send","id":1,"room":"r_general","cid":"a","body":"x","enc":{"a":1}}', "bad_request", 1),
    ('{"type":"send","id":1,"room":"r_general","cid":"a","body":"x","files":["f"]}', "not_found", 1),
    ('{"type":"send","id":1,"room":"r_nowhere","cid":"a","body":"x"}', "not_found", 1),
    ('{"type":"join","id":1}', "bad_request", 1),
    ('{"type":"join","id":1,"room":"r_nowhere"}', "not_found", 1),
    ('{"type":"join","id":1,"code":"ABCD"}', "bad_code", 1),
    ('{"type":"create_room","id":1,"name":""}', "bad_request", 1),
    ('{"type":"create_room","id":1,"name":"x","kind":"castle"}', "bad_request", 1),
    ('{"type":"create_room","id":1,"name":"x","e2e":true}', "bad_request", 1),
    ('{"type":"create_room","id":1,"name":"x","members":["nobody"]}', "not_found", 1),
    ('{"type":"read","id":1,"room":"r_general","seq":-1}', "bad_request", 1),
]


async def test_every_wrong_frame_is_an_error_and_the_connection_goes_on(boxes: Boxes) -> None:
    box = await boxes.claimed(message_burst=1000, message_rate=1000)
    people = People(box)
    await people.gather()
    ana = await people.ana.connect()
    for text, code, frame_id in BAD:
        await ana.connection.send(text)
        error = await ana.wait("error")
        assert error["code"] == code, (text[:60], error)
        assert error.get("id") == frame_id, (text[:60], error)
    await ana.connection.send(b"\x00\xff")
    assert (await ana.wait("error"))["params"] == {"reason": "binary"}
    assert (await ana.ask({"type": "ping"}))["type"] == "pong"
    await people.leave()


async def test_a_text_that_is_too_long_says_how_long_it_may_be(people: People) -> None:
    ana = await people.ana.connect()
    frame = {"type": "send", "room": GENERAL, "cid": "a", "body": "x" * 4001}
    error = await ana.ask(frame)
    assert (error["code"], error["params"]["maximum"]) == ("too_large", 4000)
    assert (await ana.ask({**frame, "body": "x" * 4000}))["seq"] == 1


async def test_ten_at_once_then_so_many_a_second(boxes: Boxes) -> None:
    box = await boxes.claimed(message_rate=1)
    people = People(box)
    await people.gather()
    ana, beto = await people.ana.connect(), await people.beto.connect()
    answers = []
    for number in range(14):
        answers.append(await ana.ask({"type": "send", "room": GENERAL, "cid": f"c{number}", "body": "quick"}))
    refused = [answer for answer in answers if answer["type"] == "error"]
    assert 1 <= len(refused) <= 4
    assert refused[0]["code"] == "rate_limited"
    assert 0 < refused[0]["retry_ms"] <= 1001
    # A token is a person's, whatever the door; another person has tokens of their own.
    by_http = [await people.ana.post(f"/api/rooms/{GENERAL}/messages", {"body": "http"}) for _ in range(3)]
    assert 429 in [answer.status for answer in by_http]
    assert (await beto.ask({"type": "send", "room": GENERAL, "cid": "b", "body": "mine"}))["type"] == "ack"
    # What catching up needs is free at first, and so is the heartbeat.
    for frame in ({"type": "history", "room": GENERAL}, {"type": "open", "room": GENERAL}):
        for _ in range(15):
            assert (await ana.ask(frame))["type"] == "ack"
    for _ in range(15):
        assert (await ana.ask({"type": "ping"}))["type"] == "pong"
    await people.leave()


async def test_marks_cost_no_token_and_the_last_one_counts(boxes: Boxes) -> None:
    """A page that follows a lively room says `read` for every message; its person can still speak."""
    box = await boxes.claimed(message_rate=1)
    people = People(box)
    await people.gather()
    ana, beto = await people.ana.connect(), await people.beto.connect()
    for number in range(8):
        await beto.ask({"type": "send", "room": GENERAL, "cid": f"c{number}", "body": "x"})
    for number in range(1, 9):
        for _ in range(20):
            await ana.send({"type": "read", "room": GENERAL, "seq": number})
            await ana.send({"type": "delivered", "room": GENERAL, "seq": number})
    await ana.ask({"type": "ping"})
    assert (await ana.ask({"type": "send", "room": GENERAL, "cid": "mine", "body": "me too"}))["seq"] == 9
    await ana.send({"type": "read", "room": GENERAL, "seq": 9})
    await ana.close()
    async with asyncio.timeout(10):
        while (await people.ana.get(f"/api/rooms/{GENERAL}")).json["read"] != 9:
            await asyncio.sleep(0.01)
    again = await people.ana.connect()
    await again.send({"type": "read", "room": "r_nowhere", "seq": 1})
    assert (await again.wait("error"))["code"] == "not_found"
    await people.leave()


def nonsense(dice: random.Random) -> str:
    """A frame that is nearly right, or not at all."""
    kinds = [*protocol.TYPES, "edit", "x", "", "welcome"]
    kinds.remove("hello")
    values: list[Any] = [
        GENERAL, "r_x", "", "a", 0, 1, -1, 10**30, 1.5, True, None, [], {}, ["f"], [[]], {"a": {"b": []}},
        "\U0001f600", "x" * 500, "\n\t", "\u202e", "ñ", "1e5",
    ]  # fmt: skip
    frame: dict[str, Any] = {"type": dice.choice(kinds)}
    fields = ["id", "room", "cid", "body", "seq", "before", "after", "limit", "on", "name", "kind", "members"]
    fields += ["files", "reply_to", "enc", "code", "password", "unknown"]
    for field in dice.sample(fields, dice.randrange(6)):
        frame[field] = dice.choice(values)
    text = json.dumps(frame, ensure_ascii=dice.random() < 0.5)
    if dice.random() < 0.3:
        cut = dice.randrange(len(text))
        text = (
            text[:cut]
            + dice.choice(["", "\\", '"', "}", "[", "\\u0000", "null"])
            + text[cut + dice.randrange(3) :]
        )
    if dice.random() < 0.05:
        text = "".join(dice.choices(string.printable, k=dice.randrange(200)))
    return text


async def test_random_frames_never_close_the_connection(boxes: Boxes) -> None:
    box = await boxes.claimed(message_burst=100_000, message_rate=100_000)
    people = People(box)
    await people.gather()
    ana = await people.ana.connect()
    dice = random.Random(20261121)
    for number in range(1500):
        text = nonsense(dice)
        await ana.connection.send(text)
        if number % 50 == 0:
            assert (await settled(ana)) != [], "a connection that says nothing at all"
    heard = await settled(ana)
    assert {frame["type"] for frame in heard} <= {
        "ack", "error", "pong", "message", "typing", "users_online", "user_joined", "user_left",
        "member_changed", "room_changed",
    }  # fmt: skip
    codes = {frame["code"] for frame in heard if frame["type"] == "error"}
    assert "internal" not in codes
    await people.leave()


async def settled(socket: Socket) -> list[dict[str, Any]]:
    """Everything that was heard up to the answer to a ping."""
    await socket.send({"type": "ping", "id": "settled"})
    heard = []
    while True:
        frame = await socket.frames.get()
        if frame.get("id") == "settled":
            return [*heard, frame]
        heard.append(frame)
