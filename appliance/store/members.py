"""Who is in which room, and how far they have read. Knows no rule."""

from dataclasses import dataclass

from appliance.store.database import Connection


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One person in one room. The fields are the columns, in their order."""

    room: str
    user: str
    role: str
    joined: int
    read: int = 0
    delivered: int = 0
    muted: int = 0


_COLUMNS = ", ".join(MemberRow.__slots__)


def insert(db: Connection, row: MemberRow) -> bool:
    """Whether they were not in yet; who is in stays as they are."""
    values = [getattr(row, column) for column in MemberRow.__slots__]
    text = f"INSERT INTO members ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"  # noqa: S608
    return db.execute(text, values).rowcount > 0


def enter_everyones(db: Connection, user: str, now: int) -> list[str]:
    """Makes somebody a member of the rooms that are everyone's; answers those that are new to them.

    What was said there before counts as read.
    """
    missing = db.execute(
        "SELECT id, head FROM rooms WHERE everyone = 1"
        " AND NOT EXISTS (SELECT 1 FROM members WHERE room = rooms.id AND user = ?)",
        (user,),
    ).fetchall()
    for room, head in missing:
        insert(db, MemberRow(room, user, "member", now, head, head))
    return [room for room, _ in missing]


def find(db: Connection, room: str, user: str) -> MemberRow | None:
    text = f"SELECT {_COLUMNS} FROM members WHERE room = ? AND user = ?"  # noqa: S608
    found = db.execute(text, (room, user)).fetchone()
    return MemberRow(*found) if found else None


def of_room(db: Connection, room: str) -> list[MemberRow]:
    """Everybody in a room, those who came first at the top."""
    text = f"SELECT {_COLUMNS} FROM members WHERE room = ? ORDER BY joined, role = 'owner' DESC, user"  # noqa: S608
    return [MemberRow(*found) for found in db.execute(text, (room,))]


def heirs(db: Connection, room: str) -> list[MemberRow]:
    """Who would take a room over, the first first: an owner, moderators, who came earlier."""
    text = (
        f"SELECT {_COLUMNS} FROM members WHERE room = ?"  # noqa: S608
        " ORDER BY role = 'owner' DESC, role = 'moderator' DESC, joined, user"
    )
    return [MemberRow(*found) for found in db.execute(text, (room,))]


def count(db: Connection, room: str) -> int:
    return int(db.execute("SELECT count(*) FROM members WHERE room = ?", (room,)).fetchone()[0])


def rooms_of(db: Connection, user: str) -> list[str]:
    return [room for (room,) in db.execute("SELECT room FROM members WHERE user = ?", (user,))]


def set_role(db: Connection, room: str, user: str, role: str) -> None:
    db.execute("UPDATE members SET role = ? WHERE room = ? AND user = ?", (role, room, user))


def mute(db: Connection, room: str, user: str, until: int) -> None:
    db.execute("UPDATE members SET muted = ? WHERE room = ? AND user = ?", (until, room, user))


def be_quiet(db: Connection, room: str, user: str, quiet: bool) -> bool:
    """Whether somebody's own screens make no sound for a room; and whether that is new."""
    text = "UPDATE members SET quiet = ?1 WHERE room = ?2 AND user = ?3 AND quiet != ?1"
    return db.execute(text, (quiet, room, user)).rowcount > 0


def advance(db: Connection, room: str, user: str, *, read: int = 0, delivered: int = 0) -> bool:
    """Moves the marks of what somebody received and read, forward only; whether they moved."""
    moved = db.execute(
        "UPDATE members SET read = max(read, ?1), delivered = max(delivered, ?1, ?2)"
        " WHERE room = ?3 AND user = ?4 AND (read < ?1 OR delivered < max(?1, ?2))",
        (read, delivered, room, user),
    )
    return moved.rowcount > 0


def remove(db: Connection, room: str, user: str) -> bool:
    """Whether they were in."""
    return db.execute("DELETE FROM members WHERE room = ? AND user = ?", (room, user)).rowcount > 0
