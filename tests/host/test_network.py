"""What the box says about its network, asked inside real network namespaces."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from appliance.host.network import Network

ROOT = Path(__file__).parents[2]
ASK = """
import dataclasses, json, sys
if "without" in sys.argv:
    sys.modules["netifaces"] = None  # as on a machine where it was never compiled
from appliance.host.network import Network
print(json.dumps(dataclasses.asdict(Network().describe(8000, False, macs=True))))
"""
# Cards are one end of a cable whose other end lies in the same namespace.
CARD = "ip link add {0} type veth peer name far-{0} && ip link set {0} up && ip link set far-{0} up"


def card(name: str, *addresses: str) -> str:
    """The commands that plug in a card with these addresses."""
    lines = [CARD.format(name)]
    lines += [f"ip addr add {one} dev {name} {'nodad' if ':' in one else 'brd +'}" for one in addresses]
    return " && ".join(lines)


def inside(*commands: str, netifaces: bool = True) -> dict[str, Any]:
    """The answer of a machine that has only what `commands` made."""
    unshare = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]
    python = [sys.executable, "-W", "error", "-c", ASK, "with" if netifaces else "without"]
    script = " && ".join([*commands, 'exec "$@"'])
    done = subprocess.run(
        [*unshare, "sh", "-c", script, "sh", *python], cwd=ROOT, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


both = pytest.mark.parametrize("netifaces", [True, False], ids=["netifaces", "psutil"])
pytestmark = pytest.mark.namespace


@both
def test_no_network_at_all(netifaces: bool) -> None:
    told = inside("true", netifaces=netifaces)
    assert told["gateway"] is None
    assert told["addresses"] == ["127.0.0.1"]
    assert told["urls"] == ["http://127.0.0.1:8000"]
    lo = {"name": "lo", "mac": None, "up": False, "speed_mbps": None, "addresses": []}
    assert [one for one in told["interfaces"] if one["name"] == "lo"] == [lo]


@both
def test_a_cable_without_a_router(netifaces: bool) -> None:
    told = inside("ip link set lo up", card("eth0", "10.42.0.1/24"), netifaces=netifaces)
    assert told["gateway"] is None
    assert told["addresses"] == ["10.42.0.1"]
    assert told["urls"] == ["http://10.42.0.1:8000"]


def test_the_interface_with_the_default_route_comes_first() -> None:
    told = inside(
        "ip link set lo up",
        card("eth0", "10.0.0.5/8"),
        card("wlan0", "192.168.7.2/24", "fd00::5/64"),
        "ip route add default via 192.168.7.1 dev wlan0",
    )
    assert told["gateway"] == "192.168.7.1"
    assert told["addresses"] == ["192.168.7.2", "10.0.0.5", "fd00::5"]
    assert told["urls"][2] == "http://[fd00::5]:8000"


@both
def test_each_card_with_its_addresses(netifaces: bool) -> None:
    told = inside(
        "ip link set lo up",
        card("eth0", "192.168.7.2/24", "fd00::5/64"),
        "ip link set eth0 address 02:00:00:00:00:07",
        netifaces=netifaces,
    )
    (eth0,) = [one for one in told["interfaces"] if one["name"] == "eth0"]
    assert (eth0["mac"], eth0["up"], eth0["speed_mbps"]) == ("02:00:00:00:00:07", True, 10000)
    assert eth0["addresses"][:2] == [
        {
            "family": "ipv4",
            "address": "192.168.7.2",
            "netmask": "255.255.255.0",
            "broadcast": "192.168.7.255",
        },
        {"family": "ipv6", "address": "fd00::5", "netmask": "ffff:ffff:ffff:ffff::", "broadcast": None},
    ]
    assert not any("%" in one["address"] for one in eth0["addresses"])


@both
def test_ipv6_alone(netifaces: bool) -> None:
    told = inside(
        "ip link set lo up",
        card("eth0", "fd00::5/64"),
        "ip -6 route add default via fd00::1 dev eth0",
        netifaces=netifaces,
    )
    assert told["gateway"] == ("fd00::1" if netifaces else None)
    assert told["addresses"] == ["fd00::5"]
    assert told["urls"] == ["http://[fd00::5]:8000"]


@both
def test_a_link_local_ipv6_address_is_nothing_to_type(netifaces: bool) -> None:
    told = inside("ip link set lo up", card("eth0", "fe80::5/64"), netifaces=netifaces)
    assert told["addresses"] == ["127.0.0.1"]


@both
def test_a_direct_cable_between_two_machines(netifaces: bool) -> None:
    told = inside(card("eth0", "169.254.3.4/16"), card("eth1", "10.0.0.1/8"), netifaces=netifaces)
    assert told["addresses"] == ["10.0.0.1", "169.254.3.4"]


@both
def test_an_unplugged_card_and_a_container_bridge_are_not_offered(netifaces: bool) -> None:
    told = inside(
        card("eth0", "192.168.7.2/24"),
        card("eth1", "10.0.0.1/8"),
        "ip link set far-eth1 down",
        card("docker0", "172.17.0.1/16"),
        netifaces=netifaces,
    )
    assert told["addresses"] == ["192.168.7.2"]
    by_name = {one["name"]: one for one in told["interfaces"]}
    assert not by_name["eth1"]["up"]
    assert by_name["docker0"]["addresses"][0]["address"] == "172.17.0.1"


def test_an_address_without_a_broadcast() -> None:
    told = inside(card("eth0"), "ip addr add 10.1.1.1/24 dev eth0")
    (eth0,) = [one for one in told["interfaces"] if one["name"] == "eth0"]
    ipv4 = [one for one in eth0["addresses"] if one["family"] == "ipv4"]
    assert ipv4 == [{"family": "ipv4", "address": "10.1.1.1", "netmask": "255.255.255.0", "broadcast": None}]


@pytest.mark.parametrize(
    ("port", "tls", "host", "url"),
    [
        (80, False, "127.0.0.1", "http://127.0.0.1"),
        (443, True, "::1", "https://[::1]"),
        (8443, True, "box.lan", "https://box.lan:8443"),
    ],
)
def test_the_urls_of_one_address(port: int, tls: bool, host: str, url: str) -> None:
    assert Network().urls(port, tls, host) == (url,)


def test_this_very_machine() -> None:
    told = Network().describe(8000, False)
    assert told.hostname == socket.gethostname().split(".")[0].lower()
    assert told.addresses
    assert len(told.urls) == len(told.addresses)
    assert all(one.mac is None for one in told.interfaces)


def test_the_multicast_name_is_told_only_when_somebody_answers_for_it(tmp_path: Path) -> None:
    socket_file = tmp_path / "socket"
    assert Network(socket_file).mdns is None
    socket_file.touch()
    assert Network(socket_file).mdns == f"{Network().hostname}.local"
