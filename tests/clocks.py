"""A clock of a box that a test moves: wall time and running time apart, as on a machine without a battery."""

from appliance.base.clock import SystemClock

HOUR = 3600
DAY = 24 * HOUR


class MovedClock(SystemClock):
    """The real one, put forward or back."""

    def __init__(self) -> None:
        self.wall = 0.0
        self.ran = 0.0

    def now(self) -> int:
        return super().now() + round(self.wall * 1000)

    def monotonic(self) -> float:
        return super().monotonic() + self.ran

    def pass_by(self, seconds: float) -> None:
        """Time goes on, and the machine with it."""
        self.wall += seconds
        self.ran += seconds
