"""What hangs on the place where one writes: people who are named, files, voice."""

from playwright.sync_api import expect

from tests.browser.conftest import Windows
from tests.browser.household import Household
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
