"""Whom the box answers, and as whom a request came: names, origins, proxies."""

from dataclasses import replace
from typing import Any

import pytest
from tornado.httputil import HTTPHeaders, HTTPServerRequest, RequestStartLine

from appliance.base.errors import StartError
from appliance.base.settings import Settings
from appliance.server.doors import Doors, Origin


def doors(hostname: str = "pichat", **settings: Any) -> Doors:
    return Doors(replace(Settings(), **settings), hostname)


@pytest.mark.parametrize(
    "host",
    [
        *["127.0.0.1", "127.0.0.1:8000", "192.168.1.20:80", "10.0.0.1.", "[::1]", "[fe80::1]:8000"],
        *["localhost", "LOCALHOST:8000", "pichat", "PiChat:8000", "pichat.local", "pichat.local."],
        *["pichat.lan", "pichat.home", "pichat.internal", "pichat.home.arpa:443", "chat.example.org"],
    ],
)
def test_addresses_and_own_names_are_answered(host: str) -> None:
    assert doors(allowed_hosts=("Chat.Example.ORG",)).host_is_ours(host)


@pytest.mark.parametrize(
    "host",
    [
        *[
            "",
            "evil.example",
            "pichat.evil.example",
            "pichat.local.evil.example",
            "local",
            ".local",
            "xpichat",
        ],
        *["127.0.0.1.nip.io", "127.0.0.1@evil.example", "evil.example:80@127.0.0.1", "0x7f.1", "2130706433"],
        *["127.1", "[::1", "::1", "[fe80::1%25eth0]", "pichat:port", "pichat:123456", "pichat .local", "a;b"],
        *["localhost.evil.example", "localhost:80:80", "pichat.com", "рichat.local"],
    ],
)
def test_other_names_are_not(host: str) -> None:
    assert not doors().host_is_ours(host)


def test_a_machine_with_a_whole_name_answers_to_its_first_label_too() -> None:
    mine = doors("Box.Office.example")
    assert mine.host_is_ours("box.office.example")
    assert mine.host_is_ours("box")
    assert mine.host_is_ours("box.local")
    assert not mine.host_is_ours("office.example")


def test_a_machine_without_a_name_answers_to_no_bare_suffix() -> None:
    nameless = doors("")
    assert not nameless.host_is_ours(".local")
    assert not nameless.host_is_ours("local")
    assert nameless.host_is_ours("localhost")


@pytest.mark.parametrize(
    ("origin", "host", "secure", "expected"),
    [
        (None, "pichat.local", False, Origin.ABSENT),
        ("http://pichat.local", "pichat.local", False, Origin.OURS),
        ("http://pichat.local:80", "pichat.local", False, Origin.OURS),
        ("http://PICHAT.local", "pichat.LOCAL:80", False, Origin.OURS),
        ("http://192.168.1.20:8000", "192.168.1.20:8000", False, Origin.OURS),
        ("http://[::1]:8000", "[::1]:8000", False, Origin.OURS),
        ("https://pichat.local", "pichat.local:443", True, Origin.OURS),
        ("https://pichat.local", "pichat.local", False, Origin.FOREIGN),
        ("http://pichat.local", "pichat.local", True, Origin.FOREIGN),
        ("http://pichat.local:8001", "pichat.local:8000", False, Origin.FOREIGN),
        ("http://evil.example", "pichat.local", False, Origin.FOREIGN),
        ("http://pichat.local.evil.example", "pichat.local", False, Origin.FOREIGN),
        ("http://pichat.local@evil.example", "pichat.local", False, Origin.FOREIGN),
        ("http://pichat.local/x", "pichat.local", False, Origin.FOREIGN),
        ("pichat.local", "pichat.local", False, Origin.FOREIGN),
        ("", "pichat.local", False, Origin.FOREIGN),
        ("null", "pichat.local", False, Origin.NULL),
        ("NULL", "pichat.local", False, Origin.NULL),
        ("https://app.example:8443", "pichat.local", False, Origin.OURS),
        ("https://app.example", "pichat.local", False, Origin.FOREIGN),
    ],
)
def test_an_origin_counts_with_its_scheme(
    origin: str | None, host: str, secure: bool, expected: Origin
) -> None:
    mine = doors(allowed_origins=("https://app.example:8443",))
    assert mine.origin(origin, host, secure) is expected
    assert mine.shared_with(origin) is (origin == "https://app.example:8443")


