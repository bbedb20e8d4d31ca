"""How long work says how far it is. Decides nothing."""

from collections.abc import Callable

# A stage, and how many bytes of how many are done in it; 0 of 0 where nobody can tell.
Tell = Callable[[str, int, int], None]


def quiet(stage: str, done: int, total: int) -> None:
    """For who does not want to know."""
