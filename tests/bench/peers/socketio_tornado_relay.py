"""A peer: python-socketio on Tornado. Relays; keeps nothing."""

import asyncio
import json

import socketio  # type: ignore[import-untyped]
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

relay = socketio.AsyncServer(async_mode="tornado", cors_allowed_origins="*")


@relay.event  # type: ignore[untyped-decorator]
async def send(_: str, message: object) -> None:
    await relay.emit("message", message)


async def main() -> None:
    server = HTTPServer(Application([("/socket.io/", socketio.get_tornado_handler(relay))]))
    sockets = bind_sockets(0, "127.0.0.1")
    server.add_sockets(sockets)
    print(json.dumps({"port": sockets[0].getsockname()[1], "protocol": "socket.io"}), flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
