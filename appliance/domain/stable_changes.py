"""What a reboot would undo, what two generations differ in, what a save would take. Changes nothing.

Looks on a thread of its own: neither the chat nor a save waits for it.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.domain import cursors, rules
from appliance.domain.actor import Actor
from appliance.domain.directory import Directory
from appliance.domain.file_list import searchable
from appliance.domain.policy import Action, require
from appliance.domain.stable import Stable
from appliance.domain.stable_choice import Only, choice
from appliance.domain.stable_difference import (
    ITEMS,
    Difference,
    Item,
    Summary,
    found_item,
    room_item,
    summary,
)
from appliance.domain.stable_views import Named
from appliance.store import events
from appliance.store.opened import Store
from appliance.store.snapshot import estimate
from appliance.store.snapshot.contrast import CHANGES, Change, Contrast, Position, RoomFound
from appliance.store.snapshot.layout import CONTENT_DB
from appliance.store.snapshot.manifest import Damaged, Flaw, read
from appliance.store.snapshot.sides import Sides, opened

PAGE = 100
# A cheap card, written to in small pieces: rather too long than too short.
BODY_BYTES_A_SECOND = 12_000_000
DATABASE_BYTES_A_SECOND = 6_000_000
MOST_NAMED = 100  # files, of one kind of trouble
T = TypeVar("T")


class Query(Struct, frozen=True, kw_only=True):
    """Which differences somebody would like to see; without a `kind` the numbers alone."""

    kind: str = ""
    q: str = ""
    change: str = ""
    after: str = ""
    limit: int = PAGE


class Estimated(Struct, frozen=True, kw_only=True):
    """`files`, `messages`, `rooms`: how many would be saved otherwise than they are now. `new_bytes`: of
    files that no generation has yet. `flagged`: left out unless `include_flagged`; `left_out`: files
    that were chosen and whose room would not be in what is saved. The first ones of both by name,
    but for those of a closed room.
    """

    files: int
    messages: int
    rooms: int
    new_bytes: int
    database_bytes: int
    free_bytes: int
    seconds: int
    flagged: list[Named]
    flagged_count: int
    left_out: list[Named]
    left_out_count: int


class StableChanges:
    """The service. `close` before the store."""

    def __init__(self, store: Store, stable: Stable, directory: Directory) -> None:
        self._store = store
        self._stable = stable
        self._directory = directory
        self._pool = ThreadPoolExecutor(1, "difference")
        self._summed: tuple[object, Summary] | None = None

    async def difference(self, actor: Actor, query: Query) -> Difference:
        """What a reboot would undo now."""
        require(actor, Action.SEE_CHANGES)
        number = self._stable.leads_to
        key = (number, await self._store.content.read(events.last_ev))
        return await self._work(lambda: self._look(self._stable.sides, query, (number, None), key))

    async def compare(self, actor: Actor, old: int, new: int, query: Query) -> Difference:
        """What the generation `new` has otherwise than `old`. Refusal: not_found, conflict (damaged)."""
        require(actor, Action.SEE_CHANGES)

        def look() -> Difference:
            for number in (old, new):
                self._must_be_whole(number)
            layout = self._store.layout
            paths = layout.generation(new) / CONTENT_DB, layout.generation(old) / CONTENT_DB
            return self._look(Sides(*paths, fixed=True), query, (old, new), (old, new))

        return await self._work(look)

    async def estimate(self, actor: Actor, only: Only | None, include_flagged: bool | None) -> Estimated:
        """What saving this would take. Refuses what saving it would refuse, but for what looks dangerous."""
        require(actor, Action.SAVE_STABLE)
        chosen, sides = choice(only), self._stable.sides
        found = await self._work(lambda: estimate.estimate(self._store, sides, chosen, include_flagged))
        free, _ = await self._work(self._store.blobs.space)
        took = found.new_bytes / BODY_BYTES_A_SECOND + found.database_bytes / DATABASE_BYTES_A_SECOND
        return Estimated(
            files=found.files,
            messages=found.messages,
            rooms=found.rooms,
            new_bytes=found.new_bytes,
            database_bytes=found.database_bytes,
            free_bytes=free,
            seconds=1 + round(took),
            flagged=[Named(*one) for one in found.flagged[:MOST_NAMED]],
            flagged_count=len(found.flagged),
            left_out=[Named(id, name) for id, name in found.left_out if name is not None][:MOST_NAMED],
            left_out_count=len(found.left_out),
        )

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)

    # Inside

    async def _work(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    def _must_be_whole(self, number: int) -> None:
        try:
            read(self._store.layout, number)
        except Damaged as damage:
            if damage.flaw is Flaw.MISSING:
                raise Refusal(Code.NOT_FOUND) from None
            raise Refusal(Code.CONFLICT, reason="damaged", generation=number) from damage

    def _look(
        self, sides: Sides, query: Query, between: tuple[int | None, int | None], key: object
    ) -> Difference:
        """The numbers are kept for the next page, as long as nothing happens."""
        wanted = _change(query.change)
        if query.kind not in ("", "rooms", *ITEMS):
            raise rules.bad("kind", "unknown")
        with opened(sides, query.q.strip(), searchable) as db:
            found, rooms = Contrast(db), None
            if self._summed is None or self._summed[0] != key:
                rooms = found.rooms()
                self._summed = (key, summary(found.files(), rooms))
            items: list[Item] = []
            following = None
            if query.kind == "rooms":
                items, following = _rooms_page(rooms or found.rooms(), query, wanted)
            elif query.kind:
                items, following = self._page(found, query, wanted)
        return Difference(*between, self._summed[1], items, following)

    def _page(self, found: Contrast, query: Query, wanted: Change | None) -> tuple[list[Item], str | None]:
        after = _position(query.after, query.kind) if query.after else None
        rows = found.items(query.kind, wanted, after, query.limit + 1)
        names = found.room_names()
        items = [found_item(query.kind, row, names, self._directory) for row in rows[: query.limit]]
        if len(rows) <= query.limit:
            return items, None
        last = rows[query.limit - 1]
        return items, cursors.written((last.change, last.order, last.id))


def _rooms_page(rooms: list[RoomFound], query: Query, wanted: Change | None) -> tuple[list[Item], str | None]:
    """There are not so many that a cursor has to be clever: it is the last room of the page before."""
    text = searchable(query.q.strip())
    fitting = [
        one
        for one in rooms
        if wanted in (None, one.change) and (not text or (one.name and text in searchable(one.name)))
    ]
    if query.after:
        after = _position(query.after, "rooms")[1:]
        fitting = [one for one in fitting if (one.created, one.id) < after]
    page = fitting[: query.limit]
    more = len(fitting) > query.limit
    following = cursors.written((page[-1].change, page[-1].created, page[-1].id)) if more else None
    return [room_item(one) for one in page], following


def _change(text: str) -> Change | None:
    found = next((change for change in CHANGES if change == text), None)
    if text and found is None:
        raise rules.bad("change", "unknown")
    return found


def _position(text: str, kind: str) -> Position:
    wanted = str if kind == "members" else int
    position = cursors.read(text, tuple[Change, int | str, str])
    order = position[1]
    if isinstance(order, wanted) and (isinstance(order, str) or abs(order) < 1 << 62):
        return position
    raise rules.bad("after", "cursor")
