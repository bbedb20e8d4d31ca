"""How many uploads may be under way, and how much space they have been promised. Moves no bytes."""

from collections.abc import Callable
from dataclasses import dataclass

from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings


@dataclass(slots=True)
class Place:
    """One upload's share. `written` tells how much of it is on the disk, where `free` sees it."""

    owner: str
    promised: int
    written: Callable[[], int] = int  # none yet

    @property
    def open(self) -> int:
        return max(0, self.promised - self.written())


class Places:
    """Uploads that begin together never fit one by one and fail together: the sum is kept."""

    def __init__(self, free: Callable[[], int], settings: Settings) -> None:
        self._free = free
        self._settings = settings
        self._places: dict[str, Place] = {}

    def __len__(self) -> int:
        return len(self._places)

    @property
    def left(self) -> int:
        """What may still be promised."""
        promised = sum(place.open for place in self._places.values())
        return max(0, self._free() - self._settings.free_floor_bytes - promised)

    def take(self, upload: str, owner: str, size: int) -> Place:
        """A place and `size` bytes, or a refusal that says which of the two is missing."""
        settings = self._settings
        mine = sum(place.owner == owner for place in self._places.values())
        if mine >= settings.uploads_at_once_per_person:
            raise Refusal(Code.RATE_LIMITED, retry_ms=2000, maximum=settings.uploads_at_once_per_person)
        if len(self._places) >= settings.uploads_at_once:
            raise Refusal(Code.BUSY, retry_ms=5000)
        left = self.left
        if size > left:
            raise Refusal(Code.NO_SPACE, size=size, left=left)
        place = self._places[upload] = Place(owner, size)
        return place

    def promised_to(self, owner: str) -> int:
        """What this person's uploads under way will add, all of it."""
        return sum(place.promised for place in self._places.values() if place.owner == owner)

    def keep(self, upload: str, size: int) -> None:
        """It needs no more than this."""
        if place := self._places.get(upload):
            place.promised = size

    def leave(self, upload: str) -> None:
        """Gives the place and what is left of the promise back. A second call does nothing."""
        self._places.pop(upload, None)
