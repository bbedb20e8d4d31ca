"""What hangs on the place where one writes: people who are named, files, voice."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, FilePayload, Locator, Page, expect

from tests import samples
from tests.browser.conftest import CHROMIUM, QUIET, Windows
from tests.browser.household import Household, picture, silence
from tests.served import Served


def test_somebody_is_named_by_keyboard_and_sees_it(served: Served, windows: Windows) -> None:
    house = Household(served)
    marta, uma = house.enter(windows, "marta"), house.enter(windows, "uma", phone=True)
    write = marta.get_by_label("Mensaje para General")
    people = marta.get_by_role("listbox", name="Personas a las que puedes nombrar")
    expect(write).to_be_focused()
    marta.keyboard.type("mira, @")
    expect(people.get_by_role("option")).to_have_count(2)
    marta.keyboard.press("ArrowDown")
    chosen = people.get_by_role("option", selected=True)
    expect(chosen).to_contain_text("Uma")
    expect(write).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "-")
    marta.keyboard.press("Escape")
    expect(people).to_have_count(0)
    marta.keyboard.type("ÚM")
    expect(people).to_have_count(0)
    for _ in range(3):
        marta.keyboard.press("Backspace")
    marta.keyboard.type("@ÚM")
    marta.keyboard.press("Tab")
    expect(write).to_have_value("mira, @uma ")
    marta.keyboard.type("ven")
    marta.keyboard.press("Enter")
    expect(uma.locator(".bubble--called .mention--me")).to_have_text("@uma")
    expect(marta.locator(".bubble--called")).to_have_count(0)
    expect(marta.locator(".mention")).to_have_text("@uma")

    uma.get_by_label("Mensaje para General").fill("voy @an")
    uma.get_by_role("option", name="Ana").click()
    uma.keyboard.press("Enter")
    expect(marta.get_by_role("log").get_by_text("@ana")).to_be_visible()


PICTURE = picture(640, 400)


def sent(page: Page) -> Locator:
    return page.locator(".bubble--own").last


def test_files_go_with_a_message_and_the_other_sees_and_hears_them(served: Served, windows: Windows) -> None:
    house = Household(served)
    uma, marta = house.enter(windows, "uma", phone=True), house.enter(windows, "marta")
    expect(marta.get_by_label("Mensaje para General")).to_be_visible()
    files: list[FilePayload] = [
        {"name": "plano.png", "mimeType": "image/png", "buffer": PICTURE},
        {"name": "acta.pdf", "mimeType": "application/pdf", "buffer": samples.PDF},
        {"name": "ensayo.wav", "mimeType": "audio/wav", "buffer": silence(1)},
    ]
    uma.get_by_label("Mensaje para General").fill("mirad esto")
    with uma.expect_file_chooser() as chooser:
        uma.get_by_role("button", name="Adjuntar un archivo").click()
    chooser.value.set_files(files)
    expect(uma.get_by_role("list", name="Archivos de tu mensaje").get_by_role("listitem")).to_have_count(3)
    uma.get_by_role("button", name="Enviar", exact=True).click()

    bubble = marta.get_by_role("article").filter(has_text="mirad esto")
    picture = bubble.get_by_role("img", name="plano.png")
    expect(picture).to_be_visible()
    marta.wait_for_function("() => document.querySelector('.picture img').naturalWidth === 640")
    box = picture.bounding_box()
    assert box
    assert round(box["width"] / box["height"], 1) == 1.6
    expect(bubble.get_by_role("link", name="acta.pdf")).to_be_visible()
    marta.wait_for_function("() => document.querySelector('audio').duration > 0.9")
    assert marta.locator("audio").get_attribute("preload") == "metadata"


def test_a_picture_is_pasted_a_file_dropped_and_a_refusal_told(served: Served, windows: Windows) -> None:
    house = Household(served)
    windows.expected.append("415")  # browsers write a refusal down
    ana = house.enter(windows, "ana")
    give = """([selector, kind, name, type, bytes]) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], name, {type}));
        const place = document.querySelector(selector);
        place.dispatchEvent(kind === "paste"
            ? new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true})
            : new DragEvent("drop", {dataTransfer: data, bubbles: true, cancelable: true}));
    }"""
    expect(ana.get_by_label("Mensaje para General")).to_be_visible()
    ana.evaluate(give, [".composer__text", "paste", "image.png", "image/png", list(PICTURE)])
    mine = ana.get_by_role("list", name="Archivos de tu mensaje").get_by_role("listitem")
    expect(mine.filter(has_text="Pegado")).to_contain_text("Listo")
    ana.evaluate(give, [".log", "drop", "acta.pdf", "application/pdf", list(samples.PDF)])
    expect(mine.filter(has_text="acta.pdf")).to_contain_text("Listo")
    ana.reload()
    expect(mine.filter(has_text="acta.pdf")).to_contain_text("Listo")
    ana.evaluate(give, [".log", "drop", "programa.exe", "application/x-msdownload", [77, 90, 0]])
    refused = mine.filter(has_text="programa.exe")
    expect(refused.get_by_role("alert")).to_contain_text(re.compile(r"\w+ \w+ \w+"))
    refused.get_by_role("button", name="Quitar programa.exe").click()
    ana.get_by_role("button", name="Enviar", exact=True).click()
    expect(sent(ana).get_by_role("link")).to_have_count(2)


def test_a_voice_note_is_recorded_cancelled_and_sent(served: Served, playing: Browser) -> None:
    windows = Windows(playing, served.url)
    house = Household(served)
    ana = house.enter(windows, "ana")
    ana.context.grant_permissions(["microphone"])
    voice = ana.get_by_role("button", name="Grabar una nota de voz")
    voice.click()
    expect(ana.get_by_text("0:01")).to_be_visible()
    ana.get_by_role("button", name="Borrar la grabación").click()
    voice.focus()
    ana.keyboard.press("Enter")
    expect(ana.get_by_text("0:01")).to_be_visible()
    ana.get_by_role("button", name="Enviar la nota de voz").click()
    expect(sent(ana).locator("audio")).to_have_attribute("aria-label", re.compile(r"^Nota de voz.*\.wav$"))
    ana.wait_for_function("() => document.querySelector('audio').duration > 0.5")
    windows.close()


@pytest.fixture
def playing(chromium: Browser) -> Iterator[Browser]:
    """A browser with a microphone that hums."""
    args = [*QUIET, "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    browser = chromium.browser_type.launch(executable_path=CHROMIUM, args=args)
    yield browser
    browser.close()
