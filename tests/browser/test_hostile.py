"""Files that try to run something, opened in a real browser in every way that there is: nothing runs."""

import json
from typing import Any

import pytest
from playwright.sync_api import Error, Page

from tests import samples
from tests.browser.conftest import Windows
from tests.browser.test_story import claim
from tests.served import Served

RUN = "document.title = 'ran'; fetch('/api/ran')"
PAGE = f'<!doctype html><title>x</title><body onload="{RUN}"><script>{RUN}</script>'.encode()
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"><script>{RUN}</script></svg>'.encode()
PDF = samples.PDF.replace(b"/Type/Catalog", b"/Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert(1))>>")
HOSTILE = {
    "pagina.html": PAGE,
    "pagina.xhtml": b'<html xmlns="http://www.w3.org/1999/xhtml"><script>'
    + RUN.encode()
    + b"</script></html>",
    "dibujo.svg": SVG,
    "nota.txt": PAGE,
    "tabla.csv": PAGE,
    "foto.png": PAGE,
    "foto.jpg": SVG,
    "foto.gif": b"GIF89a/*" + PAGE + b"*/=1;" + RUN.encode(),
    "cola.png": samples.PNG + PAGE,
    "tema.mp3": PAGE,
    "clip.mp4": b"\0\0\0\x18ftypmp42" + bytes(16) + PAGE,
    "acta.pdf": PDF,
    "programa.js": RUN.encode(),
    "datos.xml": b'<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="#"?><x:script xmlns:x='
    b'"http://www.w3.org/1999/xhtml">' + RUN.encode() + b"</x:script>",
    "sin_final": PAGE,
}
SEND = """async ([name, bytes]) => {
  const ask = async (path, how) => (await fetch("/api/uploads/" + path, how)).json();
  const headers = {"X-PiChat": "1"};
  const file = await ask(name, {method: "PUT", body: new Uint8Array(bytes), headers});
  await ask(`${file.id}/release`, {method: "POST", headers});
  return ask(file.id);
}"""
# What a page of somebody else's could do with a link that was handed on.
FRAMED = """<iframe src="{0}"></iframe><object data="{0}"></object><embed src="{0}"><img src="{0}">
<video src="{0}"></video><script src="{0}"></script><link rel="stylesheet" href="{0}">"""


@pytest.fixture
def asked(windows: Windows, served: Served) -> Any:
    """An administrator's page, and what of `/api/ran` any page in that browser asked for."""
    window = windows.open()
    windows.expected += ["Refused", "violates", "blocked", "Failed to load", "sandbox", "ERR_", "Blocked"]
    ran: list[str] = []
    window.context.on(
        "request", lambda request: ran.append(request.url) if "/api/ran" in request.url else None
    )
    claim(window.page, served.claim_code)
    return window, ran


def open_alone(page: Page, address: str) -> None:
    """As a page of its own. Of most a download is what should come."""
    tab = page.context.new_page()
    try:
        tab.goto(address)
    except Error as error:
        assert "Download is starting" in str(error) or "ERR_ABORTED" in str(error), error
    assert tab.title() != "ran"
    tab.close()


def open_framed(page: Page, address: str) -> None:
    """In a page that somebody else made."""
    tab = page.context.new_page()
    tab.set_content(FRAMED.format(address))
    assert tab.title() != "ran"
    tab.close()


def test_nothing_that_people_bring_runs_in_a_browser(asked: Any, served: Served) -> None:
    window, ran = asked
    page: Page = window.page
    page.goto("/files")
    for name, body in HOSTILE.items():
        file = page.evaluate(SEND, [name, list(body)])
        assert file["state"] == "released", json.dumps(file)
        content = f"{served.url}/api/uploads/{file['id']}/content"
        open_alone(page, f"{content}?inline=1")
        open_alone(page, file["public_url"])
        open_framed(page, f"{file['public_url']}&inline=1")
    page.wait_for_timeout(500)  # for what a page would do a moment later
    assert page.title() != "ran"
    assert ran == []


def test_the_same_page_from_elsewhere_would_run(asked: Any) -> None:
    """So that the test above would see it."""
    window, ran = asked
    tab = window.context.new_page()
    tab.route("**/elsewhere", lambda route: route.fulfill(body=PAGE, content_type="text/html"))
    with tab.expect_request("**/api/ran"):
        tab.goto("/elsewhere")
    assert tab.title() == "ran"
    assert ran
