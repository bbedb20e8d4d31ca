"""Sessions before this one: what each holds that is not here now. How it comes back is in `bringing`.

A session is looked at through a connection of its own, with the live content as `live` and the decisions as
`box` beside it: what was erased or rejected for good is not there, and so can never be chosen.
"""

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from stat import S_ISREG
from typing import NamedTuple

from appliance.base.errors import Code, Refusal
from appliance.store import rooms
from appliance.store.database import Connection, connect, migrate
from appliance.store.files import FileRow
from appliance.store.opened import Store
from appliance.store.schema import CONTENT
from appliance.store.snapshot import sessions
from appliance.store.snapshot.layout import CONTENT_DB

Plain = Callable[[str], str]  # a text as it is looked for
# Of rooms that not everybody could read administrators see numbers alone. `began.ev` is the counter as it
# stood when the session began: what was saved before that is not what it lost. `+ev` keeps SQLite from going
# by that column where the order is by room and `seq`. A message that is here and was edited or reacted to
# there is offered too, as one that changed; what was deleted there is not: a vandal's work is undone. Most of
# what is new was neither edited nor reacted to: that is asked before looking for it among what is here.
_VIEWS = f"""
    CREATE TEMP TABLE began (ev INTEGER, changes INTEGER);
    CREATE TEMP VIEW erased AS SELECT subject FROM box.decisions WHERE kind = 'erased';
    CREATE TEMP VIEW rejected AS SELECT subject FROM box.decisions WHERE kind = 'rejected_body';
    CREATE TEMP VIEW open_rooms AS
        SELECT id FROM main.rooms WHERE {rooms.OPEN};
    CREATE TEMP VIEW lost_files AS
        SELECT * FROM main.files WHERE ev > (SELECT ev FROM began)
            AND state IN ('quarantined', 'released')
            AND NOT EXISTS (SELECT 1 FROM live.files AS here WHERE here.id = files.id)
            AND NOT EXISTS (SELECT 1 FROM erased WHERE subject = files.id)
            AND NOT EXISTS (SELECT 1 FROM rejected WHERE subject = files.sha256);
    CREATE TEMP VIEW lost_messages AS
        SELECT * FROM main.messages WHERE +ev > (SELECT ev FROM began) AND deleted IS NULL
            AND NOT EXISTS (SELECT 1 FROM live.messages AS here WHERE here.id = messages.id)
            AND NOT EXISTS (SELECT 1 FROM erased WHERE subject IN (messages.id, messages.room));
    CREATE TEMP VIEW lost_reactions AS
        SELECT theirs.*, said.id AS message FROM main.reactions AS theirs
            JOIN main.messages AS said ON said.room = theirs.room AND said.seq = theirs.seq
            JOIN live.messages AS here ON here.id = said.id
            WHERE theirs.ev > (SELECT ev FROM began) AND NOT EXISTS (
                SELECT 1 FROM live.reactions AS ours WHERE ours.room = here.room AND ours.seq = here.seq
                    AND ours.emoji = theirs.emoji AND ours.user = theirs.user);
    CREATE TEMP VIEW changed_messages AS
        SELECT messages.* FROM main.messages AS messages
            CROSS JOIN live.messages AS here ON here.id = messages.id
            WHERE (SELECT changes FROM began) AND messages.ev > (SELECT ev FROM began)
            AND (messages.edited IS NOT NULL OR EXISTS (SELECT 1 FROM main.reactions AS theirs
                WHERE theirs.room = messages.room AND theirs.seq = messages.seq))
            AND messages.deleted IS NULL AND here.deleted IS NULL
            AND NOT EXISTS (SELECT 1 FROM erased WHERE subject IN (messages.id, messages.room))
            AND ((messages.edited > coalesce(here.edited, 0) AND messages.body <> here.body)
                OR EXISTS (SELECT 1 FROM lost_reactions AS theirs
                    WHERE theirs.room = messages.room AND theirs.seq = messages.seq));
    CREATE TEMP VIEW offered_messages AS
        SELECT *, 0 AS changed FROM lost_messages UNION ALL SELECT *, 1 FROM changed_messages;
    CREATE TEMP VIEW lost_said AS
        SELECT room, count(*) AS messages FROM offered_messages GROUP BY room;
    CREATE TEMP VIEW lost_brought AS
        SELECT lost_messages.room, count(*) AS files, sum(files.size) AS bytes FROM lost_messages
            JOIN main.message_files AS links ON links.message = lost_messages.id
            JOIN main.files AS files ON files.id = links.file GROUP BY lost_messages.room;
    CREATE TEMP VIEW lost_rooms AS
        SELECT rooms.id, kind, CASE WHEN rooms.id IN open_rooms THEN name END AS name,
                EXISTS (SELECT 1 FROM live.rooms AS here WHERE here.id = rooms.id) AS here,
                coalesce(messages, 0) AS messages, coalesce(files, 0) AS files, coalesce(bytes, 0) AS bytes
            FROM main.rooms AS rooms
            LEFT JOIN lost_said ON lost_said.room = rooms.id
            LEFT JOIN lost_brought ON lost_brought.room = rooms.id
            WHERE NOT EXISTS (SELECT 1 FROM erased WHERE subject = rooms.id)
            AND (messages > 0 OR NOT EXISTS (SELECT 1 FROM live.rooms AS here WHERE here.id = rooms.id));
"""  # noqa: S608 (own words)
_OF_FILES = frozenset(FileRow.__slots__) - {"thumbnail", "thumbnail_size"}  # small pictures are made anew


