"""What the owner chose, seen in a conversation: guests with files or without, files looked at first."""

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Windows
from tests.browser.household import Household, picture
from tests.served import CHOICES, Served

FOTO: Any = {"name": "foto.png", "mimeType": "image/png", "buffer": picture(320, 200)}


def attach(page: Page) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Adjuntar un archivo").click()
    chooser.value.set_files([FOTO])
    page.get_by_role("button", name="Enviar", exact=True).click()


@pytest.mark.parametrize("lets", [True, False])
def test_guests_send_files_where_the_box_lets_them(tmp_path: Path, chromium: Browser, *, lets: bool) -> None:
    served = Served(tmp_path / "data", settings={**CHOICES, "guests_attach": str(lets).lower()})
    house, windows = Household(served), Windows(chromium, served.url)
    room = house.call("POST", "/api/rooms", {"name": "Mesa 4", "kind": "private", "code": True}, "ana")
    rosa = windows.open(phone=True).page
    rosa.goto(f"/entrar#{room['code']}")
    rosa.get_by_label("Tu nombre").fill("Rosa")
    rosa.get_by_role("button", name="Entrar", exact=True).click()
    expect(rosa.get_by_label("Mensaje para Mesa 4")).to_be_visible()
    if lets:
        ana = house.enter(windows, "ana", f"/chat/{room['id']}")
        attach(rosa)
        expect(ana.get_by_role("img", name="foto.png")).to_be_visible()
        rosa.reload()
        expect(rosa.get_by_role("button", name="Adjuntar un archivo")).to_be_visible()
    else:
        expect(rosa.get_by_role("button", name="Adjuntar un archivo")).to_have_count(0)
        expect(rosa.get_by_role("button", name=re.compile("voz"))).to_have_count(0)
    windows.close()
    served.stop()


def test_where_files_are_looked_at_first_a_picture_waits_and_nothing_is_asked_in_vain(
    tmp_path: Path, chromium: Browser
) -> None:
    served = Served(tmp_path / "data", settings={**CHOICES, "release": "strict"})
    house, windows = Household(served), Windows(chromium, served.url)
    uma, ana = house.enter(windows, "uma", phone=True), house.enter(windows, "ana")
    marta = house.enter(windows, "marta")
    attach(uma)
    for page in (uma, ana):
        expect(page.get_by_role("log").get_by_text("Por publicar")).to_be_visible()
    expect(marta.get_by_role("img", name="foto.png")).to_be_visible()
    file = house.call("GET", "/api/rooms/r_general/messages", who="ana")["items"][-1]["files"][0]["id"]
    house.call("POST", f"/api/uploads/{file}/release", who="marta")
    for page in (uma, ana):
        expect(page.get_by_role("img", name="foto.png")).to_be_visible()
    windows.close()
    served.stop()
