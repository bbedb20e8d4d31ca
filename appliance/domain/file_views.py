"""A file as it is told to those who ask and to those who listen; who may delete it."""

from collections.abc import Callable

from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Actor
from appliance.domain.custody import Custody, may_show
from appliance.domain.directory import Directory
from appliance.domain.events import EVERYONE, Happened, StateFrame, in_room
from appliance.domain.inspection.reasons import Reason, Why, decoded
from appliance.domain.links import Links
from appliance.domain.policy import Action, Membership, may, require
from appliance.store.files import FileRow


class Owner(Struct, frozen=True):
    """Who brought it, by today's name."""

    id: str
    name: str


class File(Struct, frozen=True, kw_only=True):
    """A file for a list. `public_url` is null where the bytes are held back.

    `folder` is where it lay in a folder that was dropped; `thumbnail`: there is a small picture to be shown;
    `stable`: a reboot would bring it back with these bytes. `keep`: somebody would like it to be saved;
    `approved`: what an administrator said to that, null while none did. `room`: it came for its messages and
    is for those who read them, so there is no link to hand on. `damaged`: the disk lost its bytes, and the
    same ones uploaded again heal it.
    """

    id: str
    name: str
    folder: str
    size: int
    type: str
    sha256: str
    state: str
    scan: str
    reasons: list[Reason]
    owner: Owner
    created: int
    keep: bool
    approved: bool | None
    stable: bool
    description: str
    thumbnail: bool
    room: str | None
    damaged: bool
    public_url: str | None


class Page(Struct, frozen=True):
    """Some files, and the cursor of those after them."""

    items: list[File]
    next: str | None


class Allowed(Struct, frozen=True):
    """What may come. The extension `*` stands for all."""

    extensions: list[str]
    types: list[str]
    max_bytes: int
    max_files: int


class FileChanged(StateFrame, frozen=True, kw_only=True, tag="upload"):
    """A file arrived, changed its state, or is gone (`deleted`)."""

    id: str
    state: str
    scan: str | None = None


def changed(ev: int, row: FileRow, *, gone: bool = False) -> Happened:
    """Told to everybody; of what came for a room to those who are in it."""
    state, scan = ("deleted", None) if gone else (row.state, row.scan)
    audience = in_room(row.room) if row.room else EVERYONE
    return Happened(FileChanged(ev=ev, id=row.id, state=state, scan=scan), audience)


class Views:
    """Rows as files, each with a link where everybody may have the bytes."""

    def __init__(
        self, directory: Directory, links: Links, custody: Custody, damaged: Callable[[str], bool]
    ) -> None:
        self._directory = directory
        self._links = links
        self._custody = custody
        self._damaged = damaged

    def file(self, actor: Actor, row: FileRow) -> File:
        """As `actor` gets it: what an administrator said of it is for whoever brought it."""
        reasons = decoded(row.reasons)
        if row.owner != actor.id and not may(actor, Action.REVIEW_FILES):
            reasons = [reason for reason in reasons if reason.code is not Why.SAID]
        return File(
            id=row.id,
            name=row.name,
            folder=row.folder,
            size=row.size,
            type=row.type,
            sha256=row.sha256,
            state=row.state,
            scan=row.scan,
            reasons=reasons,
            owner=Owner(row.owner, self._directory.name(row.owner, row.owner_name)),
            created=row.created,
            keep=row.keep,
            approved=None if row.approved is None else bool(row.approved),
            stable=row.stable,
            description=row.description,
            thumbnail=row.thumbnail is not None and may_show(row),
            room=row.room,
            damaged=self._damaged(row.sha256),
            public_url=None if row.room or self._custody.held_back(row) else self.address(row),
        )

    def address(self, row: FileRow) -> str:
        """Of the bytes; needs no header for a while."""
        return f"/api/uploads/{row.id}/content?link={self._links.sign(row.id, row.sha256)}"


def require_own(
    actor: Actor, row: FileRow, own: Action, every: Action, rank: Membership = Membership.NONE
) -> None:
    """To one's own what `own` allows, while nobody has looked at it; to all what `every` allows, of what came
    with a message also to those who are something (`rank`) in its room.
    """
    if may(actor, every, rank):
        return
    if row.owner != actor.id or row.state != "quarantined":
        raise Refusal(Code.FORBIDDEN, action=every.value)
    require(actor, own)