class Holds(NamedTuple):
    """What a session would give back. `ended`: when the last of it came (ms), None when nobody can tell."""

    files: int
    bytes: int
    messages: int
    rooms: int
    ended: int | None


class PastMessage(NamedTuple):
    """A message of an open room. `ev` is its place in the list. `changed`: it is here, as it was before."""

    id: str
    ev: int
    room: str
    room_name: str
    sender: str
    sender_name: str
    ts: int
    body: str
    files: int
    changed: bool = False


class PastRoom(NamedTuple):
    """A room of which something is missing here. `name` is None where administrators may not know it."""

    id: str
    kind: str
    name: str | None
    here: bool
    messages: int
    files: int
    bytes: int


class Past:
    """One earlier session, open."""

    def __init__(self, db: Connection, epoch: str) -> None:
        self.db = db
        self.epoch = epoch

    def holds(self) -> Holds:
        files, size, brought = self.db.execute(
            "SELECT count(*), coalesce(sum(size), 0), max(created) FROM lost_files"
        ).fetchone()
        messages, said = self.db.execute(
            "SELECT count(*), max(max(ts, coalesce(edited, 0))) FROM offered_messages"
        ).fetchone()
        (rooms,) = self.db.execute("SELECT count(*) FROM lost_rooms").fetchone()
        return Holds(files, size, messages, rooms, max(brought or 0, said or 0) or None)

    def files(self, after: int | None = None, limit: int = -1, *, closed: bool = False) -> list[FileRow]:
        """The newest first; `after` is the `ev` of the last one of the page before. With `closed` also those
        that came for a room which administrators may not look into.
        """
        rows = self.db.execute(
            "SELECT * FROM lost_files WHERE (?1 IS NULL OR ev < ?1) AND looks_like(name)"
            " AND (?3 OR room IS NULL OR room IN open_rooms) ORDER BY ev DESC LIMIT ?2",
            (after, limit, closed),
        )
        return [_file(row) for row in rows]

    def messages(self, after: int | None, limit: int) -> list[PastMessage]:
        """Of open rooms, the newest first."""
        rows = self.db.execute(
            "SELECT said.id, said.ev, room, rooms.name, sender, sender_name, ts, body,"
            " (SELECT count(*) FROM main.message_files WHERE message = said.id), changed"
            " FROM offered_messages AS said JOIN main.rooms AS rooms ON rooms.id = room"
            " WHERE room IN open_rooms AND (?1 IS NULL OR said.ev < ?1) AND looks_like(body)"
            " ORDER BY said.ev DESC LIMIT ?2",
            (after, limit),
        )
        return [PastMessage(*row)._replace(changed=bool(row["changed"])) for row in rows]

    def rooms(self, after: str = "", limit: int = -1) -> list[PastRoom]:
        """By id. Rooms that are gone here, and those in which something was said that is not here."""
        rows = self.db.execute(
            "SELECT * FROM lost_rooms WHERE id > ? AND looks_like(name) ORDER BY id LIMIT ?", (after, limit)
        )
        return [PastRoom(id, kind, name, bool(here), *counts) for id, kind, name, here, *counts in rows]


