"""RedUP's envelope, `{"event": ..., "data": {...}}`: in as our frames, out as its events. Decides nothing."""

from typing import Any

import msgspec

from appliance.base.errors import Code, Refusal
from appliance.base.ids import code
from appliance.domain.actor import Actor
from appliance.domain.events import Frame
from appliance.domain.receipts import Receipts
from appliance.domain.room_access import DIRECT
from appliance.domain.room_kinds import Wish
from appliance.domain.transcript import Message
from appliance.server import parsing, protocol
from appliance.server.protocol import Ack, BadFrame, Error, Inbound, Pong, Welcome
from appliance.server.services import Hub, Services

_SILENT = ""  # the `id` of an answer to an envelope that bore none


class RedUp:
    """What goes out: only what such a client knows."""

    name = "redup"

    def encode(self, frame: Frame) -> list[bytes]:
        return [msgspec.json.encode({"event": event, "data": data}) for event, data in _events(frame)]


REDUP = RedUp()


def envelope(text: str) -> dict[str, Any] | None:
    """The envelope that a text is, or None when it is something else, whatever that may be."""
    if '"event"' not in text:
        return None
    try:
        value = parsing.parse(text)
    except Refusal:
        return None
    enveloped = isinstance(value, dict) and isinstance(value.get("event"), str) and "type" not in value
    return value if enveloped else None


async def decode(services: Services, hub: Hub, actor: Actor, value: dict[str, Any]) -> Inbound:
    """Our frame for it. To a person: the first one opens the direct room."""
    event, data = value["event"], value.get("data", {})
    answer_to = {"id": value.get("id", _SILENT)}
    if event == "ping":
        return protocol.typed({"type": "ping", **answer_to})
    if event not in ("join_group", "send_message", "ack", "delivered", "read"):
        raise BadFrame(Refusal(Code.UNKNOWN_TYPE), _SILENT)
    if not isinstance(data, dict):
        raise BadFrame(Refusal(Code.BAD_FRAME, field="data", reason="type"), _SILENT)
    to = _text(data, "group_id" if "group_id" in data else "to")
    if event == "join_group":
        return protocol.typed({"type": "join", "room": to, **answer_to})
    if event == "send_message":
        fields = _message(actor, data)  # refused before a room is opened for it
        room = await _room(services, hub, actor, to)
        return protocol.typed({"type": "send", "room": room, **fields, **answer_to})
    kind = "read" if event == "read" else "delivered"
    room = await _room(services, hub, actor, to)
    mark = {"type": kind, "room": room, "seq": data.get("seq")}
    return protocol.typed({**mark, **answer_to} if "id" in value else mark)


def _message(actor: Actor, data: dict[str, Any]) -> dict[str, Any]:
    """`timestamp` is the client's opinion; the box has its own."""
    sender = data.get("sender_id")
    if sender is not None and str(sender) not in (actor.id, actor.username):
        raise Refusal(Code.FORBIDDEN, field="sender_id")
    kind, text = data.get("type", "text"), data.get("message")
    if kind not in ("text", "image"):
        raise Refusal(Code.BAD_REQUEST, field="type", reason="unknown")
    said = {"body": "", "files": [text]} if kind == "image" else {"body": text}
    return {"cid": data.get("cid") or code(26).lower(), **said}


async def _room(services: Services, hub: Hub, actor: Actor, to: str) -> str:
    """A group's room is named by its own id, a person's is the direct one."""
    if services.directory.able(to) is None:
        return to
    outcome = await services.rooms.create(actor, Wish(kind=DIRECT, members=[to]))
    hub.publish(outcome.events)
    return outcome.value.id


def _text(data: dict[str, Any], field: str) -> str:
    value = data.get(field)
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Refusal(Code.BAD_REQUEST, field=field, reason="type")
    return str(value)


def _events(frame: Frame) -> list[tuple[str, Any]]:
    if isinstance(frame, Message):
        return [("receive_message", _received(frame))] if frame.deleted is None else []
    if isinstance(frame, Receipts):
        told: list[tuple[str, Any]] = []
        for one in frame.items:
            who = {"group_id": frame.room, "user_id": one.user}
            told += [("delivered", {**who, "seq": one.delivered}), ("read", {**who, "seq": one.read})]
        return told
    if isinstance(frame, Ack | Error | Pong | Welcome):
        data = msgspec.to_builtins(frame)
        if data.get("id") == _SILENT:
            del data["id"]
        return [(data.pop("type"), _renamed(data))]
    return []


def _renamed(data: dict[str, Any]) -> dict[str, Any]:
    """Of an ack: their words beside ours."""
    for ours, theirs in (("room", "group_id"), ("message", "message_id"), ("ts", "timestamp")):
        if ours in data:
            data[theirs] = data[ours]
    return data


def _received(frame: Message) -> dict[str, Any]:
    picture = frame.files[0] if frame.files and not frame.body else None
    return {
        "id": frame.id,
        "group_id": frame.room,
        "to": frame.room,
        "seq": frame.seq,
        "sender_id": frame.sender.id,
        "sender_name": frame.sender.name,
        "message": picture.id if picture else frame.body,
        "type": "image" if picture else "text",
        "timestamp": frame.ts,
    }
