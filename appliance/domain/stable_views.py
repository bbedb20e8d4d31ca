"""The stable snapshot as it is told: what lists, lines and notices are made of. Decides nothing."""

from msgspec import Struct, field

from appliance.base.errors import Param
from appliance.store.snapshot.check import Finding
from appliance.store.snapshot.manifest import Chosen, Manifest
from appliance.store.snapshot.outcome import RestoreOutcome


class Named(Struct, frozen=True):
    """A file, for who has to decide about it."""

    id: str
    name: str


class Line(Struct, frozen=True):
    """Where a reboot leads, in one line."""

    generation: int
    saved_at: int
    note: str


class Generation(Struct, frozen=True, kw_only=True):
    """One saved generation. Of a damaged one little more than the number is known.

    `automatic`: nobody asked for it. `current`: where a reboot leads. `only`: what a save by choice took.
    `left_out`: in the answer to that save, the files that were meant and whose room is not in it.
    """

    generation: int
    saved_at: int | None = None
    by: str = ""
    note: str = ""
    kind: str = "deliberate"
    automatic: bool = False
    current: bool = False
    files: int = 0
    bytes: int = 0
    messages: int = 0
    rooms: int = 0
    members: int = 0
    posts: int = 0
    only: Chosen | None = None
    left_out: list[Named] = field(default_factory=list)
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


class Problem(Struct, frozen=True):
    """A refusal, for who was not waiting for it any more."""

    code: str
    params: dict[str, Param]


class Progress(Struct, kw_only=True):
    """How far long work is: `done` of `total` bytes in this stage (0 of 0 where nobody can tell).

    `what`: save, verify. `number`: the generation that it is about, once it has one. At its end `finished`,
    and `generation` (of a save), `verified`, or `error`.
    """

    task: str
    what: str
    stage: str = "waiting"
    done: int = 0
    total: int = 0
    finished: bool = False
    number: int | None = None
    generation: Generation | None = None
    verified: Verified | None = None
    error: Problem | None = None


def shown(manifest: Manifest, *, ok: bool = True, current: bool = False) -> Generation:
    """A generation as its manifest tells it."""
    return Generation(
        generation=manifest.generation,
        saved_at=manifest.saved_at,
        by=manifest.by_name,
        note=manifest.note,
        kind=manifest.kind,
        automatic=manifest.kind != "deliberate",
        current=current,
        files=manifest.files,
        bytes=manifest.bytes,
        messages=manifest.messages,
        rooms=manifest.rooms,
        members=manifest.members,
        posts=manifest.posts,
        only=manifest.only,
        lost=manifest.lost,
        ok=ok,
    )


def trouble(outcome: RestoreOutcome, recovered_box: int | None) -> Trouble | None:
    """None when the last restore went as it should."""
    if not (outcome.passed or outcome.lost or recovered_box):
        return None
    passed = [Passed(one.generation, one.flaw.value) for one in outcome.passed]
    return Trouble(passed, len(outcome.lost), recovered_box)
