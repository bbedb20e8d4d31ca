"""Messages over HTTP, in our words and in those of older programs."""

from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.base.ids import code
from appliance.domain.messages import Draft
from appliance.server.base import BaseHandler
from appliance.server.protocol import Cid, FileIds, Name, Seq
from appliance.server.route import Access, Route

PAGE = 50


class MessageBody(Struct, frozen=True, kw_only=True):
    """`POST /api/rooms/{id}/messages`, in our words and in those of older programs."""

    body: str | None = None
    content: str | None = None
    cid: Cid | None = None
    reply_to: Seq | None = None
    files: FileIds = []
    file_id: Name | None = None
    room_id: str | int | None = None


class EditBody(Struct, frozen=True, kw_only=True):
    """`PATCH /api/rooms/{id}/messages/{seq}`."""

    body: str


class MessageList(BaseHandler):
    """`/api/rooms/{id}/messages`."""

    async def get(self, room: str) -> None:
        page = await self.services.messages.history(
            self.me,
            room,
            before=self.number("before"),
            after=self.number("after"),
            around=self.number("around"),
            limit=self.number("limit", PAGE) or PAGE,
        )
        self.answer({"items": page.items, "next": None if page.next is None else str(page.next)})

    async def post(self, room: str) -> None:
        outcome = await self.services.messages.send(self.me, room, _draft(room, self.body(MessageBody)))
        self.answer(self.tell(outcome).message, 201)


class OneMessage(BaseHandler):
    """`/api/rooms/{id}/messages/{seq}`."""

    async def patch(self, room: str, seq: str) -> None:
        change = self.services.changes.edit
        self.answer(self.tell(await change(self.me, room, _seq(seq), self.body(EditBody).body)))

    async def delete(self, room: str, seq: str) -> None:
        """`?forever=1` erases it for good, `&files=1` with its files, `&generations=1` where it is saved."""
        if self.query("forever") == "1":
            erase, with_files = self.services.erasing.message, self.query("files") == "1"
            saved = self.query("generations") == "1"
            done = await erase(self.me, room, _seq(seq), with_files=with_files, saved=saved)
            self.answer(self.tell(done))
            return
        self.tell(await self.services.changes.delete(self.me, room, [_seq(seq)]))
        self.done()


class OneReaction(BaseHandler):
    """`/api/rooms/{id}/messages/{seq}/reactions/{emoji}`."""

    async def put(self, room: str, seq: str, emoji: str) -> None:
        await self._react(room, seq, emoji, True)

    async def delete(self, room: str, seq: str, emoji: str) -> None:
        await self._react(room, seq, emoji, False)

    async def _react(self, room: str, seq: str, emoji: str, on: bool) -> None:
        self.tell(await self.services.changes.react(self.me, room, _seq(seq), emoji, on))
        self.done()


def _seq(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise Refusal(Code.NOT_FOUND, field="seq")
    return int(text)


def _draft(room: str, body: MessageBody) -> Draft:
    """Older programs name the room once more, say `content`, and have one file."""
    if body.room_id is not None and str(body.room_id) != room:
        raise Refusal(Code.BAD_REQUEST, field="room_id", reason="other")
    if body.body is not None and body.content is not None and body.body != body.content:
        raise Refusal(Code.BAD_REQUEST, field="content", reason="one_of")
    text = body.body if body.body is not None else body.content
    files = [*body.files, *([body.file_id] if body.file_id else [])]
    return Draft(cid=body.cid or code(26).lower(), body=text or "", reply_to=body.reply_to, files=files)


_PATH = "/api/rooms/{room}/messages"
_ONE = f"{_PATH}/{{seq}}"
_REACTION = f"{_ONE}/reactions/{{emoji}}"
ROUTES = (
    Route("GET", _PATH, MessageList, Access.GUEST, "what was said, a page at a time"),
    Route("POST", _PATH, MessageList, Access.GUEST, "say something", body=MessageBody),
    Route("PATCH", _ONE, OneMessage, Access.GUEST, "correct what one said", body=EditBody),
    Route("DELETE", _ONE, OneMessage, Access.GUEST, "take a message back"),
    Route("PUT", _REACTION, OneReaction, Access.GUEST, "react to a message"),
    Route("DELETE", _REACTION, OneReaction, Access.GUEST, "take a reaction back"),
)
