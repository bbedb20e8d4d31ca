"""How many files and sockets the process may have open at once. Must not open any."""

import resource


def raise_limit() -> int:
    """Up to what the system allows this process; returns what it may have now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST if hard == resource.RLIM_INFINITY else min(hard, _MOST)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return wanted
    return soft


_MOST = 65536
