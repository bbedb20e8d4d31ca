"""Whom the box answers, and as whom a request came: Host, Origin, proxies. Decides nothing about people.

A page on the internet can make a browser send anything here except a Host that is an address, or an Origin
that is ours. An attacker's name that resolves to the box (DNS rebinding) fails on the Host.
"""

import ipaddress
import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

from tornado.httputil import HTTPServerRequest

from appliance.base.errors import StartError
from appliance.base.settings import Settings
from appliance.host.network import own_names

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_HOST = re.compile(r"(?P<name>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+)(?::(?P<port>[0-9]{1,5}))?")
_ORIGIN = re.compile(r"(?P<scheme>https?)://(?P<host>[^/?#@]+)", re.IGNORECASE)
_PORTS = {"http": "80", "https": "443"}


class Origin(Enum):
    """What the Origin header says about the page that sent a request."""

    ABSENT = auto()  # not a browser, or a plain navigation
    OURS = auto()  # this box, or an origin that the settings allow
    NULL = auto()  # a page opened from a file, or a sandbox
    FOREIGN = auto()


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where a request came from, after the proxies that we trust."""

    ip: str
    version: int
    proxied: bool
    secure: bool

    @property
    def scheme(self) -> str:
        return "https" if self.secure else "http"


class Doors:
    """The rules, made once from the settings and the machine's own name."""

    def __init__(self, settings: Settings, hostname: str) -> None:
        self._names = own_names(_plain(hostname)) | {_allowed_host(name) for name in settings.allowed_hosts}
        self._origins = frozenset(_allowed_origin(origin) for origin in settings.allowed_origins)
        self._proxies = tuple(_network(text) for text in settings.trusted_proxies)

    def host_is_ours(self, host: str) -> bool:
        """Whether the Host header is an address or one of our names; the port does not matter."""
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = _plain(match["name"])
        return name in self._names or address_of(name.strip("[]")) is not None

    def visitor(self, request: HTTPServerRequest) -> Visitor:
        """The nearest address that is not one of our proxies; headers of anybody else count for nothing."""
        peer = address_of(request.remote_ip or "") or ipaddress.IPv4Address(0)
        secure = request.protocol == "https"
        if not self.is_proxy(peer):
            return Visitor(str(peer), peer.version, False, secure)
        found, proxied = peer, False
        for text in reversed(request.headers.get("X-Forwarded-For", "").split(",")):
            address = _forwarded(text)
            if address is None:
                break
            found, proxied = address, True
            if not self.is_proxy(address):
                break
        scheme = request.headers.get("X-Forwarded-Proto", "").rpartition(",")[2].strip().lower()
        if scheme in _PORTS:
            secure = scheme == "https"
        return Visitor(str(found), found.version, proxied, secure)

    def is_proxy(self, address: Address) -> bool:
        return any(address in network for network in self._proxies)

    def origin(self, origin: str | None, host: str, secure: bool) -> Origin:
        """Scheme, name and port must agree with the address that the request was sent to."""
        if origin is None:
            return Origin.ABSENT
        if origin.strip().lower() == "null":
            return Origin.NULL
        key = _origin_key(origin)
        if key is None:
            return Origin.FOREIGN
        own = _origin_key(f"{'https' if secure else 'http'}://{host}")
        return Origin.OURS if key == own or key in self._origins else Origin.FOREIGN

    def shared_with(self, origin: str | None) -> bool:
        """Whether the settings let pages of this other origin read answers (CORS)."""
        return origin is not None and _origin_key(origin) in self._origins


def _plain(name: str) -> str:
    return name.strip().lower().removesuffix(".")


@lru_cache(maxsize=1024)  # the same few people and the same few names, request after request
def address_of(text: str) -> Address | None:
    """An address as we count it: IPv4 inside IPv6 is IPv4, a zone is left out."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        return address.ipv4_mapped
    return address


def _forwarded(text: str) -> Address | None:
    """One entry of X-Forwarded-For; some proxies add the port."""
    entry = text.strip()
    if match := re.fullmatch(r"\[([^\]]+)\](?::\d+)?", entry):
        return address_of(match[1])
    if re.fullmatch(r"[0-9.]+:\d+", entry):
        entry = entry.partition(":")[0]
    return address_of(entry)


def _origin_key(origin: str) -> tuple[str, str, str] | None:
    match = _ORIGIN.fullmatch(origin.strip())
    place = _HOST.fullmatch(match["host"]) if match else None
    if match is None or place is None:
        return None
    scheme = match["scheme"].lower()
    return scheme, _plain(place["name"]), place["port"] or _PORTS[scheme]


def _allowed_host(text: str) -> str:
    match = _HOST.fullmatch(text.strip())
    if match is None:
        raise StartError(f"allowed_hosts: {text!r} is no name of a host")
    return _plain(match["name"])


def _allowed_origin(text: str) -> tuple[str, str, str]:
    key = _origin_key(text)
    if key is None:
        raise StartError(f"allowed_origins: {text!r} is not scheme://host:port")
    return key


def _network(text: str) -> Network:
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        raise StartError(f"trusted_proxies: {text!r} is neither an address nor a network") from None
