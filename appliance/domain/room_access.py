"""What one person may know of a room, and what they are in it. The one place that decides so.

What somebody may not know of is `not_found`; what they know of and may not do is `forbidden`.
"""

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Actor, Role
from appliance.domain.policy import Action, Membership, may, require
from appliance.store import bans, rooms
from appliance.store.database import Connection
from appliance.store.rooms import Seen

PUBLIC, PRIVATE, GROUP, DIRECT = "public", "private", "group", "direct"


def seen(db: Connection, actor: Actor, room: str) -> Seen:
    """A room that the actor may know of: one of theirs, or a public one."""
    row = rooms.seen_by(db, room, actor.id)
    found = row and as_member(row, actor)
    if found is None or not (found.role or (found.room.kind == PUBLIC and _may_look(db, actor, room))):
        raise Refusal(Code.NOT_FOUND, room=room)
    return found


def inside(db: Connection, actor: Actor, room: str) -> Seen:
    """As `seen`, for what is said in it: behind a password it is for members alone."""
    found = seen(db, actor, room)
    if not found.role and found.room.password is not None:
        raise Refusal(Code.FORBIDDEN, action=Action.READ_ROOM.value, reason="password")
    return found


def seen_for(db: Connection, actor: Actor, room: str, action: Action) -> Seen:
    """As `seen`, and what they are there is enough for `action`."""
    found = seen(db, actor, room)
    require(actor, action, membership(found), room)
    return found


def as_member(found: Seen, actor: Actor) -> Seen:
    """The rooms of everybody have every signed-in person as a member, also before they have a row there."""
    if found.room.everyone and not found.role and actor.signed_in:
        return Seen(found.room, Membership.MEMBER.value, found.room.head)
    return found


def membership(found: Seen) -> Membership:
    return Membership(found.role or Membership.NONE)


def rank(actor: Actor, found: Seen) -> Membership:
    """What somebody counts as among the others: an administrator as the owner of what is public, and of
    what is private as what they are in it.
    """
    if actor.role is Role.ADMINISTRATOR and found.room.kind == PUBLIC:
        return Membership.OWNER
    return membership(found)


def _may_look(db: Connection, actor: Actor, room: str) -> bool:
    """Who was shown out for good does not look through the window either."""
    return may(actor, Action.READ_PUBLIC_ROOM, room=room) and not bans.stands(db, room, actor.id)
