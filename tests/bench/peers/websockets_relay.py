"""A peer: `websockets`, its own `broadcast()`. Parses, encodes and relays; knows nobody and keeps nothing."""

import asyncio
import json

from websockets.asyncio.server import ServerConnection, broadcast, serve


async def main() -> None:
    connections: set[ServerConnection] = set()

    async def relay(connection: ServerConnection) -> None:
        connections.add(connection)
        try:
            async for text in connection:
                broadcast(connections, json.dumps(json.loads(text)))
        finally:
            connections.discard(connection)

    async with serve(relay, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
        await asyncio.Event().wait()


asyncio.run(main())
