"""Who may have the bytes of which file: the one rule about the quarantine. Looks nothing up.

| state       | scan                        | release = open       | release = strict     |
|-------------|-----------------------------|----------------------|----------------------|
| quarantined | clean, unscanned            | everybody signed in  | administrators       |
| quarantined | pending, flagged            | administrators       | administrators       |
| released    | any: somebody has looked    | everybody signed in  | everybody signed in  |
| rejected    | any                         | administrators       | administrators       |
"""

from typing import Literal

from appliance.base.errors import Code, Refusal
from appliance.domain import file_types
from appliance.domain.actor import Actor
from appliance.domain.policy import Action, Membership, may, require
from appliance.store.files import FileRow

Release = Literal["open", "strict"]
HARMLESS = frozenset({"clean", "unscanned"})


class Custody:
    """The rule, for the box's choice of `release`. `strict`: nothing is had that was not released."""

    def __init__(self, release: Release) -> None:
        self.strict = release == "strict"

    def held_back(self, row: FileRow) -> str:
        """Why only administrators may have the bytes; empty when everybody may who downloads at all."""
        if row.state == "released":
            return ""
        if row.state != "quarantined":
            return row.state
        if row.scan not in HARMLESS:
            return row.scan
        return "strict" if self.strict else ""

    def require_open(self, row: FileRow) -> None:
        """Refuses what is held back, whoever asks: a link may be handed on."""
        if reason := self.held_back(row):
            raise Refusal(Code.QUARANTINED, reason=reason)

    def require_bytes(self, actor: Actor, row: FileRow) -> None:
        """Refuses who may not have the bytes; guests may, of what they know of in their room."""
        require(actor, Action.DOWNLOAD, Membership.MEMBER, actor.room)
        if not may(actor, Action.REVIEW_FILES):
            self.require_open(row)


def released_only(actor: Actor, release: Release) -> bool:
    """Whether somebody has the bytes of released files alone."""
    return release == "strict" and not may(actor, Action.REVIEW_FILES)


def may_inline(row: FileRow) -> bool:
    """Whether a browser may show it in place: a safe kind in which nothing was found, whoever released it."""
    return row.type in file_types.INLINE and may_show(row)


def may_show(row: FileRow) -> bool:
    """Whether anything of it may stand in a page: nothing was found in it, and nobody said no to it."""
    return row.state != "rejected" and row.scan in HARMLESS
