"""How the threads of this process share the processor, so that whoever waits for the loop waits little.

Measured by `tests/bench/latency.py`. Must not know what the threads do.
"""

import gc
import os
import sys

# Python's own 5 ms is felt five times by one message: it changes threads to be stored and comes back.
_SWITCH_SECONDS = 0.0005


def share() -> None:
    """For the whole process, once it stands: short turns, and no look at what will stay until the end anyway
    (a full collection of it stops everything for a tenth of a second on a small board)."""
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.unfreeze()  # of a box that a reset ended
    gc.collect()
    gc.freeze()


def workers(wanted: int) -> int:
    """So many threads may compute at once, of those wanted: one core is the loop's."""
    return max(1, min(wanted, len(os.sched_getaffinity(0)) - 1))
