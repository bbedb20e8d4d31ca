"""The box's own authority, and the certificate that it signs for itself: what is kept, and when it is made
anew. Opens no port and knows no policy.

Files of one folder, 0600 and whole after a power cut. The library that signs takes 10 MB of memory: it is not
needed for what is kept already.
"""

import hashlib
import ipaddress
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from appliance.base.clock import Clock
from appliance.base.keeping import keep
from appliance.base.log import logger
from appliance.host.network import LOCAL_SUFFIXES

if TYPE_CHECKING:
    from appliance.host.signing import Pair

AUTHORITY, LEAF, FACTS = "authority.pem", "certificate.pem", "certificate.json"
AUTHORITY_LIFE = timedelta(days=3652)
LEAF_LIFE = timedelta(days=824)  # browsers take 825
LEAST_LEFT = timedelta(days=60)
DAY = timedelta(days=1)
# What the authority may speak for: whoever steals its key can be nobody on the internet. A name permits all
# that end in it, so a bare one here is none that can be bought.
OWN_NAMES = ("pichat", "localhost")
NAMES = (*LOCAL_SUFFIXES, *OWN_NAMES)
NETWORKS = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "127.0.0.0/8", "100.64.0.0/10"),
        *("fc00::/7", "fe80::/10", "::1/128"),
    )
)
_log = logger("tls")


def permitted(name: str) -> bool:
    """Whether the authority may sign for this address or name."""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        return name.isascii() and any(name == one or name.endswith(f".{one}") for one in NAMES)
    return any(address in network for network in NETWORKS)


def _spelt(name: str) -> str:
    """As the certificate says it: an address has many spellings and, there, no zone."""
    try:
        return str(ipaddress.ip_address(name.partition("%")[0]))
    except ValueError:
        return name


class Facts(Struct, frozen=True):
    """What is known of the two files without the library: SHA-256 of each, and what the certificate says.
    Times in seconds since 1970.
    """

    authority: str
    leaf: str
    names: list[str]
    begins: int
    ends: int


class Certificates:
    """Made at the first use. The authority stays as long as its folder: people have told their phones to
    trust it, so neither its end nor a wrong clock replaces it.

    `built`: seconds since 1970, before which no true clock can be; by default the age of the program's files.
    What signs raises ImportError where the library is missing, and OSError when nothing can be kept or the
    authority cannot be read.
    """

    def __init__(self, folder: Path, clock: Clock, built: float | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._facts: Facts | None = None
        self._built = _date(Path(__file__).stat().st_mtime if built is None else built)

    @property
    def leaf(self) -> Path:
        """Certificate and key in one file, as `load_cert_chain` takes them."""
        return self._folder / LEAF

    @cached_property
    def der(self) -> bytes:
        """The authority's certificate, for people to install. Raises OSError before the first `renew`, and
        when it is damaged."""
        pem = (self._folder / AUTHORITY).read_bytes()
        try:
            text = pem.decode("ascii")
            return ssl.PEM_cert_to_DER_cert(text[text.index("-----BEGIN CERTIFICATE") :])
        except ValueError:
            raise OSError(f"{self._folder / AUTHORITY} is damaged") from None

    @property
    def fingerprint(self) -> str:
        """SHA-256 of that, 64 digits."""
        return hashlib.sha256(self.der).hexdigest().upper()

    def show(self, context: ssl.SSLContext) -> None:
        """What was signed last. Raises OSError when that, or who signed it, is not there."""
        _ = self.der
        context.load_cert_chain(self.leaf)

    def renew(self, names: Iterable[str]) -> bool:
        """Signs for these names and addresses, if what is kept does not do; whether it did."""
        wanted = {_spelt(name) for name in names if permitted(name)}
        facts = self._facts or self._recalled()
        due = facts is None or self._due(facts, wanted)
        if due:
            authority = self._authority()
            pair = self._signed(authority, wanted)
            keep(self.leaf, pair.pem)
            begins, ends = (int(at.timestamp()) for at in (pair.life.begins, pair.life.ends))
            above = (self._folder / AUTHORITY).read_bytes()
            facts = Facts(_sum(above), _sum(pair.pem), pair.names, begins, ends)
            keep(self._folder / FACTS, msgspec.json.encode(facts))
        self._facts = facts
        return due

    def _due(self, facts: Facts, wanted: set[str]) -> bool:
        """Also when the clock has jumped out of its life, to either side. An address that is gone for now may
        come back: whoever told a browser to trust this very certificate is not asked again for that.
        """
        now = self._now
        in_time = _date(facts.begins) <= now <= _date(facts.ends) - LEAST_LEFT
        return not in_time or not wanted <= set(facts.names)

    def _recalled(self) -> Facts | None:
        """Of an earlier start, if both files are still what it left."""
        try:
            facts = msgspec.json.decode((self._folder / FACTS).read_bytes(), type=Facts)
            sums = [_sum((self._folder / name).read_bytes()) for name in (AUTHORITY, LEAF)]
        except (OSError, msgspec.MsgspecError):
            return None
        return facts if sums == [facts.authority, facts.leaf] else None

    def _authority(self) -> "Pair":
        """A new one only where there is none, or one that is damaged. What the disk does not give just now,
        or not to us, may be there tomorrow: OSError.
        """
        from appliance.host import signing  # noqa: PLC0415 (10 MB of memory)

        path = self._folder / AUTHORITY
        try:
            return signing.read(path.read_bytes())
        except FileNotFoundError:
            pass
        except ValueError:
            _log.error("%s is damaged: there is a new authority, which nobody trusts yet", path)
        pair = self._found()
        keep(path, pair.pem)
        vars(self).pop("der", None)  # that of the one before
        return pair

    def _found(self) -> "Pair":
        """An authority that holds for every clock from the one that made the program on."""
        from appliance.host import signing  # noqa: PLC0415

        now = self._now
        begins, ends = min(now, self._built) - DAY, max(now, self._built) + AUTHORITY_LIFE
        return signing.found(signing.Life(begins, ends), NAMES, NETWORKS)

    def _signed(self, authority: "Pair", names: set[str]) -> "Pair":
        """A board without a battery may be months late or early: what it signs holds from the day of the
        program on, or as far back as leaves half of its life.
        """
        from appliance.host import signing  # noqa: PLC0415

        now = self._now
        begins = min(now, max(self._built, now - LEAF_LIFE / 2)) - DAY
        life = signing.Life(begins, begins + LEAF_LIFE)
        ordered = sorted(names, key=lambda one: (not one.endswith(".local"), one))
        return signing.signed(authority, life, ordered)

    @property
    def _now(self) -> datetime:
        return _date(self._clock.now() / 1000)


def _date(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _sum(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()
