"""A peer: Flask-SocketIO with threads, as the systems run that PiChat replaces. Relays; keeps nothing."""

import json
import logging
import socket

from flask import Flask
from flask_socketio import SocketIO

logging.getLogger("werkzeug").disabled = True
app = Flask(__name__)
relay = SocketIO(app, async_mode="threading", cors_allowed_origins="*", logger=False, engineio_logger=False)


@relay.on("send")
def on_send(message: object) -> None:
    relay.emit("message", message)


if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    print(json.dumps({"port": port, "protocol": "socket.io"}), flush=True)
    relay.run(app, host="127.0.0.1", port=port, allow_unsafe_werkzeug=True, log_output=False)
