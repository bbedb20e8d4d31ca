"""What two people do to messages, seen in both of their browsers: answered, edited, reacted to, deleted."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import Windows
from tests.browser.test_story import ANA, choose_password, claim, invite, message, say
from tests.served import Served


def menu(page: Page, text: str) -> None:
    """Opens what can be done with a message, by keyboard."""
    bubble = page.get_by_role("article").filter(has_text=text).last
    bubble.get_by_role("button", name="Opciones del mensaje").focus()
    page.keyboard.press("Enter")


def two(served: Served, windows: Windows) -> tuple[Page, Page]:
    marta, ana = windows.open().page, windows.open(phone=True).page
    claim(marta, served.claim_code)
    choose_password(ana, invite(marta, ANA[0], ANA[1]), ANA[2])
    for page in (marta, ana):
        page.goto("/chat/r_general")
    return marta, ana


def test_a_message_is_answered_edited_reacted_to_and_deleted(served: Served, windows: Windows) -> None:
    marta, ana = two(served, windows)
    say(marta, "nos vemos a las **cuatro**\n- agua\n- mesas")
    expect(ana.get_by_role("log").locator("strong")).to_have_text("cuatro")

    menu(ana, "cuatro")
    ana.get_by_role("button", name="Reaccionar con 👍").click()
    seen = marta.get_by_role("button", name="👍 1: Ana")
    expect(seen).to_be_visible()
    seen.click()
    expect(ana.get_by_role("button", name="👍 2: Tú, Marta")).to_be_visible()

    menu(ana, "cuatro")
    ana.get_by_role("button", name="Responder", exact=True).click()
    say(ana, "allí estaré")
    answer = marta.get_by_role("article").filter(has_text="allí estaré")
    expect(answer.get_by_role("button", name="En respuesta a Marta")).to_be_visible()
    answer.get_by_role("button", name="En respuesta a Marta").click()

    expect(marta.get_by_label("Mensaje para General")).to_have_value("")
    marta.get_by_label("Mensaje para General").press("ArrowUp")
    expect(marta.get_by_text("Editas tu mensaje")).to_be_visible()
    say(marta, "mejor a las cinco")
    expect(message(ana, "mejor a las cinco").first).to_be_visible()
    expect(ana.get_by_role("article").filter(has_text="cinco").first).to_contain_text("editado")

    menu(ana, "allí estaré")
    ana.get_by_role("button", name="Borrar").click()
    ana.get_by_role("dialog").get_by_role("button", name="Borrar").click()
    expect(message(marta, "allí estaré")).to_have_count(0)
    expect(marta.get_by_role("log").get_by_text("Mensaje borrado")).to_be_visible()
    ana.reload()
    expect(message(ana, "mejor a las cinco").first).to_be_visible()
    expect(ana.get_by_role("button", name="👍 2")).to_be_visible()
