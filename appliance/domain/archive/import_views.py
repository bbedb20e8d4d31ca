"""An archive on its way in as it is told, and what a crash must not forget of it. Decides nothing."""

from typing import Literal

from msgspec import Struct

from appliance.base.errors import Param
from appliance.domain.archive.manifest import Counts
from appliance.domain.archive.merging import Merged

Stage = Literal["none", "receiving", "checking", "waiting", "merging", "done", "failed"]


class About(Struct, frozen=True, kw_only=True):
    """Whose it is. `signer`: this box, one that was trusted before, or one that nobody vouches for."""

    box: str
    name: str
    signer: Literal["own", "known", "unknown"]
    made_at: int
    saved_at: int
    note: str
    program: str
    passwords: bool
    lost: int
    counts: Counts


class Problem(Struct, frozen=True):
    """Why it failed: a code of errors, and its parameters."""

    code: str
    params: dict[str, Param]


class Import(Struct, frozen=True, kw_only=True):
    """How it stands. `done` of `total`: bytes while it comes and is looked at, then files and messages.

    `kept`: the merge failed, and the archive is still here for another attempt, until it is dropped, another
    one comes, or the program starts anew.
    """

    stage: Stage = "none"
    done: int = 0
    total: int = 0
    archive: About | None = None
    problem: Problem | None = None
    result: Merged | None = None
    kept: bool = False


class Agreed(Struct, frozen=True):
    """What a crash must not forget. `epoch`: the content into which it was merged."""

    epoch: str
    by: str
    name: str
    trust: bool
