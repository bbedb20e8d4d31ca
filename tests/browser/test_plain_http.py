"""A box reached by its name over plain HTTP, as at home: what browsers keep from such pages is said."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import CHROMIUM, QUIET, Windows
from tests.browser.household import PASSWORDS, Household, silence
from tests.served import CHOICES, Served

NAME = "caja.test"
NOTE: Any = {"name": "nota.wav", "mimeType": "audio/wav", "buffer": silence(1)}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    one = Served(tmp_path / "data", settings={**CHOICES, "allowed_hosts": NAME})
    yield one
    one.stop()


@pytest.fixture
def windows(chromium: Browser, served: Served) -> Iterator[Windows]:
    """Of a browser that finds the box by a name, which no browser takes for this machine's own."""
    args = [*QUIET, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=args)
    several = Windows(browser, served.url.replace("127.0.0.1", NAME))
    yield several
    several.close()
    browser.close()


def sign_in(windows: Windows, who: str, path: str) -> Page:
    page = windows.open(phone=True).page
    page.goto(path)
    page.get_by_label("Usuario").fill(who)
    page.get_by_role("textbox", name="Contraseña").fill(PASSWORDS[who])
    page.keyboard.press("Enter")
    return page


def test_a_voice_note_comes_from_the_recorder_of_the_phone(served: Served, windows: Windows) -> None:
    Household(served)
    ana, uma = (sign_in(windows, who, "/chat/r_general") for who in ("ana", "uma"))
    expect(uma.get_by_label("Mensaje para General")).to_be_visible()
    assert uma.evaluate("() => [window.isSecureContext, Boolean(navigator.mediaDevices)]") == [False, False]
    expect(uma.get_by_role("button", name="Grabar una nota de voz")).to_have_count(0)
    field = uma.locator("input[type=file][capture]")
    assert field.get_attribute("accept") == "audio/*"
    with uma.expect_file_chooser() as chooser:
        uma.get_by_role("button", name="Grabar o elegir un audio con este aparato").click()
    chooser.value.set_files(NOTE)
    uma.get_by_role("button", name="Enviar", exact=True).click()
    expect(ana.get_by_role("log").locator("audio")).to_have_attribute("aria-label", "nota.wav")
    ana.wait_for_function("() => document.querySelector('audio').duration > 0.9")


def test_notices_of_the_system_are_not_promised(served: Served, windows: Windows) -> None:
    Household(served)
    ana = sign_in(windows, "ana", "/profile")
    expect(ana.get_by_label("Sonido al llegar un mensaje")).to_be_checked()
    expect(ana.get_by_label("Notificaciones del sistema")).to_have_count(0)
    expect(ana.get_by_text("Notificaciones del sistema")).to_be_visible()
