"""The ports of one box and the servers on them: HTTP, and HTTPS beside it where the settings want it.

The listening sockets outlive a box, so that the next one goes on with them. Knows no feature.
"""

import socket
from collections.abc import Sequence
from dataclasses import dataclass

from tornado.httputil import HTTPServerConnectionDelegate

from appliance.base.settings import Settings
from appliance.server.connections import Caps, Server, close_all, copies, listen
from appliance.server.doors import Doors
from appliance.server.tls import Tls


@dataclass(frozen=True, slots=True)
class Ports:
    """Listening sockets: of `port`, and of `tls_port`. What is empty is opened when it is needed."""

    plain: Sequence[socket.socket] = ()
    secure: Sequence[socket.socket] = ()

    def close(self) -> None:
        close_all([*self.plain, *self.secure])


class Front:
    """Open from the beginning. The sockets are kept until `close`, or given away by `keep`."""

    def __init__(
        self,
        app: HTTPServerConnectionDelegate,
        settings: Settings,
        doors: Doors,
        tls: Tls,
        given: Ports | None = None,
    ) -> None:
        """Raises StartError when a port or HTTPS cannot be had; what was not given is closed again."""
        given = given or Ports()
        tls.open()
        beside = settings.tls != "off"  # also while no certificate can be had: handshakes fail at once
        caps = Caps(settings.max_connections, settings.max_connections_per_address, doors)
        plain = list(given.plain) or listen(settings.host, settings.port)
        secure: list[socket.socket] = []
        try:
            if beside:
                secure = list(given.secure) or listen(settings.host, settings.tls_port, "tls_port")
        except BaseException:
            if not given.plain:
                close_all(plain)
            raise
        if not beside:  # somebody opened it for us, and nobody would answer
            close_all(given.secure)
        self._ports = Ports(plain, secure)
        self._servers = [Server(app, settings, caps, None if beside else tls.context)]
        self._servers[0].add_sockets(copies(plain))
        if beside:
            self._servers.append(Server(app, settings, caps, tls.context))
            self._servers[1].add_sockets(copies(secure))
            tls.port = _port(secure)

    @property
    def port(self) -> int:
        """The port that it listens on, also when the setting said 0."""
        return _port(self._ports.plain)

    def keep(self) -> Ports:
        """Hands the listening sockets over: `close` leaves them open."""
        kept, self._ports = self._ports, Ports()
        return kept

    def stop(self) -> None:
        """Nobody new comes in."""
        for server in self._servers:
            server.stop()

    async def close_all_connections(self) -> None:
        for server in self._servers:
            await server.close_all_connections()

    def close(self) -> None:
        """The ports, unless somebody keeps them."""
        self._ports.close()


def _port(sockets: Sequence[socket.socket]) -> int:
    return int(sockets[0].getsockname()[1])
