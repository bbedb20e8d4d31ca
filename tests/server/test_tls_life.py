"""What the box's certificate lives through: new addresses, a reset, a factory reset, in real processes."""

import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from tests.host.test_network import card
from tests.served import CHOICES, Served, command, eventually

TLS = {**CHOICES, "tls": "optional", "tls_port": "0", "tls_follow_seconds": "1"}
# Downloads the authority at the first address, trusts it alone, and meets the box at the second.
MEET = """
import json, ssl, sys, urllib.request
plain, secure = sys.argv[1:]
with urllib.request.urlopen(plain + "/api/certificate") as answer:
    trust = ssl.create_default_context(cadata=answer.read())
try:
    with urllib.request.urlopen(secure + "/api/network-info", context=trust, timeout=10) as answer:
        print(answer.read().decode())
except urllib.error.URLError as problem:
    print(json.dumps({"refused": str(problem.reason)}))
"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    one = Served(tmp_path / "data", settings=TLS)
    yield one
    one.stop()


def told(served: Served) -> Any:
    with urllib.request.urlopen(f"{served.url}/api/network-info") as answer:
        return json.load(answer)["https"]


def post(served: Served, path: str, body: Any, token: str = "") -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    asked = urllib.request.Request(f"{served.url}{path}", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(asked) as answer:
        return json.load(answer)


class Alone:
    """A machine of its own in a network namespace, with one card; and what is run on it."""

    def __init__(self, folder: Path, *addresses: str) -> None:
        root = os.geteuid() == 0
        script = f'ip link set lo up && {card("eth0", *addresses)} && exec "$@"'
        unshare = ("unshare", "--net") if root else ("unshare", "--net", "--map-root-user")
        self.served = Served(
            folder / "data", host="", settings=TLS, around=(*unshare, "sh", "-c", script, "sh")
        )
        pid = str(self.served.process.pid)
        self._enter = ["nsenter", "--target", pid, "--net"]
        if not root:
            self._enter += ["--user", "--preserve-credentials"]

    def run(self, *words: str) -> str:
        done = subprocess.run([*self._enter, *words], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def met(self, address: str, port: int) -> Any:
        plain = f"http://127.0.0.1:{self.served.port}"
        return json.loads(self.run(sys.executable, "-c", MEET, plain, f"https://{address}:{port}"))


@pytest.mark.namespace
def test_a_new_address_is_signed_for_without_a_restart(tmp_path: Path) -> None:
    machine = Alone(tmp_path, "192.168.77.1/24")
    try:
        port = machine.met("127.0.0.1", secure_port(machine.served))["port"]
        first = machine.met("192.168.77.1", port)
        assert first["urls"] == [f"https://192.168.77.1:{port}"]
        machine.run("ip", "addr", "add", "10.42.0.1/24", "dev", "eth0")
        eventually(lambda: machine.met("10.42.0.1", port).get("port") == port, 20)
        again = machine.met("192.168.77.1", port)
        assert again["https"]["fingerprint"] == first["https"]["fingerprint"]
        assert set(again["urls"]) == {f"https://192.168.77.1:{port}", f"https://10.42.0.1:{port}"}
    finally:
        machine.served.stop()


def secure_port(served: Served) -> int:
    """From the line of the console."""
    line = next(line for line in served.greeting.splitlines() if "by HTTPS:" in line)
    return int(line.rpartition(":")[2])


def test_a_reset_keeps_both_ports_and_the_authority_a_factory_reset_makes_a_new_one(
    served: Served, tmp_path: Path
) -> None:
    before = told(served)
    assert before["port"] == secure_port(served)
    owner = {"code": served.claim_code, "username": "marta", "password": "el faro rojo 7"}
    token = post(served, "/api/claim", owner)["access_token"]
    epoch = status(before)["epoch"]
    post(served, "/api/reset", {"password": "el faro rojo 7", "seconds": 0}, token)
    eventually(lambda: status(before).get("epoch", epoch) != epoch, 20)
    assert told(served) == before
    assert command("save", "--data", str(served.data)).returncode == 0
    archive = tmp_path / "copia.zip"
    assert command("export", str(archive), "--passwords", "--data", str(served.data)).returncode == 0
    secret = (served.data / "secrets/authority.pem").read_bytes().split(b"\n")[2]
    with ZipFile(archive) as copy:
        assert not [name for name in copy.namelist() if name.endswith(".pem") or secret in copy.read(name)]
    done = command("factory-reset", "--yes", "--data", str(served.data))
    assert done.returncode == 0, done.stderr
    eventually(lambda: status(before).get("claimed") is False, 20)
    after = told(served)
    assert after["port"] == before["port"]
    assert after["fingerprint"] != before["fingerprint"]


def status(https: Any) -> Any:
    """As somebody sees it who goes on in spite of the warning; nothing while the box is built anew."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    try:
        with urllib.request.urlopen(f"{https['urls'][0]}/api/status", context=anybody, timeout=10) as answer:
            return json.load(answer)
    except (OSError, urllib.error.URLError):
        return {}
