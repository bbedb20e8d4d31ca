"""What typed settings must also be: an origin is an origin, a certificate has its key. Changes no choice."""

import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from appliance.base.errors import StartError
from appliance.base.settings import Settings

DEFAULT_PORTS = {"http": 80, "https": 443}
EVERYWHERE = frozenset(("0.0.0.0", "::", "[::]", "*"))  # noqa: S104 (what people write, not what we bind)
HOST_NAME = re.compile(r"[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*\.?")
# Keys that stand in examples on the net: whoever reads them can sign links. They are made of such words.
EXAMPLE_TEXT = """
    a and any app application aqui aquí at be before by cambia cambiame cambiar change changed changeme
    characters chars clave cámbiame default demo deploy deployment dev development do el en environment
    esta este esto example flask for generate guess hard here in insecure insert is it jwt key la larga
    least local long me min minimum must muy my never no not now of only pass password please pon por
    prod produccion producción production put random real replace replaceme safe secret secreta secreto
    secrets secure segura server session set should signing some string strong su super supersecret test
    testing that the this to todo token tu ultra una use value very with xxx you your
"""
EXAMPLE_WORDS = frozenset(EXAMPLE_TEXT.split())
LONGEST = max(map(len, EXAMPLE_WORDS))
MIN_KEY = 16
MAX_NAME = 40


def check(settings: Settings, where: Mapping[str, str]) -> Settings:
    """The settings in their one form; `where` says how each was given, so that the line names it."""

    def said(name: str) -> str:
        return where.get(name, name)

    check_name(settings.name, said("name"))
    check_key(settings.secret_key, said("secret_key"))
    check_tls(settings.tls_cert, settings.tls_key, said("tls_cert"), said("tls_key"))
    if settings.tls != "off" and settings.port == settings.tls_port != 0:
        raise StartError(f"{said('tls_port')} and {said('port')} are the same; HTTPS needs a port of its own")
    return replace(
        settings,
        host=listening(settings, said("host"), given="host" in where),
        allowed_origins=tuple(origin(one, said("allowed_origins")) for one in settings.allowed_origins),
        allowed_hosts=tuple(host_name(one, said("allowed_hosts")) for one in settings.allowed_hosts),
        trusted_proxies=tuple(network(one, said("trusted_proxies")) for one in settings.trusted_proxies),
    )


def check_name(name: str, said: str) -> None:
    if len(name) > MAX_NAME:
        raise StartError(f"{said} must have at most {MAX_NAME} characters")


def check_key(key: str, said: str) -> None:
    """Never repeats the key."""
    advice = "leave it empty, and the box makes one of its own and keeps it"
    if key and is_example(key):
        raise StartError(f"{said} is a well-known example, which anybody could use to sign links; {advice}")
    if key and (len(key) < MIN_KEY or len(set(key)) < MIN_KEY // 2):
        raise StartError(f"{said} is too easy to guess; {advice}")


def is_example(key: str) -> bool:
    """Whether the letters of a key are nothing but words of examples, however they are joined."""
    letters = "".join(c for c in key.lower() if c.isalpha())
    ends = {0}
    for end in range(1, len(letters) + 1):
        if any(start in ends and letters[start:end] in EXAMPLE_WORDS for start in range(end - LONGEST, end)):
            ends.add(end)
    return len(letters) in ends


def check_tls(cert: Path | None, key: Path | None, said_cert: str, said_key: str) -> None:
    """Both or neither, readable, and made for each other."""
    if cert is None and key is None:
        return
    if cert is None or key is None:
        given, missing = (said_cert, said_key) if key is None else (said_key, said_cert)
        raise StartError(f"{given} is given without {missing}; HTTPS needs both")
    for path, said in ((cert, said_cert), (key, said_key)):
        try:
            path.open("rb").close()
        except OSError as error:
            raise StartError(f"{said}: {path} cannot be read: {error.strerror}") from None
    try:
        # A key with a passphrase would ask for it on the terminal; an empty one makes it an error.
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(cert, key, password="")
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or "not PEM, or not a pair"
        raise StartError(f"{said_cert} and {said_key} cannot be used: {reason}") from None


def listening(settings: Settings, said: str, given: bool) -> str:
    """Empty for every interface. A demonstration that nobody placed stays on this machine."""
    host = settings.host
    if settings.demo and not given:
        return "127.0.0.1"
    if host in EVERYWHERE:
        return ""
    bare = host.strip("[]")
    if bare and not is_address(bare) and not HOST_NAME.fullmatch(bare.lower()):
        raise StartError(f"{said} must be an address of this machine, without scheme or port")
    return bare


def is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def origin(text: str, said: str) -> str:
    """An origin as browsers send it: lower case, no path, no port where it is the scheme's own."""
    if text == "*":
        raise StartError(
            f"{said}=* would let any page of the internet act for whoever is signed in; the box's own pages "
            "need nothing here: remove it, or name the origins, as in http://192.168.1.20:5173"
        )
    wrong = StartError(f"{said}: {text!r} is not an origin such as http://192.168.1.20:5173")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise wrong from None
    extra = parts.path.strip("/") or parts.query or parts.fragment or "@" in parts.netloc
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname or extra or "*" in parts.netloc:
        raise wrong
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    suffix = "" if port in (None, DEFAULT_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{host}{suffix}"


def host_name(text: str, said: str) -> str:
    name = text.lower()
    if not HOST_NAME.fullmatch(name):
        raise StartError(f"{said}: {text!r} is not a host name; write it without scheme, port or path")
    return name.rstrip(".")


def network(text: str, said: str) -> str:
    try:
        return str(ipaddress.ip_network(text, strict=False))
    except ValueError:
        raise StartError(f"{said}: {text!r} is not an address or a network such as 10.0.0.0/8") from None
