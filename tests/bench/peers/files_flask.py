"""Flask's own ways: `request.files` and `save` with the hash of what was saved; `send_file`."""

import hashlib
import logging
import sys
from pathlib import Path
from typing import Any

from flask import Flask, request, send_file
from werkzeug.serving import WSGIRequestHandler, make_server


def application(target: str) -> Any:
    app = Flask("peer")

    @app.post("/api/uploads")
    def take() -> tuple[str, int]:
        request.files["file"].save(target)
        with Path(target).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), 201

    @app.get("/a.bin")
    def give() -> Any:
        return send_file(target)

    return app


if __name__ == "__main__":
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    WSGIRequestHandler.protocol_version = "HTTP/1.1"  # connections that stay open
    server = make_server("127.0.0.1", 0, application(f"{sys.argv[1]}/a.bin"), threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()