class Wire:
    """What a request needs to know of the connection that it came on."""

    def __init__(self, ip: str, protocol: str) -> None:
        self.context = self
        self.remote_ip = ip
        self.protocol = protocol


def request(peer: str, protocol: str = "http", **headers: str) -> HTTPServerRequest:
    given = HTTPHeaders({"Host": "pichat"})
    for name, value in headers.items():
        given.add(name.replace("_", "-"), value)
    wire: Any = Wire(peer, protocol)
    return HTTPServerRequest(
        headers=given, connection=wire, start_line=RequestStartLine("GET", "/", "HTTP/1.1")
    )


PROXIES = ("10.0.0.1", "192.168.7.0/24", "fd00::/8")


@pytest.mark.parametrize(
    ("peer", "forwarded", "ip", "proxied"),
    [
        ("192.168.1.5", "", "192.168.1.5", False),
        ("192.168.1.5", "7.7.7.7", "192.168.1.5", False),
        ("10.0.0.1", "", "10.0.0.1", False),
        ("10.0.0.1", "192.168.1.9", "192.168.1.9", True),
        ("10.0.0.1", "6.6.6.6, 192.168.1.9", "192.168.1.9", True),
        ("10.0.0.1", "192.168.1.9, 192.168.7.3", "192.168.1.9", True),
        ("10.0.0.1", "6.6.6.6, 192.168.1.9, 192.168.7.3, 10.0.0.1", "192.168.1.9", True),
        ("10.0.0.1", "192.168.7.4, 192.168.7.3", "192.168.7.4", True),
        ("10.0.0.1", "192.168.1.9, nonsense", "10.0.0.1", False),
        ("10.0.0.1", "nonsense, 192.168.7.3", "192.168.7.3", True),
        ("10.0.0.1", "192.168.1.9:5555", "192.168.1.9", True),
        ("10.0.0.1", "[2001:db8::7]:5555", "2001:db8::7", True),
        ("10.0.0.1", "2001:db8::7", "2001:db8::7", True),
        ("::ffff:10.0.0.1", "192.168.1.9", "192.168.1.9", True),
        ("fd00::3", "::ffff:192.168.1.9", "192.168.1.9", True),
        ("fe80::1%eth0", "", "fe80::1", False),
    ],
)
def test_forwarded_addresses_count_from_proxies_of_ours_alone(
    peer: str, forwarded: str, ip: str, proxied: bool
) -> None:
    headers = {"X_Forwarded_For": forwarded} if forwarded else {}
    visitor = doors(trusted_proxies=PROXIES).visitor(request(peer, X_Real_Ip="9.9.9.9", **headers))
    assert (visitor.ip, visitor.proxied) == (ip, proxied)
    assert visitor.version == (6 if ":" in ip else 4)


@pytest.mark.parametrize(
    ("peer", "protocol", "forwarded", "secure"),
    [
        ("10.0.0.1", "http", "https", True),
        ("10.0.0.1", "http", "http, https", True),
        ("10.0.0.1", "http", "https, http", False),
        ("10.0.0.1", "http", "gopher", False),
        ("10.0.0.1", "https", "http", False),
        ("192.168.1.5", "http", "https", False),
        ("192.168.1.5", "https", "http", True),
    ],
)
def test_the_scheme_too(peer: str, protocol: str, forwarded: str, secure: bool) -> None:
    mine = doors(trusted_proxies=PROXIES)
    assert mine.visitor(request(peer, protocol, X_Forwarded_Proto=forwarded)).secure is secure


def test_a_port_in_the_setting_does_not_matter_either() -> None:
    assert doors(allowed_hosts=("chat.example.org:8443",)).host_is_ours("chat.example.org")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("trusted_proxies", "my-proxy"), ("trusted_proxies", "10.0.0.1/33"), ("allowed_hosts", "a/b")],
        *[("allowed_hosts", ""), ("allowed_origins", "*"), ("allowed_origins", "app.example")],
        *[("allowed_origins", "null"), ("allowed_origins", "https://app.example/page")],
    ],
)
def test_settings_that_mean_nothing_stop_the_start(name: str, value: str) -> None:
    with pytest.raises(StartError, match=name):
        doors(**{name: (value,)})
