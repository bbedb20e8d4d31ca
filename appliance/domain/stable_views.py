"""The stable snapshot as it is told: what lists, lines and notices are made of. Decides nothing."""

from msgspec import Struct

from appliance.store.snapshot.check import Finding
from appliance.store.snapshot.manifest import Manifest
from appliance.store.snapshot.outcome import RestoreOutcome


class Line(Struct, frozen=True):
    """Where a reboot leads, in one line."""

    generation: int
    saved_at: int
    note: str


class Generation(Struct, frozen=True, kw_only=True):
    """One saved generation. Of a damaged one little more than the number is known."""

    generation: int
    saved_at: int | None = None
    by: str = ""
    note: str = ""
    kind: str = "deliberate"
    files: int = 0
    bytes: int = 0
    messages: int = 0
    rooms: int = 0
    lost: int = 0
    ok: bool


class Passed(Struct, frozen=True):
    """A generation that the last restore could not use, and why; None is the pointer to the current one."""

    generation: int | None
    flaw: str


class Trouble(Struct, frozen=True):
    """What administrators must know of the last restore."""

    passed: list[Passed]
    lost: int
    recovered_box: int | None


class Listing(Struct, frozen=True):
    """`current` is where a reboot leads."""

    current: int | None
    generations: list[Generation]
    trouble: Trouble | None


class Verified(Struct, frozen=True):
    """What a look at every byte found."""

    ok: bool
    findings: list[Finding]


def shown(manifest: Manifest, *, ok: bool = True) -> Generation:
    """A generation as its manifest tells it."""
    return Generation(
        generation=manifest.generation,
        saved_at=manifest.saved_at,
        by=manifest.by_name,
        note=manifest.note,
        kind=manifest.kind,
        files=manifest.files,
        bytes=manifest.bytes,
        messages=manifest.messages,
        rooms=manifest.rooms,
        lost=manifest.lost,
        ok=ok,
    )


def trouble(outcome: RestoreOutcome, recovered_box: int | None) -> Trouble | None:
    """None when the last restore went as it should."""
    if not (outcome.passed or outcome.lost or recovered_box):
        return None
    passed = [Passed(one.generation, one.flaw.value) for one in outcome.passed]
    return Trouble(passed, len(outcome.lost), recovered_box)
