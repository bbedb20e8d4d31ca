"""HTTPS for people without an IT department: the page that explains it, the box behind it, and as a must."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Windows
from tests.browser.test_story import ADMIN, claim
from tests.served import CHOICES, Served
from tests.server.raw import certificate

TLS = {**CHOICES, "tls": "optional", "tls_port": "0"}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    one = Served(tmp_path / "data", settings=TLS)
    yield one
    one.stop()


def secure(served: Served) -> str:
    """The address of HTTPS, as the console says it."""
    return re.findall(r"https://\S+", served.greeting)[0]


def by_https(chromium: Browser, address: str) -> Page:
    """Somebody who goes on in spite of the browser's warning."""
    context = chromium.new_context(base_url=address, ignore_https_errors=True, locale="es-ES")
    context.set_default_timeout(15_000)
    return context.new_page()


def test_the_new_box_is_claimed_over_https_after_its_certificate_was_compared(
    served: Served, windows: Windows, chromium: Browser
) -> None:
    phone = windows.open(phone=True).page
    phone.goto("/")
    phone.get_by_role("link", name="Hacerlo por https").click()
    expect(phone.get_by_role("heading", name="Abrir la caja por https")).to_be_visible()
    with phone.expect_download() as loaded:
        phone.get_by_role("link", name="Descargar pichat.crt").click()
    digits = hashlib.sha256(loaded.value.path().read_bytes()).hexdigest().upper()
    shown = " ".join(digits[at : at + 8] for at in range(0, 64, 8))
    expect(phone.get_by_text(shown)).to_be_visible()
    assert shown in served.greeting
    assert phone.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")
    address = f"{secure(served)}/"
    expect(phone.get_by_role("link", name=address)).to_have_attribute("href", address)
    expect(phone.get_by_text("Ajustes de confianza de los certificados")).to_be_visible()

    page = by_https(chromium, address)
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    claim(page, served.claim_code)
    page.goto("/chat/r_general")
    page.get_by_label("Mensaje para General").fill("por https")
    page.keyboard.press("Enter")
    expect(page.get_by_role("log").get_by_text("por https", exact=True)).to_be_visible()
    assert page.evaluate("() => window.isSecureContext")
    page.goto("/help")
    page.get_by_role("link", name="Cómo abrir esta caja por https").click()
    expect(page.get_by_text(shown)).to_be_visible()
    assert said == []
    page.context.close()


def test_a_certificate_that_somebody_brought_is_not_to_be_installed(
    chromium: Browser, tmp_path: Path
) -> None:
    cert, key = certificate(tmp_path)
    own = {**CHOICES, "tls_cert": str(cert), "tls_key": str(key)}
    served = Served(tmp_path / "own", settings=own)
    try:
        page = by_https(chromium, served.url)
        page.goto("/certificate")
        expect(page.get_by_text("no hay nada que instalar")).to_be_visible()
        page.context.close()
    finally:
        served.stop()


def test_where_https_is_a_must_the_claim_ends_on_the_page_that_leads_there(
    chromium: Browser, tmp_path: Path
) -> None:
    served = Served(tmp_path / "strict", settings={**TLS, "tls": "required"})
    windows = Windows(chromium, served.url)
    windows.expected.append("403")
    try:
        page = windows.open(phone=True).page
        page.goto("/")
        page.get_by_label("Código de la caja").fill(served.claim_code)
        page.get_by_role("button", name="Seguir").click()
        page.get_by_label("Usuario").fill(ADMIN[1])
        page.get_by_role("textbox", name="Contraseña").fill(ADMIN[2])
        page.get_by_role("button", name="Quedarme con la caja").click()
        expect(page.get_by_role("heading", name="Esta caja se abre por https")).to_be_visible()
        page.get_by_role("link", name="Cómo se instala, paso a paso").click()
        expect(page.get_by_role("link", name=f"{secure(served)}/")).to_be_visible()
        safe = by_https(chromium, secure(served))
        safe.goto("/")
        safe.get_by_label("Usuario").fill(ADMIN[1])
        safe.get_by_role("textbox", name="Contraseña").fill(ADMIN[2])
        safe.keyboard.press("Enter")
        expect(safe.get_by_role("link", name="Archivos").first).to_be_visible()
        safe.context.close()
    finally:
        windows.close()
        served.stop()
