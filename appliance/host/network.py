"""What this machine looks like from the network: interfaces, gateway, addresses to type. Opens no connection.

The only module that knows netifaces and psutil. Without netifaces there is no gateway; the rest still holds.
"""

import ipaddress
import re
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import psutil

try:
    import netifaces
except ImportError:  # it has to be compiled, so it may be missing
    netifaces = None

# Under these a home router or mDNS names a machine; none of them can be bought.
LOCAL_SUFFIXES = ("local", "lan", "home", "internal", "home.arpa")
DEFAULT_PORTS = {"http": 80, "https": 443}
# Bridges of containers and virtual machines: up, private, and out of reach for any phone.
INWARD = re.compile(r"(docker|veth|virbr|lxcbr|lxdbr|podman|cni|flannel|br-[0-9a-f]{12}$)")
AVAHI = Path("/run/avahi-daemon/socket")


@dataclass(frozen=True, slots=True)
class Address:
    """One address of an interface; `scope` zones such as `%eth0` are cut off."""

    family: Literal["ipv4", "ipv6"]
    address: str
    netmask: str | None
    broadcast: str | None


@dataclass(frozen=True, slots=True)
class Interface:
    """A network card or what looks like one. `up` means that a cable or a radio link is there."""

    name: str
    mac: str | None
    up: bool
    speed_mbps: int | None
    addresses: tuple[Address, ...]


@dataclass(frozen=True, slots=True)
class Info:
    """`GET /api/network-info`, field for field."""

    hostname: str
    mdns: str | None
    port: int
    tls: bool
    gateway: str | None
    addresses: tuple[str, ...]
    urls: tuple[str, ...]
    interfaces: tuple[Interface, ...]


class Network:
    """Asks the kernel afresh each time, which takes under a millisecond: cables come and go."""

    def __init__(self, responder: Path = AVAHI) -> None:
        self._responder = responder

    @property
    def hostname(self) -> str:
        """The machine's name without its domain, lower case."""
        return socket.gethostname().split(".", 1)[0].lower()

    @property
    def mdns(self) -> str | None:
        """The name that phones find by multicast, when something here answers for it."""
        if self.hostname in ("", "localhost") or not self._responder.exists():
            return None
        return f"{self.hostname}.local"

    def interfaces(self) -> tuple[Interface, ...]:
        links = psutil.net_if_stats()
        found = []
        for name, (mac, addresses) in sorted(_addresses().items()):
            link = links.get(name)
            up = bool(link and link.isup)
            speed = (link.speed or None) if link else None
            found.append(Interface(name, mac, up, speed, addresses))
        return tuple(found)

    def gateway(self) -> str | None:
        """The default router's address, IPv4 before IPv6."""
        return next((address for address, _ in _default_routes()), None)

    def addresses(self) -> tuple[str, ...]:
        """What a neighbour types, the likeliest first; loopback only when there is nothing else."""
        return typeable(self.interfaces(), [name for _, name in _default_routes()])

    def urls(self, port: int, tls: bool, host: str = "") -> tuple[str, ...]:
        """The addresses to type as URLs, or the one that the server listens on when it is not on all."""
        scheme = "https" if tls else "http"
        suffix = "" if port == DEFAULT_PORTS[scheme] else f":{port}"
        names = [host] if host else self.addresses()
        return tuple(f"{scheme}://{f'[{name}]' if ':' in name else name}{suffix}" for name in names)

    def describe(self, port: int, tls: bool, host: str = "", *, macs: bool = False) -> Info:
        """Everything at once; hardware addresses only for whom they are meant."""
        interfaces = self.interfaces()
        if not macs:
            interfaces = tuple(
                Interface(one.name, None, one.up, one.speed_mbps, one.addresses) for one in interfaces
            )
        return Info(
            hostname=self.hostname,
            mdns=self.mdns,
            port=port,
            tls=tls,
            gateway=self.gateway(),
            addresses=self.addresses(),
            urls=self.urls(port, tls, host),
            interfaces=interfaces,
        )


def own_names(hostname: str) -> frozenset[str]:
    """The names by which neighbours may find a machine that calls itself so; lower case."""
    label = hostname.partition(".")[0]
    names = {"localhost", hostname, label} - {""}
    return frozenset(names | {f"{label}.{suffix}" for suffix in LOCAL_SUFFIXES if label})


def typeable(interfaces: tuple[Interface, ...], routed: list[str]) -> tuple[str, ...]:
    """Of the interfaces with the default route, then of the others; IPv4, then IPv6."""
    ranked = []
    for interface in interfaces:
        if not interface.up or (interface.name not in routed and INWARD.match(interface.name)):
            continue
        for one in interface.addresses:
            address = ipaddress.ip_address(one.address)
            # 169.254.x.x works along a direct cable; fe80:: works in no browser's address bar.
            if address.is_loopback or (address.version == 6 and address.is_link_local):
                continue
            place = routed.index(interface.name) if interface.name in routed else len(routed)
            rank = (address.version, address.is_link_local, place, not address.is_private)
            ranked.append((rank, str(address)))
    ranked.sort(key=lambda item: item[0])
    return tuple(dict.fromkeys(text for _, text in ranked)) or ("127.0.0.1",)


def _default_routes() -> list[tuple[str, str]]:
    """Router and interface of the default routes, IPv4 first; none is quite normal on a box of its own."""
    if netifaces is None:
        return []
    defaults = netifaces.gateways()["default"]
    families = (netifaces.AF_INET, netifaces.AF_INET6)
    return [(defaults[family][0], defaults[family][1]) for family in families if family in defaults]


def _addresses() -> dict[str, tuple[str | None, tuple[Address, ...]]]:
    """Hardware address and IP addresses of each interface, by name."""
    if netifaces is None:
        return {name: _from_psutil(rows) for name, rows in psutil.net_if_addrs().items()}
    found = {}
    for name in netifaces.interfaces():
        try:
            found[name] = _from_netifaces(netifaces.ifaddresses(name))
        except ValueError:  # unplugged since its name was read
            continue
    return found


def _from_netifaces(rows: dict[int, list[dict[str, str]]]) -> tuple[str | None, tuple[Address, ...]]:
    macs = [row["addr"] for row in rows.get(netifaces.AF_LINK, ())]
    addresses = [
        _address(family, row["addr"], row.get("netmask"), row.get("broadcast"))
        for family in (netifaces.AF_INET, netifaces.AF_INET6)
        for row in rows.get(family, ())
        if "addr" in row
    ]
    return _mac(macs), tuple(addresses)


def _from_psutil(rows: list[Any]) -> tuple[str | None, tuple[Address, ...]]:
    macs = [row.address for row in rows if row.family == psutil.AF_LINK]
    addresses = [
        _address(family, row.address, row.netmask, row.broadcast)
        for family in (socket.AF_INET, socket.AF_INET6)
        for row in rows
        if row.family == family
    ]
    return _mac(macs), tuple(addresses)


def _mac(found: list[str]) -> str | None:
    """Loopback has a hardware address of zeros, which is none."""
    return next((mac.lower() for mac in found if mac.strip("0:")), None)


def _address(family: int, address: str, netmask: str | None, broadcast: str | None) -> Address:
    bare = address.split("%", 1)[0]
    mask = netmask.split("/", 1)[0] if netmask else None
    if family == socket.AF_INET6:
        return Address("ipv6", bare, mask, None)
    # Where no broadcast was set the kernel repeats the address itself.
    return Address("ipv4", bare, mask, broadcast if broadcast != bare else None)
