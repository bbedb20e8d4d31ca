"""What a room can be: what somebody wishes for, and what an owner may change. Touches nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from msgspec import UNSET, UnsetType

from appliance.domain import rules
from appliance.domain.room_access import DIRECT, GROUP, PRIVATE, PUBLIC
from appliance.store.rooms import RoomRow

MOST_INVITED = 200  # people named when a room is made
SLOWEST_SECONDS = 3600
LONGEST_DAYS = 36500


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A room that somebody would like to have. A direct one names the other person and needs no name.

    `code`: a word of theirs, or True for one that is made.
    """

    name: str = ""
    kind: str = PRIVATE
    members: Sequence[str] = ()
    code: str | bool | None = None
    password: str | None = None
    ephemeral: bool = False
    announcement: bool = False
    slow: int = 0

    def check(self) -> None:
        """Whether there can be such a room."""
        if self.kind not in (PUBLIC, PRIVATE, GROUP, DIRECT):
            raise rules.bad("kind", "unknown")
        if self.kind == DIRECT:
            for field in ("code", "password", "announcement", "slow"):
                if getattr(self, field):
                    raise rules.bad(field, "direct")
        check_slow(self.slow)

    @property
    def wants_code(self) -> str | bool | None:
        """A password without a code would open nothing, but of a public room."""
        return True if self.password and self.code is None and self.kind != PUBLIC else self.code


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What is given changes. No code (None, False, empty): the room has none any more; so with passwords."""

    name: str | UnsetType = UNSET
    code: str | bool | UnsetType | None = UNSET
    password: str | UnsetType | None = UNSET
    archived: bool | UnsetType = UNSET
    announcement: bool | UnsetType = UNSET
    slow: int | UnsetType = UNSET
    retention_days: int | UnsetType | None = UNSET  # 0: for ever; None: as the box does

    @property
    def of_the_door(self) -> bool:
        """Whether it is about who can come in, which is decided for good."""
        return self.code is not UNSET or self.password is not UNSET

    @property
    def fields(self) -> list[str]:
        """Which of them change; never the values, for the audit log."""
        return [name for name in self.__slots__ if getattr(self, name) is not UNSET]

    def put_on(self, row: RoomRow, code: str | None, password: str | None) -> RoomRow:
        """The room as it will be; `code` and `password` as they are kept, where they change."""
        if self.name is not UNSET:
            row = row._replace(name=rules.room_name(self.name))
        if self.code is not UNSET:
            row = row._replace(code=code)
        if self.password is not UNSET:
            row = row._replace(password=password)
        if self.archived is not UNSET:
            row = row._replace(archived=self.archived)
        if self.announcement is not UNSET:
            row = row._replace(announcement=self.announcement)
        if self.slow is not UNSET:
            check_slow(self.slow)
            row = row._replace(slow=self.slow)
        if self.retention_days is not UNSET:
            if self.retention_days is not None and not 0 <= self.retention_days <= LONGEST_DAYS:
                raise rules.bad("retention_days", "range")
            row = row._replace(retention_days=self.retention_days)
        return row


def check_slow(seconds: int) -> None:
    if not 0 <= seconds <= SLOWEST_SECONDS:
        raise rules.bad("slow", "range")
