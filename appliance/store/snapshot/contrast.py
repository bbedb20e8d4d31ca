"""What one content holds that another does not: the live one against a generation, or two generations.

Reads through a connection that `sides` has opened; for worker threads. Changes nothing.
"""

from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from appliance.store.database import Connection
from appliance.store.snapshot.sides import columns

Change = Literal["added", "changed", "removed"]
CHANGES: tuple[Change, ...] = ("added", "changed", "removed")
Position = tuple[Change, int | str, str]
EXCERPT = 200  # characters of a message


class Found(NamedTuple):
    """One difference. `text` is a file's name, the beginning of a message, what a member is."""

    change: Change
    order: int | str
    id: str
    text: str
    room: str | None
    seq: int | None
    person: str
    person_name: str
    bytes: int | None
    at: int


@dataclass(slots=True)
class Count:
    """How many differences there are; `hidden` of them are in rooms that are not open to all."""

    added: int = 0
    changed: int = 0
    removed: int = 0
    bytes: int = 0  # of the files that were added
    hidden: int = 0

    @property
    def all(self) -> int:
        return self.added + self.changed + self.removed

    def add(self, change: Change, count: int) -> None:
        setattr(self, change, getattr(self, change) + count)


@dataclass(slots=True)
class RoomFound:
    """A room that differs: in itself, in who is in it, or in what was said. A closed one has no name."""

    id: str
    kind: str
    name: str | None
    created: int
    change: Change = "changed"
    itself: bool = False
    messages: Count = field(default_factory=Count)
    members: Count = field(default_factory=Count)

    @property
    def open(self) -> bool:
        return self.name is not None


class _Kind(NamedTuple):
    """How a table is compared: by `key`, rows that are `there`, in every column but those left out."""

    table: str
    key: tuple[str, ...]
    order: str
    there: str
    ignored: frozenset[str]
    shown: str


_KINDS = {
    "files": _Kind(
        "files",
        ("id",),
        "ev",
        "{}.state <> 'receiving'",
        frozenset(),
        "n.ev, n.id, n.name, {room}, NULL, n.owner, n.owner_name, n.size, n.created",
    ),
    # A deleted message keeps its place and has no text: it is gone, whoever counts.
    "messages": _Kind(
        "messages",
        ("id",),
        "ev",
        "{}.deleted IS NULL",
        frozenset(),
        f"n.ev, n.id, substr(n.body, 1, {EXCERPT}), n.room, n.seq, n.sender, n.sender_name, NULL,"
        " coalesce(n.edited, n.ts)",
    ),
    # How far somebody has read is nobody's loss. (Posts get their line here when there are any.)
    "members": _Kind(
        "members",
        ("room", "user"),
        "room",
        "{}.room <> ''",
        frozenset({"read", "delivered", "quiet"}),
        "n.room, n.user, n.role, n.room, NULL, n.user, '', NULL, n.joined",
    ),
}
_LAST = {"files": "id", "messages": "id", "members": "user"}  # after `order`, in the order of a list
_SEARCHED = {"files": "n.name", "messages": "n.body", "members": "n.user"}
_CHOSEN = {
    "files": "n.id IN (SELECT id FROM chosen_files)",
    "messages": "n.room IN (SELECT id FROM chosen_rooms WHERE messages OR NOT here)",
    "members": "n.room IN (SELECT id FROM chosen_rooms WHERE members OR NOT here)",
}


