"""A large body that is refused is answered, and the browser gets to see the answer: Chromium and Firefox.

411 is not here: no browser sends a body without saying how long it is (`tests/server/test_uploads.py`).
"""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any, Protocol
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser

from tests.browser.firefox import firefox
from tests.people import PASSWORD
from tests.served import CHOICES, Served

SIZES = {"0.3 MB": 300_000, "5 MB": 5_000_000, "100 MB": 100_000_000}
PDF = "/api/uploads/informe.pdf"
TUS = {"Tus-Resumable": "1.0.0"}
SEND = """
({method, path, size, headers}) => new Promise((done) => {
  const request = new XMLHttpRequest();
  request.open(method, path);
  for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
  const code = () => (JSON.parse(request.responseText || "{}").error || {}).code || "";
  request.onload = () => done([request.status, code()]);
  request.onerror = () => done([0, "network error"]);
  request.send(new Blob([new Uint8Array(size)]));
})
"""
ASK = """
({method, path, body, headers}) =>
  fetch(path, {method, headers, body: body === null ? undefined : JSON.stringify(body)}).then((answer) =>
    [answer.status, answer.headers.get("Location") || ""])
"""


class Page(Protocol):
    def goto(self, url: str) -> object: ...

    def evaluate(self, expression: str, arg: Any = None, /) -> Any: ...


def post(served: Served, path: str, body: object, token: str = "") -> Any:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    request = Request(served.url + path, json.dumps(body).encode(), headers)
    with urlopen(request) as answer:
        return json.load(answer)


def furnished(served: Served) -> Served:
    """Claimed, with somebody who may upload and somebody who may not."""
    admin = post(
        served,
        "/api/claim",
        {"code": served.claim_code, "username": "marta", "name": "Marta", "password": PASSWORD},
    )
    for username, role in (("ana", "cliente"), ("uma", "usuario")):
        body = {"username": username, "role": role, "password": PASSWORD}
        post(served, "/api/users", body, admin["access_token"])
    return served


@pytest.fixture(scope="module")
def roomy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    one = Served(
        tmp_path_factory.mktemp("roomy") / "data", settings={**CHOICES, "upload_max_bytes": "200000"}
    )
    yield furnished(one)
    one.stop()


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A card on which what uploads may never take is more than there is."""
    one = Served(
        tmp_path_factory.mktemp("full") / "data", settings={**CHOICES, "free_floor_bytes": str(1 << 50)}
    )
    yield furnished(one)
    one.stop()


@pytest.fixture(scope="module", name="firefox")
def _firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with firefox(tmp_path_factory.mktemp("firefox") / "profile") as browser:
        yield browser


@pytest.fixture(scope="module")
def chrome(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(params=["chrome", "firefox"])
def page(request: pytest.FixtureRequest) -> Page:
    found: Page = request.getfixturevalue(request.param)
    return found


def enter(page: Page, served: Served, username: str) -> None:
    """With a cookie, as the page does; nobody when there is no name."""
    page.goto(f"{served.url}/login")
    ask(page, "POST", "/api/users/logout")
    if username:
        body = {"username": username, "password": PASSWORD, "session": "cookie"}
        assert ask(page, "POST", "/api/users/login", body)[0] == 200


def ask(page: Page, method: str, path: str, body: object = None, **headers: str) -> tuple[int, str]:
    sent = {"X-PiChat": "1", **headers, **({"Content-Type": "application/json"} if body else {})}
    status, location = page.evaluate(ASK, {"method": method, "path": path, "body": body, "headers": sent})
    return int(status), str(location)


def tus_upload(page: Page, size: int) -> str:
    """A place for an upload; its path."""
    name = base64.b64encode(b"informe.pdf").decode()
    told = {**TUS, "Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
    status, location = ask(page, "POST", "/api/uploads/tus", **told)
    assert status == 201
    return "/" + location.split("/", 3)[3] if "://" in location else location


def wrong_offset(page: Page, size: int) -> tuple[str, str, dict[str, str]]:
    path = tus_upload(page, size + 7)
    kind = "application/offset+octet-stream"
    return "PATCH", path, {**TUS, "X-PiChat": "1", "Upload-Offset": "7", "Content-Type": kind}


def plain(path: str, **headers: str) -> Callable[[Page, int], tuple[str, str, dict[str, str]]]:
    return lambda page, size: ("PUT", path, {"X-PiChat": "1", **headers})


REFUSALS = {
    "401 nobody": ("roomy", "", plain(PDF), 401, "unauthorized"),
    "403 may not upload": ("roomy", "uma", plain(PDF), 403, "forbidden"),
    "409 wrong offset": ("roomy", "marta", wrong_offset, 409, "conflict"),
    "413 too large": ("roomy", "ana", plain(PDF), 413, "too_large"),
    "415 a program": ("roomy", "ana", plain("/api/uploads/juego.exe"), 415, "bad_type"),
    "507 full": ("full", "marta", plain(PDF), 507, "no_space"),
}


@pytest.mark.parametrize("case", REFUSALS)
def test_a_browser_sees_why(request: pytest.FixtureRequest, page: Page, case: str) -> None:
    where, who, made, status, code = REFUSALS[case]
    enter(page, request.getfixturevalue(where), who)
    for name, size in SIZES.items():
        method, path, headers = made(page, size)
        sent = {"method": method, "path": path, "size": size, "headers": headers}
        assert page.evaluate(SEND, sent) == [status, code], name


def test_the_same_browsers_can_send(request: pytest.FixtureRequest, page: Page, roomy: Served) -> None:
    enter(page, roomy, "marta")
    sent = {"method": "PUT", "path": PDF, "size": SIZES["5 MB"], "headers": {"X-PiChat": "1"}}
    assert page.evaluate(SEND, sent) == [201, ""]
