"""Who stands before a board that has a screen or a watchdog, and sees what it does. Asks it nothing."""

import time

import segno

from image.tools import cache
from tests.image.device import Failed
from tests.image.monitored import Monitored, Screened
from tests.image.visitor import Step, Visitor

PICTURES = "pictures"  # in the cache, after each run
CELLS = (8, 16, 24, 32, 48)  # points that a letter may be wide, and half of it high


class Onlooker(Visitor):
    def do_screen(self, step: Step) -> None:
        """The next start finds one of this `size`."""
        assert isinstance(self.board, Screened)
        width, height = map(int, step["size"].split("x"))
        self.board.size = (width, height)

    def do_picture(self, step: Step) -> None:
        """Kept as PNG under its `name`. `leads`: the address in its square picture, point by point."""
        assert isinstance(self.board, Screened)
        end = time.monotonic() + step.get("seconds", 60)
        while True:
            self.board.in_time()
            seen = self.board.picture()
            if "leads" not in step or any(seen.holds(squares(step["leads"]), side) for side in CELLS):
                break
            if time.monotonic() > end:
                raise Failed(f"the screen does not lead to {step['leads']}")
            time.sleep(1)
        kept = cache() / PICTURES / f"{step['name']}.png"
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(seen.png())
        if (seen.width, seen.height) != self.board.size:
            raise Failed(f"a screen of {seen.width}x{seen.height}")

    def do_bitten(self, step: Step) -> None:
        """The board hangs, until its watchdog resets it: that, and nothing else, ends it."""
        assert isinstance(self.board, Monitored)
        end = time.monotonic() + step["seconds"]
        while not self.board.stopped():
            self.board.in_time()
            if time.monotonic() > end:
                raise Failed(f"it still hangs after {step['seconds']} s\n{self.board.tail()}")
            time.sleep(0.5)
        told = self.board.monitor.rest()
        self.board.cut()
        if "WATCHDOG" not in told:
            raise Failed(f"it ended without its watchdog: {told}\n{self.board.tail()}")

    def do_calm(self, step: Step) -> None:
        """So many `seconds` in which nothing ends it."""
        end = time.monotonic() + step["seconds"]
        while time.monotonic() < end:
            self.board.in_time()
            if self.board.stopped():
                raise Failed(f"the board stopped\n{self.board.tail()}")
            time.sleep(1)


def squares(address: str) -> list[list[bool]]:
    """Which are light."""
    code = segno.make(address, error="l", micro=False)
    return [[not dark for dark in row] for row in code.matrix_iter(border=2)]
