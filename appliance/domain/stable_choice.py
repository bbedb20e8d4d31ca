"""What somebody chose to save, as they say it. Pure: whether all that is there, the store says."""

from typing import cast, get_args

from msgspec import Struct, field

from appliance.base.errors import Code, Refusal
from appliance.domain import rules
from appliance.store.snapshot.choice import Choice, ChosenKind

MOST = 10_000  # rooms or files named one by one
KINDS = get_args(ChosenKind)


class Only(Struct, frozen=True, kw_only=True):
    """Everything of these `kinds` (files, messages, rooms, members), these `rooms` with all that is in them,
    these `files`, and (`kept`) the files that were approved to be kept: what any of them names is saved.
    """

    kinds: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    kept: bool = False


def choice(only: Only | None) -> Choice | None:
    """None is everything. Refuses what names nothing."""
    if only is None:
        return None
    if not set(only.kinds) <= set(KINDS):
        raise rules.bad("kinds", "unknown")
    if not (only.kinds or only.rooms or only.files or only.kept):
        raise rules.bad("only", "empty")
    for name, several in (("rooms", only.rooms), ("files", only.files)):
        if len(several) > MOST:
            raise Refusal(Code.TOO_LARGE, field=name, maximum=MOST)
    kinds = cast(frozenset[ChosenKind], frozenset(only.kinds))
    return Choice(kinds=kinds, rooms=only.rooms, files=only.files, kept=only.kept)
