"""A choice of what to save: which rooms and files it means, and how they come into a copy of a generation.

What was chosen is afterwards as it is in the live content, deletions included; the rest as it was saved.
"""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from appliance.base.errors import Code, Refusal
from appliance.base.log import logger
from appliance.store import events, files, meta, schema, search, traces
from appliance.store.database import Connection, migrate
from appliance.store.decisions import Decision
from appliance.store.rooms import OPEN
from appliance.store.snapshot.apply import apply_decisions
from appliance.store.snapshot.sides import columns

ChosenKind = Literal["files", "messages", "rooms", "members"]
FLAGGED = "scan = 'flagged' AND state <> 'released'"
_NAMED = 100  # dangerous files that a refusal names
_log = logger("store")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Everything of these kinds, and these rooms and files, and what was approved to be kept.

    `files` are those of no room; `messages` bring what came for them, and the rooms that are new; `rooms`
    who is in them, and no message; a room that is named all of it, with every file of its messages.
    """

    kinds: frozenset[ChosenKind] = frozenset()
    rooms: Sequence[str] = ()
    files: Sequence[str] = ()
    kept: bool = False


def resolve(db: Connection, choice: Choice, saved: str) -> list[tuple[str, str | None]]:
    """Writes down in `chosen_rooms` and `chosen_files` what is meant, of `live` and of the schema `saved`.

    Answers id and name of what is left out: a file that came for a room goes nowhere without it. Of a closed
    room the name is None: it is counted.
    Refusal(not_found) for a room or file that neither side has.
    """
    db.execute(
        "CREATE TEMP TABLE chosen_rooms (id TEXT PRIMARY KEY, row INTEGER, members INTEGER, messages INTEGER,"
        " here INTEGER)"
    )
    db.execute("CREATE TEMP TABLE chosen_files (id TEXT PRIMARY KEY)")
    _resolve_rooms(db, choice, saved)
    _resolve_files(db, choice, saved)
    return _leave_homeless(db, saved)


def flagged(db: Connection, *, chosen: bool = True) -> list[tuple[str, str]]:
    """Id and name of the files that look dangerous and that nobody released; of the chosen ones or of all."""
    among = " AND id IN (SELECT id FROM chosen_files)" if chosen else ""
    found = db.execute(f"SELECT id, name FROM live.files WHERE {FLAGGED}{among} ORDER BY ev")  # noqa: S608 (own words)
    return [(str(id), str(name)) for id, name in found]


def leave_flagged(db: Connection) -> None:
    """What looks dangerous is chosen no more: it stays as it was saved."""
    db.execute(f"DELETE FROM chosen_files WHERE id IN (SELECT id FROM live.files WHERE {FLAGGED})")  # noqa: S608


def apply(
    path: Path,
    live: Path,
    choice: Choice,
    include_flagged: bool | None,
    decisions: Iterable[Decision],
) -> list[str]:
    """Brings what was chosen from `live` into the copy of a generation at `path`; an empty file is none.

    `live` is seen as it is at one instant. What looks dangerous is refused with a list where
    `include_flagged` is None. Answers the ids of what `resolve` left out.
    Raises Refusal: conflict (flagged), not_found, internal (damaged).
    """
    with closing(sqlite3.connect(path, isolation_level=None, uri=True)) as db:
        db.row_factory = sqlite3.Row
        for pragma in ("synchronous = OFF", "secure_delete = ON", "foreign_keys = ON"):
            db.execute(f"PRAGMA {pragma}")  # made durable by `Disk.sync`, as all of a generation
        migrate(db, schema.CONTENT)
        db.execute("ATTACH ? AS live", (f"{live.absolute().as_uri()}?mode=ro",))
        db.execute("BEGIN")
        left_out = resolve(db, choice, "main")
        if include_flagged is None:
            refuse_flagged(db)
        elif not include_flagged:
            leave_flagged(db)
        _bring(db, choice)
        db.execute("COMMIT")
        db.execute("DETACH live")
        apply_decisions(db, decisions)
        traces.clear_copy(db)
        _check(db)
    return [id for id, _ in left_out]


def _resolve_rooms(db: Connection, choice: Choice, saved: str) -> None:
    """A kind means the rooms of both sides; a room that is new comes with its members, or nobody had it."""
    _must_exist(db, "rooms", choice.rooms, saved)
    for one in choice.rooms:
        db.execute("INSERT OR IGNORE INTO chosen_rooms VALUES (?, 1, 1, 1, 0)", (one,))
    rooms, members, messages = (kind in choice.kinds for kind in ("rooms", "members", "messages"))
    db.execute(
        "INSERT INTO chosen_rooms"  # noqa: S608 (own names)
        " SELECT id, ?1 OR (?3 AND is_new), ?1 OR ?2 OR ?3 AND is_new, ?3, 0 FROM"
        f"  (SELECT id, id NOT IN (SELECT id FROM {saved}.rooms) AS is_new FROM live.rooms)"
        " WHERE ?1 OR ?3 OR (?2 AND NOT is_new) ON CONFLICT DO NOTHING",
        (rooms, members, messages),
    )
    if rooms:
        db.execute(
            f"INSERT OR IGNORE INTO chosen_rooms SELECT id, 1, 1, 1, 0 FROM {saved}.rooms"  # noqa: S608
            " WHERE id NOT IN (SELECT id FROM live.rooms)"
        )
    db.execute("UPDATE chosen_rooms SET here = id IN (SELECT id FROM live.rooms)")


def _resolve_files(db: Connection, choice: Choice, saved: str) -> None:
    _must_exist(db, "files", choice.files, saved)
    db.executemany("INSERT OR IGNORE INTO chosen_files VALUES (?)", [(one,) for one in choice.files])
    for side in ("live", saved):
        has_room = "room" in columns(db, side, "files")
        if "files" in choice.kinds:
            free = "room IS NULL" if has_room else "1"
            db.execute(f"INSERT OR IGNORE INTO chosen_files SELECT id FROM {side}.files WHERE {free}")  # noqa: S608
        if has_room:
            said = "SELECT id FROM chosen_rooms WHERE messages OR NOT here"
            theirs = f"SELECT id FROM {side}.files WHERE room IN ({said})"  # noqa: S608 (own names)
            db.execute(f"INSERT OR IGNORE INTO chosen_files {theirs}")
    if choice.kept:
        kept = files.KEPT["approved"]
        db.execute(f"INSERT OR IGNORE INTO chosen_files SELECT id FROM live.files WHERE {kept}")  # noqa: S608
    for side in ("live", saved):
        db.executemany(
            f"INSERT OR IGNORE INTO chosen_files SELECT file FROM {side}.message_files"  # noqa: S608
            f" JOIN {side}.messages ON messages.id = message_files.message WHERE room = ?",
            [(one,) for one in choice.rooms],
        )


def _leave_homeless(db: Connection, saved: str) -> list[tuple[str, str | None]]:
    rows = db.execute(
        f"SELECT id, CASE WHEN room IN (SELECT id FROM live.rooms AS rooms WHERE {OPEN}) THEN name END"  # noqa: S608
        " FROM live.files WHERE id IN (SELECT id FROM chosen_files) AND state <> 'receiving'"
        " AND room IS NOT NULL AND room NOT IN (SELECT id FROM chosen_rooms WHERE row AND here)"
        f" AND room NOT IN (SELECT id FROM {saved}.rooms WHERE id NOT IN"
        "  (SELECT id FROM chosen_rooms WHERE row)) ORDER BY ev"
    ).fetchall()
    db.executemany("DELETE FROM chosen_files WHERE id = ?", [(id,) for id, _ in rows])
    return [(str(id), name) for id, name in rows]


def _must_exist(db: Connection, table: str, ids: Sequence[str], saved: str) -> None:
    for one in ids:
        sql = f"SELECT 1 FROM live.{table} WHERE id = ?1 UNION SELECT 1 FROM {saved}.{table} WHERE id = ?1"  # noqa: S608
        if db.execute(sql, (one,)).fetchone() is None:
            raise Refusal(Code.NOT_FOUND, reason=table, id=one)


def refuse_flagged(db: Connection) -> None:
    """Refusal(conflict, flagged) with a list, where anything that was chosen looks dangerous."""
    found = flagged(db)
    if found:
        ids, names = [id for id, _ in found[:_NAMED]], [name for _, name in found[:_NAMED]]
        raise Refusal(Code.CONFLICT, reason="flagged", count=len(found), files=ids, names=names)


def _bring(db: Connection, choice: Choice) -> None:
    """Foreign keys do what hangs on a row; the index of words is made anew, so that no old word stays."""
    said = db.execute("SELECT 1 FROM chosen_rooms WHERE messages OR NOT here").fetchone() is not None
    if said:
        search.begin_anew(db)
    db.execute("DELETE FROM rooms WHERE id IN (SELECT id FROM chosen_rooms WHERE row AND NOT here)")
    _bring_rooms(db)
    _bring_members(db)
    _bring_messages(db)
    _bring_files(db)
    _bring_reports(db, choice)
    meta.put(db, "ev", str(max(events.last_ev(db), _last_live(db))))
    while said and not search.catch_up(db):
        pass


def _bring_rooms(db: Connection) -> None:
    """Without messages; a code and a pair of people belong to one room, and the chosen one has them."""
    chosen = "(SELECT id FROM chosen_rooms WHERE row AND here)"
    theirs = f"SELECT {{}} FROM live.rooms AS l WHERE l.id IN {chosen} AND l.id <> rooms.id"  # noqa: S608 (own names)
    db.execute(f"DELETE FROM rooms WHERE pair IN ({theirs.format('pair')})")  # noqa: S608
    db.execute(f"UPDATE rooms SET code = NULL WHERE id IN {chosen} OR code IN ({theirs.format('code')})")  # noqa: S608
    every = columns(db, "main", "rooms")
    some = ", ".join(column for column in every if column not in ("id", "head"))
    db.execute(
        f"UPDATE rooms SET ({some}) = (SELECT {some} FROM live.rooms AS l WHERE l.id = rooms.id)"  # noqa: S608
        f" WHERE id IN {chosen}"
    )
    db.execute(
        f"INSERT INTO rooms (id, head, {some}) SELECT id, 0, {some} FROM live.rooms"  # noqa: S608
        f" WHERE id IN {chosen} AND id NOT IN (SELECT id FROM main.rooms)"
    )


def _bring_members(db: Connection) -> None:
    """With who is banned, and the owner, which is both in the room and among the members. Guests go."""
    chosen = "(SELECT id FROM chosen_rooms WHERE members AND here)"
    for table in ("members", "bans"):
        db.execute(f"DELETE FROM {table} WHERE room IN {chosen}")  # noqa: S608 (own names)
        _copy(db, table, f"room IN {chosen}")
    db.execute("DELETE FROM members WHERE user IN (SELECT id FROM live.guests)")
    _take(db, "owner", chosen)


def _bring_messages(db: Connection) -> None:
    chosen = "(SELECT id FROM chosen_rooms WHERE messages AND here)"
    newer = f"SELECT id FROM live.messages WHERE room IN {chosen}"  # noqa: S608 (own names)
    db.execute(f"DELETE FROM messages WHERE room IN {chosen} OR id IN ({newer})")  # noqa: S608
    for table in ("messages", "reactions", "mentions"):
        _copy(db, table, f"room IN {chosen}")
    _take(db, "head", chosen)
    db.execute(
        "UPDATE members SET read = min(read, head), delivered = min(delivered, head)"
        " FROM (SELECT id, head FROM rooms) AS r WHERE r.id = members.room AND max(read, delivered) > head"
    )


def _bring_files(db: Connection) -> None:
    """A file hangs on a message wherever one of the sides says so and both are there. One that came for a
    room goes where the room does.
    """
    db.execute("DELETE FROM files WHERE id IN (SELECT id FROM chosen_files)")
    _copy(db, "files", "id IN (SELECT id FROM chosen_files) AND state <> 'receiving'")
    db.execute("DELETE FROM files WHERE room IS NOT NULL AND room NOT IN (SELECT id FROM rooms)")
    db.execute(
        "INSERT OR IGNORE INTO message_files SELECT message, file FROM live.message_files"
        " WHERE message IN (SELECT id FROM main.messages)"
    )
    db.execute("DELETE FROM message_files WHERE file NOT IN (SELECT id FROM files)")


def _bring_reports(db: Connection, choice: Choice) -> None:
    """They stay when their room ends, so they go by the name of the room."""
    which = "1" if "rooms" in choice.kinds else "room IN (SELECT id FROM chosen_rooms WHERE row)"
    db.execute(f"DELETE FROM reports WHERE {which}")  # noqa: S608 (own words)
    _copy(db, "reports", which)


def _take(db: Connection, column: str, chosen: str) -> None:
    live = f"SELECT {column} FROM live.rooms AS l WHERE l.id = rooms.id"  # noqa: S608 (own names)
    db.execute(f"UPDATE rooms SET {column} = ({live}) WHERE id IN {chosen}")  # noqa: S608


def _copy(db: Connection, table: str, where: str) -> None:
    names = ", ".join(columns(db, "main", table))
    db.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM live.{table} WHERE {where}")  # noqa: S608 (own names)


def _last_live(db: Connection) -> int:
    return int(db.execute("SELECT value FROM live.meta WHERE key = 'ev'").fetchone()[0])


def _check(db: Connection) -> None:
    """Nothing that is half there is ever called a generation."""
    found = str(db.execute("PRAGMA integrity_check(1)").fetchone()[0])
    loose = db.execute("PRAGMA foreign_key_check").fetchone()
    search.check(db)
    if found != "ok" or loose is not None:
        _log.error(
            "what was chosen does not fit together (%s): nothing was saved",
            found if loose is None else loose[0],
        )
        raise Refusal(Code.INTERNAL, reason="damaged")
