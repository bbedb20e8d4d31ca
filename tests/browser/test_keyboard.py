"""The conversation by keyboard alone: no pointer anywhere, and the focus comes back to where it was."""

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Windows
from tests.browser.household import Household
from tests.browser.test_story import message
from tests.served import Served

HERE = "one => one === document.activeElement"


def reach(page: Page, target: Locator, key: str = "Tab") -> None:
    """From where the focus is to `target`, one key at a time."""
    for _ in range(80):
        if target.count() and target.first.evaluate(HERE):
            return
        page.keyboard.press(key)
    raise AssertionError(f"{target} is not reached by {key}")


def options(page: Page, text: str) -> Locator:
    bubble = page.get_by_role("article").filter(has_text=text)
    return bubble.get_by_role("button", name="Opciones del mensaje")


def test_a_message_is_reported_and_another_deleted(served: Served, windows: Windows) -> None:
    house = Household(served)
    house.say("uma", "esto no se dice")
    house.say("ana", "esto sobra", "esto queda")
    ana = house.enter(windows, "ana")
    write = ana.get_by_label("Mensaje para General")
    dialog = ana.get_by_role("dialog")
    expect(message(ana, "esto queda")).to_be_visible()
    expect(write).to_be_focused()

    reach(ana, options(ana, "no se dice"), "Shift+Tab")
    ana.keyboard.press("Enter")
    reach(ana, dialog.get_by_role("button", name="Avisar a quien modera"))
    ana.keyboard.press("Enter")
    expect(ana.get_by_text("Aviso enviado")).to_be_visible()
    expect(options(ana, "no se dice")).to_be_focused()
    items = house.call("GET", "/api/reports", who="marta")["items"]
    assert [one["body"] for one in items] == ["esto no se dice"]

    reach(ana, options(ana, "esto sobra"))
    ana.keyboard.press("Space")
    reach(ana, dialog.get_by_role("button", name="Borrar"), "Shift+Tab")
    ana.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="No, dejarlo")).to_be_focused()
    ana.keyboard.press("Enter")
    expect(dialog).to_have_count(0)
    expect(options(ana, "esto sobra")).to_be_focused()
    ana.keyboard.press("Enter")
    ana.keyboard.press("Escape")
    expect(options(ana, "esto sobra")).to_be_focused()
    ana.keyboard.press("Enter")
    reach(ana, dialog.get_by_role("button", name="Borrar"))
    ana.keyboard.press("Enter")
    reach(ana, dialog.get_by_role("button", name="Borrar"))
    ana.keyboard.press("Enter")
    expect(message(ana, "esto sobra")).to_have_count(0)
    expect(ana.get_by_role("log")).to_be_focused()
    reach(ana, write)
    ana.keyboard.type("hecho")
    ana.keyboard.press("Enter")
    expect(message(ana, "hecho")).to_be_visible()


def test_one_searches_changes_rooms_and_looks_at_people(served: Served, windows: Windows) -> None:
    house = Household(served)
    other = house.call("POST", "/api/rooms", {"name": "Ajedrez", "kind": "public"}, "marta")["id"]
    house.call("POST", f"/api/rooms/{other}/messages", {"body": "el alfil blanco"}, "marta")
    house.say("ana", "buenos días")
    marta = house.enter(windows, "marta")
    dialog = marta.get_by_role("dialog")
    expect(message(marta, "buenos días")).to_be_visible()

    seek = marta.get_by_role("button", name="Buscar")
    reach(marta, seek, "Shift+Tab")
    marta.keyboard.press("Enter")
    expect(dialog.get_by_role("textbox")).to_be_focused()
    marta.keyboard.press("Escape")
    expect(seek).to_be_focused()
    marta.keyboard.press("Enter")
    marta.keyboard.type("alfil")
    marta.keyboard.press("Enter")
    hit = dialog.get_by_role("button", name="el alfil blanco")
    expect(hit).to_be_visible()
    reach(marta, hit)
    marta.keyboard.press("Enter")
    expect(options(marta, "el alfil blanco")).to_be_focused()

    reach(marta, marta.get_by_role("region", name="Salas").get_by_role("link", name="General"), "Shift+Tab")
    marta.keyboard.press("Enter")
    expect(marta.get_by_label("Mensaje para General")).to_be_focused()
    who = marta.get_by_role("button", name="Quién está aquí")
    reach(marta, who, "Shift+Tab")
    marta.keyboard.press("Enter")
    reach(marta, dialog.get_by_role("button", name="Ajustes de la sala"))
    marta.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Volver")).to_be_focused()
    marta.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(who).to_be_focused()


def test_back_closes_the_dialog_and_leaves_the_page(served: Served, windows: Windows) -> None:
    house = Household(served)
    marta = house.enter(windows, "marta", "/inicio", phone=True)
    marta.get_by_role("link", name="Gestión").click()
    marta.get_by_role("button", name="Nueva cuenta").click()
    dialog = marta.get_by_role("dialog")
    expect(dialog).to_be_visible()
    marta.evaluate("history.back()")
    expect(dialog).to_have_count(0)
    expect(marta.get_by_role("heading", name="Personas")).to_be_visible()
    assert marta.url.endswith("/admin")
    expect(marta.get_by_role("button", name="Nueva cuenta")).to_be_focused()
    marta.evaluate("history.back()")
    expect(marta.get_by_role("heading", name="Hola, Marta")).to_be_visible()
