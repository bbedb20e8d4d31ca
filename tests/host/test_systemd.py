"""Started by a service manager: its sockets are served, and it hears that we are up and well."""

import json
import os
import socket
import ssl
import sys
import urllib.request
from pathlib import Path

import pytest

from appliance.host import systemd
from tests.served import CHOICES, Served

# As systemd does it: a socket on descriptor 3, the names in the environment, then the program.
MANAGER = """
import os, socket, sys
ports, names, notify = sys.argv[1:4]
for number, port in enumerate(ports.split(","), start=3):
    one = socket.socket()
    one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    one.bind(("127.0.0.1", int(port)))
    one.listen(16)
    fd = one.detach()
    if fd != number:
        os.dup2(fd, number)
    os.set_inheritable(number, True)
os.environ |= {"LISTEN_PID": str(os.getpid()), "LISTEN_FDS": str(number - 2), "NOTIFY_SOCKET": notify,
               "LISTEN_FDNAMES": names, "WATCHDOG_USEC": "400000", "WATCHDOG_PID": str(os.getpid())}
os.execv(sys.argv[4], sys.argv[4:])
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
        around = (sys.executable, "-c", MANAGER, port, "pichat.socket", name.replace("\0", "@"))
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


def test_the_socket_that_is_called_tls_speaks_https(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        secure, plain = (str(each.getsockname()[1]) for each in (one, two))
    around = (sys.executable, "-c", MANAGER, f"{secure},{plain}", "tls:pichat.socket", "")
    settings = {**CHOICES, "tls": "optional"}
    served = Served(tmp_path / "data", host="", around=around, settings=settings)
    try:
        assert served.port == int(plain)
        with urllib.request.urlopen(f"http://127.0.0.1:{plain}/api/certificate") as answer:
            authority = answer.read()
        trust = ssl.create_default_context(cadata=authority)
        with urllib.request.urlopen(f"https://127.0.0.1:{secure}/api/network-info", context=trust) as answer:
            assert json.load(answer)["port"] == int(secure)
    finally:
        assert served.stop() == 0


def test_and_is_closed_where_there_is_no_https(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as one, socket.create_server(("127.0.0.1", 0)) as two:
        secure, plain = (int(each.getsockname()[1]) for each in (one, two))
    around = (sys.executable, "-c", MANAGER, f"{secure},{plain}", "tls:pichat.socket", "")
    served = Served(tmp_path / "data", host="", around=around)
    try:
        assert served.port == plain
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", secure))
    finally:
        assert served.stop() == 0


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
