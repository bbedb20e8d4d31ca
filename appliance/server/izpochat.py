"""IzpoChat's frames, for the one-room door: its words in, ours with its words beside them out.

Reads and writes frames; decides nothing and calls nobody.
"""

from typing import Any

import msgspec

from appliance.base.errors import Code, Refusal
from appliance.base.ids import code
from appliance.domain.events import Frame
from appliance.domain.presence import PresenceChanged, UserJoined, UserLeft
from appliance.domain.transcript import Message
from appliance.server import parsing, protocol
from appliance.server.protocol import BadFrame, Inbound

# What such a client knows, and the answers to what it asked with an `id`.
_KNOWN = frozenset(
    {"welcome", "message", "user_joined", "user_left", "typing", "users_online", "error", "ack", "pong"}
)


class IzpoChat:
    """What goes out: only what such a client knows, a message with `content` beside `body`."""

    name = "izpochat"

    def encode(self, frame: Frame) -> list[bytes]:
        if isinstance(frame, PresenceChanged):
            return [msgspec.json.encode(one) for one in _each(frame)]
        if frame.__struct_config__.tag not in _KNOWN:
            return []
        if not isinstance(frame, Message):
            return [msgspec.json.encode(frame)]
        return [msgspec.json.encode({**msgspec.to_builtins(frame), "content": frame.body})]


IZPOCHAT = IzpoChat()


def _each(frame: PresenceChanged) -> list[UserJoined | UserLeft]:
    """Of everybody alone, as such a client knows it."""
    joined = [UserJoined(ev=frame.ev, room=frame.room, user=who, why="connect") for who in frame.joined]
    left = [UserLeft(ev=frame.ev, room=frame.room, user=who, why="disconnect") for who in frame.left]
    return [*joined, *left]


def decode(text: str, room: str) -> Inbound:
    """A frame of such a client, or one of ours; what names no room means this one. Raises BadFrame."""
    try:
        value = parsing.parse(text, Code.BAD_FRAME)
    except Refusal as refusal:
        raise BadFrame(refusal, None) from None
    if isinstance(value, dict):
        value = {"room": room, **_in_our_words(value)}
    frame = protocol.typed(value)
    if value["room"] != room:
        raise BadFrame(Refusal(Code.FORBIDDEN, reason="room"), frame.id)
    return frame


def _in_our_words(value: dict[str, Any]) -> dict[str, Any]:
    kind = value.get("type")
    more: dict[str, Any] = {key: value[key] for key in ("id", "reply_to") if key in value}
    if kind == "message":
        file = value.get("file_id")
        body = value.get("content", value.get("body"))
        files = [] if file is None else [str(file)]
        cid = value.get("cid") or code(26).lower()
        return {**more, "type": "send", "cid": cid, "body": body, "files": files}
    if kind == "typing" and "typing" in value:
        return {**more, "type": "typing", "on": value["typing"]}
    return value
