"""A file as it is told to those who ask and to those who listen; who may have its bytes, in one place."""

from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Actor
from appliance.domain.events import Happened, StateFrame
from appliance.domain.policy import Action, may, require
from appliance.store.files import FileRow


class Owner(Struct, frozen=True):
    """Who brought it, by today's name."""

    id: str
    name: str


class File(Struct, frozen=True, kw_only=True):
    """A file for a list. `public_url` is null where the bytes are held back."""

    id: str
    name: str
    size: int
    type: str
    sha256: str
    state: str
    scan: str
    owner: Owner
    created: int
    keep: bool
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


def changed(ev: int, file_id: str, state: str) -> Happened:
    return Happened(FileChanged(ev=ev, id=file_id, state=state))


def held_back(row: FileRow) -> bool:
    """What was found to be dangerous, or was rejected, goes to administrators alone."""
    return row.state == "rejected" or row.scan == "flagged"


def require_bytes(actor: Actor, row: FileRow) -> None:
    """Refuses who may not have the bytes."""
    require(actor, Action.DOWNLOAD)
    if held_back(row) and not may(actor, Action.REVIEW_FILES):
        raise Refusal(Code.QUARANTINED)


def require_delete(actor: Actor, row: FileRow) -> None:
    """One's own while nobody has looked at it; administrators all."""
    if may(actor, Action.DELETE_ANY):
        return
    if row.owner != actor.id or row.state != "quarantined":
        raise Refusal(Code.FORBIDDEN, action=Action.DELETE_ANY.value)
    require(actor, Action.DELETE_OWN_FILE)
