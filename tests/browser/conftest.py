"""A real browser beside a real process: Debian's Chromium, driven by Playwright, no page ever mocked."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from tests.served import Served

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
QUIET += ["--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage"]
expect.set_options(timeout=15_000)  # a busy machine is slow, not wrong


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Playwright keeps a loop running in this thread, so it ends before the tests of the next folder."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    one = Served(tmp_path / "data")
    yield one
    one.stop()


class Window:
    """One person's browser: a profile of its own, and an ear for the console."""

    def __init__(self, browser: Browser, url: str, *, width: int, height: int, locale: str) -> None:
        self.context: BrowserContext = browser.new_context(
            base_url=url, viewport={"width": width, "height": height}, locale=locale, accept_downloads=True
        )
        self.context.set_default_timeout(15_000)
        self.said: list[str] = []
        self.page: Page = self.context.new_page()
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.said.append(f"{message.text} ({message.location.get('url', '')})")


class Windows:
    """Opens windows on one box; each console must stay silent but for what was announced."""

    def __init__(self, browser: Browser, url: str) -> None:
        self._browser = browser
        self._url = url
        self._open: list[Window] = []
        self.expected: list[str] = []

    def open(self, *, phone: bool = False, locale: str = "es-ES") -> Window:
        width, height = (390, 844) if phone else (1280, 800)
        window = Window(self._browser, self._url, width=width, height=height, locale=locale)
        self._open.append(window)
        return window

    def close(self) -> None:
        said = [line for window in self._open for line in window.said]
        for window in self._open:
            window.context.close()
        loud = [line for line in said if not any(part in line for part in self.expected)]
        assert not loud, loud


@pytest.fixture
def windows(chromium: Browser, served: Served) -> Iterator[Windows]:
    several = Windows(chromium, served.url)
    yield several
    several.close()


os.environ.setdefault("PLAYWRIGHT_SKIP_VALIDATE_HOST_REQUIREMENTS", "1")
