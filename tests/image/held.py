"""A board that is put aside while it runs, card and memory, and goes on from that very moment as often as one
likes. So many cuts cost one boot. What a cut has left on the card is for others to look at.
"""

import time

from tests.image.device import Failed, run
from tests.image.monitored import Monitored


class Held(Monitored):
    """QEMU's migration, to a file and back."""

    _resumes = False

    def parts(self) -> list[str]:
        more = ["-incoming", f"exec:cat {self.folder / 'memory'}"] if self._resumes else []
        return [*super().parts(), *more]

    def hold(self) -> None:
        """From now on `resume` leads here; the board is off."""
        self.monitor.do("stop")
        self.monitor.do("migrate-set-parameters", **{"max-bandwidth": 1 << 40})
        self.monitor.do("migrate", uri=f"exec:cat >{self.folder / 'memory'}")
        self._until("query-migrate", "active", "setup", "device", "pre-switchover")
        self.cut()
        self.card.rename(self.folder / "held.img")

    def resume(self) -> None:
        """On a new copy of the card, as it was in that moment."""
        self.cut()
        run("cp", "--sparse=always", str(self.folder / "held.img"), str(self.card))
        self._resumes = True
        try:
            self.start()
        finally:
            self._resumes = False
        self._until("query-status", "inmigrate")
        self.monitor.do("cont")

    def _until(self, question: str, *waits: str) -> None:
        """It says something else than `waits`, and that is no failure."""
        while (state := self.monitor.do(question).get("status", waits[0])) in waits:
            self.in_time()
            time.sleep(0.2)
        if state not in ("completed", "paused", "postmigrate"):
            raise Failed(f"{question}: {state}")
