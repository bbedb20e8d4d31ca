"""Being called to the page: a number in the title and on the icon, and how far one's messages got."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.household import Household
from tests.browser.test_story import message, say
from tests.served import Served


def icon(page: Page) -> str:
    found: str = page.evaluate("() => document.querySelector('link[rel=icon]').href")
    return found


def test_what_is_unread_stands_in_the_title_and_on_the_icon(served: Served, windows: Windows) -> None:
    house = Household(served)
    ana = house.enter(windows, "ana", "/inicio")
    expect(ana).to_have_title(re.compile(r"^\w"))
    ana.wait_for_function("() => document.querySelector('link[rel=icon]').href.endsWith('.svg')")
    house.say("marta", "uno", "dos")
    expect(ana).to_have_title(re.compile(r"^\(2\) "))
    ana.wait_for_function("() => document.querySelector('link[rel=icon]').href.startsWith('data:image/png')")
    ana.goto("/chat/r_general")
    expect(message(ana, "dos")).to_be_visible()
    expect(ana).to_have_title(re.compile(r"^General"))
    ana.wait_for_function("() => document.querySelector('link[rel=icon]').href.endsWith('.svg')")


def test_the_sound_is_switched_off_and_notices_are_asked_for(served: Served, windows: Windows) -> None:
    house = Household(served)
    ana = house.enter(windows, "ana", "/profile")
    sound = ana.get_by_label("Sonido al llegar un mensaje")
    expect(sound).to_be_checked()
    sound.uncheck()
    ana.context.grant_permissions(["notifications"])
    ana.reload()
    expect(sound).not_to_be_checked()
    notes = ana.get_by_label("Notificaciones del sistema")
    expect(notes).not_to_be_checked()
    notes.check()
    expect(notes).to_be_checked()
    house.say("marta", "uno")  # whoever calls is fetched after the first page
    ana.wait_for_function("() => document.querySelector('link[rel=icon]').href.startsWith('data:image/png')")
    # A browser without a screen never hides a page, so that one word is the test's. The notices are real:
    # they are made by the browser, which shows them and says so.
    ana.evaluate(
        """() => {
        window.told = [];
        window.shown = 0;
        window.Notification = class extends window.Notification { constructor(title, how) {
            super(title, how); this.onshow = () => window.shown++; window.told.push(this); } };
        Object.defineProperty(document, "visibilityState", {get: () => "hidden", configurable: true});
    }"""
    )
    house.say("marta", "ven, por favor")
    ana.wait_for_function("() => window.shown === 1")
    kept = ana.evaluate("() => window.told.map(({title, body, tag, lang}) => [title, body, tag, lang])")
    assert kept == [["Marta · General", "ven, por favor", "r_general", "es"]]
    ana.evaluate(
        "() => { delete document.visibilityState; window.told[0].dispatchEvent(new Event('click')) }"
    )
    expect(ana).to_have_url(re.compile("/chat/r_general$"))
    expect(message(ana, "ven, por favor")).to_be_visible()


def test_ticks_say_sent_arrived_and_read_and_a_person_may_keep_that_to_herself(
    served: Served, windows: Windows
) -> None:
    house = Household(served)
    house.say("ana", "hola")
    marta = house.enter(windows, "marta")
    say(marta, "primero")
    tick = marta.locator(".bubble--own").last.locator(".tick")
    expect(tick).to_have_text("Enviado")
    ana = house.enter(windows, "ana", "/inicio")
    expect(tick).to_have_attribute("title", re.compile("Ha llegado a 1 de"))
    ana.goto("/chat/r_general")
    expect(tick).to_have_attribute("title", re.compile("Leído por 1 de"))
    ana.goto("/profile")
    ana.get_by_label("Decir hasta dónde he leído").uncheck()
    expect(ana.get_by_label("Decir hasta dónde he leído")).not_to_be_checked()
    ana.goto("/chat/r_general")
    expect(message(ana, "primero")).to_be_visible()
    say(marta, "segundo")
    expect(message(ana, "segundo")).to_be_visible()
    say(ana, "vale")
    expect(message(marta, "vale")).to_be_visible()
    expect(tick).to_have_attribute("title", "Enviado")


def test_a_silenced_room_calls_nobody(served: Served, windows: Windows) -> None:
    house = Household(served)
    ana = house.enter(windows, "ana")
    ana.get_by_role("button", name="Quién está aquí").click()
    silence = ana.get_by_role("button", name="Quitar las notificaciones")
    silence.click()
    expect(silence).to_have_count(0)
    ana.goto("/chat")
    ana.goto("/inicio")
    house.say("marta", "sin prisa")
    expect(ana.get_by_role("main").get_by_text("1 mensaje sin leer")).to_be_visible()
    expect(ana).not_to_have_title(re.compile(r"^\("))
