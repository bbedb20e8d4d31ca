"""What comes from elsewhere: whole and of its checksum, or one line and nothing left behind."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from image import base, download, tools
from image.tools import BuildError

GOOD = b"good " * 1000
SHA256 = hashlib.sha256(GOOD).hexdigest()


class Archive(BaseHTTPRequestHandler):
    """/good answers, /short breaks off, everything else is not there."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path not in {"/good.img", "/short.img"}:
            self.send_error(404)
            return
        self.send_response(200)
        self.send_header("Content-Length", str(len(GOOD)))
        self.end_headers()
        self.wfile.write(GOOD if self.path == "/good.img" else GOOD[:100])

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    Archive.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Archive) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def cached(tmp_path: Path) -> list[str]:
    return [path.name for path in (tmp_path / "pichat").iterdir()]


def test_it_is_fetched_once_and_one_that_was_damaged_anew(archive: str, tmp_path: Path) -> None:
    for _ in range(2):
        path = download.kept(f"{archive}/good.img", "good.img", SHA256)
    assert path.read_bytes() == GOOD
    assert Archive.asked == ["/good.img"]
    path.write_bytes(b"spoilt")
    assert download.kept(f"{archive}/good.img", "good.img", SHA256).read_bytes() == GOOD
    assert cached(tmp_path) == ["good.img"]


@pytest.mark.parametrize(
    ("address", "sha256", "why"),
    [
        ("{}/good.img", "0" * 64, f"damaged or another one: its SHA-256 is {SHA256}"),
        ("{}/short.img", SHA256, "broke off after 100 of 5000 bytes"),
        ("{}/nowhere.img", SHA256, "cannot be downloaded: Not Found"),
        ("http://a b/x.img", SHA256, "cannot be downloaded"),
        ("gopher://127.0.0.1/x.img", SHA256, "cannot be downloaded: unknown url type"),
    ],
)
def test_what_cannot_be_had_is_one_line_and_leaves_nothing(
    archive: str, tmp_path: Path, address: str, sha256: str, why: str
) -> None:
    with pytest.raises(BuildError, match=why) as refused:
        base.open_base(f"{address.format(archive)}#{sha256}", tmp_path)
    assert "\n" not in str(refused.value)
    assert cached(tmp_path) == []


def test_who_gives_no_checksum_needs_a_way_on_which_nobody_changes_it(archive: str, tmp_path: Path) -> None:
    with pytest.raises(BuildError, match="without https a base needs URL#sha256"):
        base.open_base(f"{archive}/good.img", tmp_path)
    assert Archive.asked == []
    (tmp_path / "own.img").write_bytes(GOOD)
    for given in (f"file://{tmp_path}/own.img", f"file://{tmp_path}/own.img#{SHA256}"):
        with pytest.raises(BuildError, match=r"own.img has no partition table"):  # found, and looked at
            base.open_base(given, tmp_path)


def test_a_folder_of_the_cache_has_its_name_when_all_of_it_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "packages"
    with pytest.raises(BuildError), tools.filling(folder) as part:
        (part / "half").touch()
        raise BuildError("no")
    assert list(tmp_path.iterdir()) == []
    with tools.filling(folder) as part:
        (part / "whole").touch()
        assert not folder.exists()
    assert [path.name for path in tmp_path.rglob("*")] == ["packages", "whole"]
