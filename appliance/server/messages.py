"""Messages over HTTP, in our words and in those of older programs."""

from appliance.base.errors import Code, Refusal
from appliance.base.ids import code
from appliance.domain.messages import Draft
from appliance.server.base import BaseHandler
from appliance.server.protocol import MessageBody
from appliance.server.route import Access, Route

PAGE = 50


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
ROUTES = (
    Route("GET", _PATH, MessageList, Access.GUEST, "what was said, a page at a time"),
    Route("POST", _PATH, MessageList, Access.GUEST, "say something", body=MessageBody),
)
