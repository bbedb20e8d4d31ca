"""Which bodies are known not to be what they were, and how the right ones take their place. Seeks none."""

from collections.abc import Callable, Iterable
from pathlib import Path

from appliance.base.errors import Code, Refusal
from appliance.store.disk import Disk


class Damage:
    """Asked and told from any thread; `heal` under the lock of whoever places bodies."""

    def __init__(self) -> None:
        self._found: set[str] = set()
        self._told: Callable[[str], object] = lambda sha256: None

    def holds(self, sha256: str) -> bool:
        """Whether its bytes were seen not to be what they were."""
        return sha256 in self._found

    def refuse(self, sha256: str) -> None:
        """Nobody is given wrong bytes. Refusal(gone, damaged)."""
        if sha256 in self._found:
            raise Refusal(Code.GONE, reason="damaged")

    def mark(self, bodies: Iterable[str]) -> None:
        self._found.update(bodies)

    def clear(self, sha256: str) -> None:
        """Its bytes were seen to be right again."""
        self._found.discard(sha256)
        self._told(sha256)

    def when_healed(self, told: Callable[[str], object]) -> None:
        """`told` is called on whatever thread brought the right bytes."""
        self._told = told

    def heal(self, part: Path, target: Path, kept: Path) -> None:
        """The right bytes in place of the damaged ones, also of those that generations name: as durable as
        before, and never half of them.
        """
        disk, fresh = Disk(), kept.with_name(f"{kept.name}.new")
        disk.mkdir(kept.parent)
        disk.remove(fresh)
        disk.copy(part, fresh, 0o440)
        disk.sync(fresh)
        disk.rename(fresh, kept)
        disk.sync_folder(kept.parent)
        disk.rename(part, target)
        self.clear(kept.name)