class Contrast:
    """Two contents side by side, as `live` and `saved`. `chosen`: only what `choice.resolve` has named."""

    def __init__(self, db: Connection, *, chosen: bool = False) -> None:
        self.db = db
        self._chosen = chosen

    def files(self) -> Count:
        """Those that came for the messages of a closed room are hidden."""
        found = Count()
        for change in CHANGES:
            hidden = f"total(NOT ({self._open('files', change)}))"
            sql = f"SELECT count(*), coalesce(sum(n.size), 0), {hidden} {self._source('files', change)}"
            count, size, closed = self.db.execute(sql).fetchone()
            found.add(change, count)
            found.hidden += int(closed)
            if change == "added":
                found.bytes = size
        return found

    def by_room(self, kind: Literal["messages", "members"]) -> dict[str, Count]:
        """How many of each room."""
        found: dict[str, Count] = {}
        for change in CHANGES:
            sql = f"SELECT n.room, count(*) {self._source(kind, change)} GROUP BY n.room"
            for room, count in self.db.execute(sql):
                found.setdefault(room, Count()).add(change, count)
        return found

    def rooms(self) -> list[RoomFound]:
        """Those that differ in anything, the newest first."""
        here, saved = self._rooms("live"), self._rooms("saved")
        said, who = self.by_room("messages"), self.by_room("members")
        names = self.room_names()
        altered = {id for (id,) in self.db.execute(f"SELECT n.id {self._altered_rooms()}")}
        found = []
        for id, row in {**saved, **here}.items():
            itself = id in altered or not (id in here and id in saved)
            if not (itself or id in said or id in who):
                continue
            kind, created = row
            one = RoomFound(id, kind, names.get(id), created, itself=itself)
            one.change = "removed" if id not in here else "changed" if id in saved else "added"
            one.messages, one.members = said.get(id, Count()), who.get(id, Count())
            found.append(one)
        return sorted(found, key=lambda one: (one.created, one.id), reverse=True)

    def items(self, kind: str, wanted: Change | None, after: Position | None, limit: int) -> list[Found]:
        """One page of files, messages or members: added ones, changed ones, removed ones, the newest first.

        Nothing of closed rooms is in it.
        """
        found: list[Found] = []
        for change in CHANGES:
            begun = after is None or CHANGES.index(change) >= CHANGES.index(after[0])
            if wanted in (None, change) and begun and len(found) < limit:
                beyond = after[1:] if after and after[0] == change else None
                found += self._page(kind, change, beyond, limit - len(found))
        return found

    def _page(
        self, kind: str, change: Change, beyond: tuple[int | str, str] | None, limit: int
    ) -> list[Found]:
        how, last = _KINDS[kind], _LAST[kind]
        shown = how.shown.format(room=self._room(kind, change))
        sql = f"SELECT {shown} {self._source(kind, change)} AND looks_like({_SEARCHED[kind]})"
        sql += f" AND {self._open(kind, change)}"
        if beyond is not None:
            sql += f" AND (n.{how.order}, n.{last}) < (?, ?)"
        sql += f" ORDER BY n.{how.order} DESC, n.{last} DESC LIMIT ?"
        return [Found(change, *row) for row in self.db.execute(sql, (*(beyond or ()), limit))]

    def _room(self, kind: str, change: Change) -> str:
        """The room of a row; an older program's files had none."""
        side = "saved" if change == "removed" else "live"
        return "n.room" if "room" in columns(self.db, side, kind) else "NULL"

    def _open(self, kind: str, change: Change) -> str:
        """Whether a row may be shown: a file of no room too."""
        room = self._room(kind, change)
        return f"({room} IS NULL OR {room} IN (SELECT id FROM open_rooms))"  # noqa: S608 (own names)

    def _source(self, kind: str, change: Change) -> str:
        """FROM and WHERE: `n` is the row that is told of."""
        how = _KINDS[kind]
        mine, other = ("saved", "live") if change == "removed" else ("live", "saved")
        same = " AND ".join(f"o.{column} = n.{column}" for column in how.key)
        there = how.there.format("n"), how.there.format("o")
        chosen = f" AND {_CHOSEN[kind]}" if self._chosen else ""
        if change != "changed":
            twin = f"SELECT 1 FROM {other}.{how.table} o WHERE {same} AND {there[1]}"  # noqa: S608 (own names)
            return f"FROM {mine}.{how.table} n WHERE {there[0]} AND NOT EXISTS ({twin}){chosen}"
        differs = self._differs(how.table, frozenset(how.key) | how.ignored)
        return (
            f"FROM live.{how.table} n JOIN saved.{how.table} o ON {same}"
            f" WHERE {there[0]} AND {there[1]} AND ({differs}){chosen}"
        )

    def _altered_rooms(self) -> str:
        """`created` of the first room is another one at each beginning; `head` is the messages' business."""
        differs = self._differs("rooms", frozenset({"id", "head", "created"}))
        chosen = " AND n.id IN (SELECT id FROM chosen_rooms WHERE row)" if self._chosen else ""
        return f"FROM live.rooms n JOIN saved.rooms o ON o.id = n.id WHERE ({differs}){chosen}"

    def _differs(self, table: str, but: frozenset[str]) -> str:
        """What an older program saved has fewer columns: those alone are compared that both have."""
        shared = set(columns(self.db, "live", table)) & set(columns(self.db, "saved", table)) - but
        return " OR ".join(f"n.{column} IS NOT o.{column}" for column in sorted(shared)) or "0"

    def room_names(self) -> dict[str, str]:
        """Of the open ones, as they are called now, or were."""
        found: dict[str, str] = {}
        for side in ("saved", "live"):
            sql = f"SELECT id, name FROM {side}.rooms WHERE id IN (SELECT id FROM open_rooms)"  # noqa: S608
            found |= dict(self.db.execute(sql).fetchall())
        return found

    def _rooms(self, side: str) -> dict[str, tuple[str, int]]:
        chosen = " WHERE id IN (SELECT id FROM chosen_rooms)" if self._chosen else ""
        rows = self.db.execute(f"SELECT id, kind, created FROM {side}.rooms{chosen}")  # noqa: S608
        return {id: (kind, created) for id, kind, created in rows}
