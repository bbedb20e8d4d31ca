"""Files that came with the messages of a room: who may bring them there, and who may know of them."""

from appliance.base.errors import Code, Refusal
from appliance.domain import rules
from appliance.domain.actor import Actor
from appliance.domain.policy import Action, Membership, may, require
from appliance.domain.room_access import inside, membership
from appliance.store import files, messages
from appliance.store.database import Connection
from appliance.store.files import FileRow
from appliance.store.rooms import Seen


def require_attach(actor: Actor, found: Seen, *, guests: bool) -> None:
    """Refuses who may not say something with files there. `guests`: the box lets them."""
    if found.room.ephemeral:
        raise rules.bad("files", "ephemeral")
    require(actor, Action.ATTACH, membership(found), found.room.id)
    if not may_attach(actor, guests=guests):
        raise Refusal(Code.FORBIDDEN, action=Action.ATTACH.value, reason="guests_attach")


def may_attach(actor: Actor, *, guests: bool) -> bool:
    """Whether somebody may send files where they are a member. `guests`: the box lets guests."""
    return may(actor, Action.ATTACH, Membership.MEMBER, actor.room) and (guests or actor.signed_in)


def known(db: Connection, actor: Actor, row: FileRow, *, held: bool) -> bool:
    """Whether there is such a file for this person. What came for a room is for those who can read it there,
    and before it is sent for its owner alone; while it is held back (`held`) also for who decides about it.
    """
    if row.room is None and actor.signed_in:
        return True
    if row.room is not None and row.owner == actor.id:
        return True
    if held and may(actor, Action.REVIEW_FILES):
        return True
    return any(_reads(db, actor, room) for room in messages.rooms_with(db, row.id))


def find(db: Connection, file_id: str) -> FileRow:
    """The row, or `not_found`."""
    row = files.find(db, file_id)
    if row is None:
        raise Refusal(Code.NOT_FOUND)
    return row


def _reads(db: Connection, actor: Actor, room: str) -> bool:
    try:
        inside(db, actor, room)
    except Refusal:
        return False
    return True
