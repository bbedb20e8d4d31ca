"""The box's own authority, and the certificate that it signs for itself: what is kept, and when it is made
anew. Opens no port and knows no policy.

Two files of one folder, each with its key, 0600 and whole after a power cut.
"""

import ipaddress
import os
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.base.clock import Clock
from appliance.base.log import logger
from appliance.host.network import LOCAL_SUFFIXES

if TYPE_CHECKING:
    from appliance.host.signing import Pair

AUTHORITY, LEAF = "authority.pem", "certificate.pem"
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


class Certificates:
    """Made at the first use. The authority stays as long as its folder: people have told their phones to
    trust it, so neither its end nor a wrong clock replaces it.

    `built`: seconds since 1970, before which no true clock can be; by default the age of the program's files.
    Everything raises ImportError where the library is missing.
    """

    def __init__(self, folder: Path, clock: Clock, built: float | None = None) -> None:
        self._folder = folder
        self._clock = clock
        self._kept: Pair | None = None
        self._built = _date(Path(__file__).stat().st_mtime if built is None else built)

    @property
    def leaf(self) -> Path:
        """Certificate and key in one file, as `load_cert_chain` takes them."""
        return self._folder / LEAF

    @cached_property
    def authority(self) -> "Pair":
        """Raises OSError when a new one cannot be kept."""
        path = self._folder / AUTHORITY
        pair = _read(path)
        if pair is None:
            if path.exists():
                _log.error("%s cannot be read: there is a new authority, which nobody trusts yet", path)
            pair = self._found()
            _keep(path, pair.pem)
        return pair

    def renew(self, names: Iterable[str]) -> bool:
        """Signs for these names and addresses, if what is kept does not do; whether it did. OSError."""
        wanted = {name for name in names if permitted(name)}
        kept = self._kept or _read(self.leaf)
        due = kept is None or self._due(kept, wanted)
        if due:
            kept = self._signed(wanted)
            _keep(self.leaf, kept.pem)
        self._kept = kept
        return due

    def _due(self, kept: "Pair", wanted: set[str]) -> bool:
        """Also when the clock has jumped out of its life, to either side. An address that is gone for now may
        come back: whoever told a browser to trust this very certificate is not asked again for that.
        """
        life, now = kept.life, self._now
        in_time = life.begins <= now <= life.ends - LEAST_LEFT
        return not in_time or not wanted <= set(kept.names) or not kept.is_by(self.authority)

    def _found(self) -> "Pair":
        """An authority that holds for every clock from the one that made the program on."""
        from appliance.host import signing  # noqa: PLC0415 (10 MB of memory)

        now = self._now
        begins, ends = min(now, self._built) - DAY, max(now, self._built) + AUTHORITY_LIFE
        return signing.found(signing.Life(begins, ends), NAMES, NETWORKS)

    def _signed(self, names: set[str]) -> "Pair":
        """A board without a battery may be months late or early: what it signs holds from the day of the
        program on, or as far back as leaves half of its life.
        """
        from appliance.host import signing  # noqa: PLC0415

        now = self._now
        begins = min(now, max(self._built, now - LEAF_LIFE / 2)) - DAY
        life = signing.Life(begins, begins + LEAF_LIFE)
        ordered = sorted(names, key=lambda one: (not one.endswith(".local"), one))
        return signing.signed(self.authority, life, ordered)

    @property
    def _now(self) -> datetime:
        return _date(self._clock.now() / 1000)


def _date(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)


def _read(path: Path) -> "Pair | None":
    from appliance.host import signing  # noqa: PLC0415

    try:
        return signing.read(path.read_bytes())
    except (OSError, ValueError):
        return None


def _keep(path: Path, pem: bytes) -> None:
    """The file is the old one or the new one, also after a power cut."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(handle)
    draft.rename(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
