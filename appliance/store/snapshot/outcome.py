"""What a start did with the content, in full: for the console, the page and the audit log."""

from pathlib import Path
from typing import Literal

from msgspec import Struct

from appliance.base.errors import StartError
from appliance.store.snapshot.manifest import FLAW_TEXT, Flaw

How = Literal["reopened", "restored", "factory"]
Why = Literal["same_boot", "boot", "start", "reset", "damaged"]


class Passed(Struct, frozen=True):
    """A generation that could not be used. None: the pointer to the current one."""

    generation: int | None
    flaw: Flaw

    def __str__(self) -> str:
        name = "stable/CURRENT" if self.generation is None else f"generation {self.generation}"
        return f"{name}: {FLAW_TEXT[self.flaw]}"


class RestoreOutcome(Struct, frozen=True, kw_only=True):
    """`passed` and `lost` stand until the next restore: whoever reopens the session hears of them too."""

    how: How
    why: Why
    epoch: str
    generation: int | None = None
    passed: tuple[Passed, ...] = ()
    lost: tuple[str, ...] = ()  # bodies that the generation names and nobody has
    ended: str | None = None  # the session that was live before
    erased: bool = False  # that session ended deliberately and is gone
    milliseconds: int = 0


class NoGoodGeneration(StartError):
    """Something was saved and none of it can be read. Nothing was changed, nothing was deleted."""

    def __init__(self, passed: tuple[Passed, ...]) -> None:
        reasons = "; ".join(str(one) for one in passed)
        super().__init__(f"no saved generation can be read, so nothing was started or changed ({reasons})")
        self.passed = passed


class NewerStore(StartError):
    """The data folder belongs to a newer program."""


class BoxLost(StartError):
    """`box.db` cannot be read. Never begun anew in silence."""


class Unfinished(StartError):
    """The box was being made of an archive when the power went: content may be there that nobody owns."""

    def __init__(self, data: Path) -> None:
        super().__init__(
            f"{data} is being rebuilt from an archive and is not complete: the same"
            " `pichat import ... --rebuild` completes it, `pichat factory-reset` begins anew"
        )
