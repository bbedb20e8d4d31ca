"""HTTPS of one box: what is shown to browsers, on which port, and that it follows the machine's addresses.

Makes no certificate itself and reads no request.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial

from appliance.base.errors import StartError
from appliance.base.log import logger
from appliance.base.settings import Settings
from appliance.base.tasks import Rounds
from appliance.host.certificates import OWN_NAMES, Certificates
from appliance.host.network import Network, own_names

_log = logger("tls")
LOOPBACK = ("127.0.0.1", "::1")


@dataclass(frozen=True, slots=True)
class Https:
    """Where the box speaks HTTPS, for `GET /api/network-info`. `fingerprint` is that of its own authority
    (SHA-256, 64 digits); None with a certificate that somebody brought.
    """

    port: int
    urls: tuple[str, ...]
    fingerprint: str | None


class Tls:
    """Opened before the ports, closed after them. `port` is known once they are open."""

    port: int | None = None  # of HTTPS beside HTTP

    def __init__(
        self,
        settings: Settings,
        network: Network,
        certificates: Certificates,
        claimed: Callable[[], bool] = lambda: True,
    ) -> None:
        self._settings = settings
        self._claimed = claimed
        self._network = network
        self._certificates = certificates
        trouble = "the certificate cannot be signed anew"
        self._following = Rounds(settings.tls_follow_seconds, _log, trouble)
        self._unseen = True  # what is kept was not shown yet
        self.context: ssl.SSLContext | None = None  # for the servers, also before there is anything to show
        self.ready = False  # whether a handshake can succeed

    @property
    def own(self) -> bool:
        """Whether the box is its own authority."""
        return self.ready and self._settings.tls_cert is None

    @property
    def required(self) -> bool:
        """Whether plain HTTP is only good for finding the way to HTTPS. A box that nobody owns is claimed by
        either, or a mistake in its settings would lock everybody out.
        """
        return self._settings.tls == "required" and self._claimed()

    @property
    def authority(self) -> bytes | None:
        """The certificate to install (DER), where there is one."""
        return self._certificates.der if self.own else None

    @property
    def fingerprint(self) -> str | None:
        """SHA-256 of it, 64 digits."""
        return self._certificates.fingerprint if self.own else None

    def open(self) -> None:
        """Raises StartError when HTTPS cannot be had. Where it is for whoever wants it, its failing keeps
        nobody out: an administrator has to come in to make room on a full disk. For the same reason what was
        signed before is shown on when nothing new can be; `follow` says that, and tries again.
        """
        settings = self._settings
        if settings.tls_cert is not None:
            self.context, self.ready = brought(settings), True
        elif settings.tls != "off":
            trouble, self.context = self._trouble(), empty()
            try:
                self._show(self.context)
            except OSError as error:
                if settings.tls == "required":
                    raise StartError(f"there is no certificate for HTTPS: {trouble or error}") from None
                _log.error("no HTTPS until there is a certificate for it: %s", trouble or error)

    def _trouble(self) -> OSError | None:
        """What went wrong with signing, if anything."""
        try:
            self._renew(self._names())
        except OSError as error:
            return error
        return None

    def follow(self) -> None:
        """From now on the certificate speaks for the addresses and the name that the machine has. One that
        could not be had is tried again.
        """
        if self.context is not None and self._settings.tls_cert is None:
            self._following.start(partial(self._follow, self.context))

    async def close(self) -> None:
        await self._following.close()

    def way(self, port: int, secure: bool) -> tuple[int, bool]:
        """Port and whether it is HTTPS, for somebody who came by these."""
        if self.required and not secure and self.port is not None:
            return self.port, True
        return port, secure

    def urls(self, port: int, secure: bool) -> tuple[str, ...]:
        """What to type, for somebody who came by this port."""
        port, secure = self.way(port, secure)
        return self._network.urls(port, secure, self._settings.host)

    def https(self) -> Https | None:
        if self.port is None or not self.ready:
            return None
        return Https(self.port, self.urls(self.port, True), self.fingerprint)

    def _names(self) -> Iterator[str]:
        """Also what the box is called where nobody gave it a name, so that notes and pictures stay true."""
        yield from LOOPBACK
        yield from OWN_NAMES
        yield "pichat.local"
        yield from own_names(self._network.hostname)
        yield from self._network.addresses()
        yield from self._settings.allowed_hosts

    async def _follow(self, context: ssl.SSLContext) -> None:
        """New connections are shown the new one; those that stand go on."""
        await asyncio.to_thread(self._renew, list(self._names()))
        if self._unseen:
            self._show(context)
            _log.info("a new certificate, for the addresses that the machine has now")

    def _renew(self, names: Iterable[str]) -> None:
        """Raises OSError, also where the library is missing."""
        try:
            self._unseen |= self._certificates.renew(names)
        except ImportError as error:
            raise OSError(str(error)) from None

    def _show(self, context: ssl.SSLContext) -> None:
        self._certificates.show(context)
        self._unseen, self.ready = False, True


def empty() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def brought(settings: Settings) -> ssl.SSLContext:
    """With the certificate that the settings name."""
    assert settings.tls_cert is not None
    context = empty()
    try:
        context.load_cert_chain(settings.tls_cert, settings.tls_key)
    except (OSError, ssl.SSLError) as error:
        raise StartError(f"the certificate or its key cannot be used: {error}") from None
    return context
