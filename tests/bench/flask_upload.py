"""Flask's own way of taking a file: `request.files`, `save`, and the hash of what was saved.

For comparison; needs Flask installed.
"""

import hashlib
import sys
from pathlib import Path
from typing import Any

from flask import Flask, request  # type: ignore[import-not-found]
from werkzeug.serving import make_server  # type: ignore[import-not-found]


def application(target: str) -> Any:
    app = Flask("peer")

    @app.post("/api/uploads")
    def take() -> tuple[str, int]:
        request.files["file"].save(target)
        with Path(target).open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest(), 201

    return app


if __name__ == "__main__":
    server = make_server("127.0.0.1", 0, application(sys.argv[1]), threaded=True)
    print(server.server_port, flush=True)
    server.serve_forever()
