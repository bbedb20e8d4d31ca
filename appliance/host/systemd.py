"""The service manager that started us, where there is one: sockets that it opened, and word that we are well.

Without systemd every function does nothing. Must not decide when the box is well.
"""

import os
import socket
from collections.abc import MutableMapping

_FIRST = 3  # systemd passes its sockets as the descriptors from here on


def listening(environ: MutableMapping[str, str] = os.environ) -> list[tuple[str, socket.socket]]:
    """The sockets that were opened before we ran, so that the first browser waits instead of being refused,
    each with the name that its unit gives it (FileDescriptorName).

    The names are taken out of the environment: no process that we start is to believe that they are its own.
    """
    process, count = environ.pop("LISTEN_PID", ""), environ.pop("LISTEN_FDS", "")
    names = environ.pop("LISTEN_FDNAMES", "").split(":")
    if process != str(os.getpid()) or not count.isdigit():
        return []
    sockets = [socket.socket(fileno=_FIRST + number) for number in range(int(count))]
    for one in sockets:
        one.set_inheritable(False)
        one.setblocking(False)
    return [(names[n] if n < len(names) else "", one) for n, one in enumerate(sockets)]


def tell(state: str, environ: MutableMapping[str, str] = os.environ) -> None:
    """One line of sd_notify, such as `READY=1`. Nobody listening is no failure."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # the abstract namespace
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
        try:
            one.sendto(state.encode(), address)
        except OSError:
            return


def watchdog_seconds(environ: MutableMapping[str, str] = os.environ) -> float | None:
    """How often the manager wants to hear from us: half of what it tolerates. None: it does not watch."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    process = environ.get("WATCHDOG_PID", str(os.getpid()))
    if not microseconds.isdigit() or int(microseconds) == 0 or process != str(os.getpid()):
        return None
    return int(microseconds) / 2_000_000
