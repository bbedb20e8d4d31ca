"""Finding words in what was said, and files by their names: only what the one who asks may see."""

import re
import unicodedata

from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain import file_list, room_views, rules, transcript
from appliance.domain.actor import Actor, Role
from appliance.domain.directory import Directory
from appliance.domain.file_views import File
from appliance.domain.files import Files
from appliance.domain.policy import Action, Membership, may, require
from appliance.domain.room_access import inside
from appliance.domain.throttle import Throttle
from appliance.domain.transcript import Message
from appliance.store import search as words
from appliance.store.database import Connection, Database
from appliance.store.files import ANYWHERE
from appliance.store.messages import MessageRow, Page

MOST_WORDS = 8
MOST_CHARS = 200
SIEVE = 200  # rows that are looked at for one page
_WORD = re.compile(r"[^\W_]+")
_FILES = "f"  # cursors: an `ev` goes on in the messages, this and more in the files


class FoundMessage(Struct, frozen=True, tag_field="kind", tag="message"):
    """A message, and what its room is called for the one who asked."""

    room: str
    room_name: str
    message: Message


class FoundFile(Struct, frozen=True, tag_field="kind", tag="file"):
    file: File


class Found(Struct, frozen=True):
    """Messages first, the newest at the top; then files. `next` goes on."""

    items: list[FoundMessage | FoundFile]
    next: str | None


class Search:
    """Asks content.db alone: what lives in memory is in no index."""

    def __init__(
        self, content: Database, directory: Directory, files: Files, throttle: Throttle, settings: Settings
    ) -> None:
        self._content = content
        self._directory = directory
        self._files = files
        self._throttle = throttle
        self._settings = settings

    async def find(self, actor: Actor, text: str, after: str, limit: int) -> Found:
        """One page. The last word may be the beginning of one."""
        require(actor, Action.SEARCH, Membership.MEMBER, actor.room)
        query = matching(text)
        rate = self._settings
        self._throttle.take(f"search:{actor.id}", burst=rate.message_burst, per_second=rate.message_rate)
        items: list[FoundMessage | FoundFile] = []
        if not after.startswith(_FILES):
            said, following = await self._messages(actor, query, _number(after), limit)
            items += said
            if following is not None:
                return Found(items, str(following))
        if not may(actor, Action.LIST_FILES):
            return Found(items, None)
        if len(items) == limit:
            return Found(items, _FILES)
        goes_on = after[1:] if after.startswith(_FILES) else ""
        wanted = file_list.listing(q=text, room=ANYWHERE, after=goes_on, limit=str(limit - len(items)))
        page = await self._files.list(actor, wanted)
        items += [FoundFile(file) for file in page.items]
        return Found(items, None if page.next is None else _FILES + page.next)

    async def _messages(
        self, actor: Actor, query: str, before: int, limit: int
    ) -> tuple[list[FoundMessage], int | None]:
        """Some of them, and the `ev` to go on from when there may be more."""
        while not await self._content.write(words.catch_up):
            pass

        def work(db: Connection) -> tuple[list[FoundMessage], int | None]:
            found = words.find(db, query, actor.id, before, SIEVE)
            names: dict[str, str | None] = {}
            items: list[FoundMessage] = []
            for row in found:
                if row.room not in names:
                    names[row.room] = self._name(db, actor, row.room)
                name = names[row.room]
                if name is None:
                    continue
                if len(items) == limit:
                    return items, items[-1].message.ev
                items.append(_as_found(db, row, name))
            return items, found[-1].ev if len(found) == SIEVE else None

        return await self._content.read(work)

    def _name(self, db: Connection, actor: Actor, room: str) -> str | None:
        """What the room is called; None when it is closed to the one who asks."""
        if actor.role is Role.GUEST and room != actor.room:
            return None
        try:
            found = inside(db, actor, room)
        except Refusal:
            return None
        return room_views.entry(found, actor.id, self._directory).name


def matching(text: str) -> str:
    """What somebody typed, in the language of the index: all the words, the last one as a beginning."""
    if len(text) > MOST_CHARS:
        raise Refusal(Code.TOO_LARGE, field="q", maximum=MOST_CHARS)
    found = _WORD.findall(unicodedata.normalize("NFC", text))[:MOST_WORDS]
    if not found:
        raise rules.bad("q", "empty")
    return " ".join(f'"{word}"' for word in found) + " *"


def _number(after: str) -> int:
    if not after:
        return 1 << 62
    if not (after.isascii() and after.isdigit() and len(after) <= 16):
        raise rules.bad("after", "cursor")
    return int(after)


def _as_found(db: Connection, row: MessageRow, name: str) -> FoundMessage:
    return FoundMessage(row.room, name, transcript.items(db, row.room, Page([row], False))[0])
