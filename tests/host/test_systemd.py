"""Started by a service manager: its sockets are served, and it hears that we are up and well."""

import os
import socket
import sys
import urllib.request
from pathlib import Path

from appliance.host import systemd
from tests.served import Served

# As systemd does it: a socket on descriptor 3, the names in the environment, then the program.
MANAGER = """
import os, socket, sys
port, notify = sys.argv[1:3]
one = socket.socket()
one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
one.bind(("127.0.0.1", int(port)))
one.listen(16)
fd = one.detach()
if fd != 3:
    os.dup2(fd, 3)
os.set_inheritable(3, True)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": "1", "NOTIFY_SOCKET": notify,
               "WATCHDOG_USEC": "400000", "WATCHDOG_PID": str(os.getpid())}
os.execv(sys.argv[3], sys.argv[3:])
"""


def heard(ear: socket.socket, word: bytes) -> None:
    """Waits for one line of sd_notify."""
    ear.settimeout(20)
    while ear.recv(200) != word:
        pass


def test_a_passed_socket_is_served_and_the_manager_hears_that_we_are_well(tmp_path: Path) -> None:
    name = f"\0pichat-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = str(one.getsockname()[1])
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(name)
        around = (sys.executable, "-c", MANAGER, port, name.replace("\0", "@"))
        served = Served(tmp_path / "data", host="", around=around)
        try:
            assert served.port == int(port)
            heard(ear, b"READY=1")
            heard(ear, b"WATCHDOG=1")
            heard(ear, b"WATCHDOG=1")
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/health") as answer:
                assert answer.status == 200
        finally:
            assert served.stop() == 0
        heard(ear, b"EXTEND_TIMEOUT_USEC=20000000")  # a save at the stop may take longer than is usual


def test_sockets_of_another_process_are_not_taken() -> None:
    environ = {"LISTEN_PID": "1", "LISTEN_FDS": "2", "LISTEN_FDNAMES": "a:b"}
    assert systemd.listening(environ) == []
    assert environ == {}


def test_without_a_manager_nothing_is_said_or_asked() -> None:
    systemd.tell("READY=1", {})
    systemd.tell("READY=1", {"NOTIFY_SOCKET": "/nowhere/at/all"})
    assert systemd.watchdog_seconds({}) is None
    assert systemd.watchdog_seconds({"WATCHDOG_USEC": "0"}) is None
    assert systemd.watchdog_seconds({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"}) is None
    assert systemd.watchdog_seconds({"WATCHDOG_USEC": "2000000"}) == 1.0
