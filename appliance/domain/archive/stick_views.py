"""A copy onto a USB stick as it is told, and what the machine under the box noted of it. Decides nothing."""

from typing import Literal

from msgspec import Struct, field

from appliance.base.errors import Code, Param
from appliance.domain.archive.import_views import Problem

Stage = Literal["idle", "preparing", "copying", "verifying", "done", "failed"]


class Stick(Struct, frozen=True, kw_only=True):
    """One that is plugged in. `type`: its file system, empty when there is none. `why` it cannot be copied
    to: read_only, filesystem, pichat; empty: it can.
    """

    id: str
    name: str = ""
    label: str = ""
    type: str = ""
    size: int = 0
    why: str = ""


class Standing(Struct, frozen=True, kw_only=True):
    """`done` of `total` bytes are poured, and then read again. `name`: where on the stick it lies.

    `can`: there is somebody who would do it.
    """

    can: bool = False
    stage: Stage = "idle"
    id: str = ""
    done: int = 0
    total: int = 0
    name: str = ""
    problem: Problem | None = None
    sticks: list[Stick] = field(default_factory=list)


NONE = Standing()


class Noted(Struct, frozen=True, kw_only=True):
    """What the step of the copy wrote down."""

    id: str = ""
    stage: Stage = "idle"
    done: int = 0
    total: int = 0
    name: str = ""
    problem: dict[str, Param] | None = None

    @property
    def is_over(self) -> bool:
        return self.stage in ("done", "failed")

    def problem_told(self) -> Problem | None:
        """In the words of errors: the reason is `stick_` and the machine's own word."""
        if self.stage != "failed":
            return None
        params = dict(self.problem or {})
        why = params.pop("why", "broken")
        return Problem(Code.CONFLICT.value, {**params, "reason": f"stick_{why}"})

    def standing(self) -> Standing:
        """For a process that did not begin it: it was started anew meanwhile."""
        done = self.total if self.stage == "done" else self.done
        return Standing(
            stage=self.stage,
            id=self.id,
            done=done,
            total=self.total,
            name=self.name,
            problem=self.problem_told(),
        )
