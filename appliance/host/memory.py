"""How much memory the machine has. Must not decide what to do with it."""

import psutil


def total_bytes() -> int:
    """All of it, in bytes, used or not."""
    return int(psutil.virtual_memory().total)
