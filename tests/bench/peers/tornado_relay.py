"""A peer: Tornado, `write_message` to each client. Parses, encodes and relays; keeps nothing."""

import asyncio
import json

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application
from tornado.websocket import WebSocketClosedError, WebSocketHandler

CONNECTIONS: set[WebSocketHandler] = set()


class Relay(WebSocketHandler):
    def open(self, *_: str, **__: str) -> None:
        self.set_nodelay(True)
        CONNECTIONS.add(self)

    def on_message(self, message: str | bytes) -> None:
        text = json.dumps(json.loads(message))
        for connection in list(CONNECTIONS):
            try:
                connection.write_message(text)
            except WebSocketClosedError:
                CONNECTIONS.discard(connection)

    def on_close(self) -> None:
        CONNECTIONS.discard(self)


async def main() -> None:
    server = HTTPServer(Application([("/ws", Relay)]))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    print(json.dumps({"port": sockets[0].getsockname()[1]}), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
