"""The steps of the boot can be imported: on the card they lie beside `step`."""

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

import image  # noqa: F401 (puts the box's own folder on the path)
from tests.image.boards import Board
from tests.image.fitted import Fitted, made_key
from tests.image.radio import Radio


@pytest.fixture
def board(tmp_path: Path) -> Board:
    return Board(tmp_path)


@pytest.fixture
def radio(tmp_path: Path) -> Radio:
    return Radio(tmp_path)


@pytest.fixture
def fitted(tmp_path: Path) -> Fitted:
    root = tmp_path / "root"
    root.mkdir()
    return Fitted(root, made_key(tmp_path / "key.pem"))


@pytest.fixture
def well() -> Iterator[int]:
    """A port that says that all is well."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()