@contextmanager
def opened(store: Store, epoch: str, q: str = "", plain: Plain = str) -> Iterator[Past]:
    """An earlier session to look at; `q`: only what contains it, compared as `plain` makes of both.

    Refusal(not_found) when there is none, Refusal(conflict, damaged or newer) when it cannot be read.
    """
    if epoch not in sessions.earlier(store.layout, but=store.epoch):  # a word of a stranger's is no path
        raise Refusal(Code.NOT_FOUND)
    path = store.layout.session(epoch) / CONTENT_DB
    try:
        if not path.is_file() or path.stat().st_size == 0:  # SQLite would take it for a new one
            raise sqlite3.DatabaseError("there is nothing")
        db = connect(path, synchronous="NORMAL")
        try:
            _prepare(db, store, epoch, q and plain(q), plain)
            yield Past(db, epoch)
        finally:
            db.close()
    except sqlite3.DatabaseError as error:
        if isinstance(error, sqlite3.OperationalError) and error.sqlite_errorcode == sqlite3.SQLITE_FULL:
            raise Refusal(Code.NO_SPACE) from error
        raise Refusal(Code.CONFLICT, reason="damaged") from error


def is_whole(past: Past) -> bool:
    """Reads all of it. What one query finds in order may hide what another falls over."""
    return bool(past.db.execute("PRAGMA main.quick_check(1)").fetchone()[0] == "ok")


def _file(row: sqlite3.Row) -> FileRow:
    columns = {column: row[column] for column in row.keys() if column in _OF_FILES}  # noqa: SIM118 (a Row)
    return FileRow(**{**columns, "keep": bool(row["keep"])})


def _prepare(db: Connection, store: Store, epoch: str, wanted: str, plain: Plain) -> None:
    try:
        migrate(db, CONTENT)  # an older program's, interrupted; it is nobody's snapshot
    except Refusal as newer:
        raise Refusal(Code.CONFLICT, reason="newer") from newer
    began = sessions.record(store.layout, epoch)
    beside(db, store, began.ev if began else 0, wanted, plain, changes=True)


def beside(
    db: Connection, store: Store, began: int, wanted: str = "", plain: Plain = str, *, changes: bool = False
) -> None:
    """Content of elsewhere looked at beside that of here: the views that `Past` asks.

    `changes`: what changed there in messages that are here counts too.
    """
    for name, path in (("live", store.content.path), ("box", store.box.path)):
        db.execute(f"ATTACH ? AS {name}", (f"{path.absolute().as_uri()}?mode=ro",))
    db.execute("PRAGMA temp_store = MEMORY")
    db.executescript(_VIEWS)
    db.execute("INSERT INTO began VALUES (?, ?)", (began, changes))
    db.execute("PRAGMA query_only = ON")
    db.create_function(
        "looks_like", 1, lambda text: not wanted or wanted in plain(text or ""), deterministic=True
    )


def weight(store: Store, epochs: Sequence[str]) -> int:
    """Bytes that they have for themselves on the disk; what generations keep as well stays with them."""
    files = (path.lstat() for epoch in epochs for path in store.layout.session(epoch).rglob("*"))
    return sum(one.st_size for one in files if S_ISREG(one.st_mode) and one.st_nlink == 1)


def erase(store: Store, epoch: str) -> None:
    """For good, durable when it returns, with the bodies that it alone leant on. Refusal(not_found)."""
    if epoch not in sessions.earlier(store.layout, but=store.epoch):
        raise Refusal(Code.NOT_FOUND)
    store.disk.rename(store.layout.session(epoch), sessions.erased(store.layout, epoch))
    store.disk.sync_folder(store.layout.live)
    sessions.sweep(store.layout, store.epoch, store.stopping)
    with store.saving:
        store.sweep_bodies()
    store.reserve.keep()
