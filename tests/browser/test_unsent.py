"""What somebody is writing is theirs to send: it outlives a reload, and the box being killed."""

import json
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Windows
from tests.browser.household import Household
from tests.browser.test_story import message, say
from tests.served import CHOICES, Served, eventually


def test_a_draft_an_edit_and_a_message_on_its_way_survive_a_reload(served: Served, windows: Windows) -> None:
    house = Household(served)
    page = house.enter(windows, "ana")
    say(page, "dicho")
    expect(message(page, "dicho")).to_be_visible()
    page.get_by_label("Mensaje para General").fill("a medio escribir")
    page.reload()
    expect(page.get_by_label("Mensaje para General")).to_have_value("a medio escribir")

    page.get_by_label("Mensaje para General").fill("")
    page.keyboard.press("ArrowUp")
    page.keyboard.type(" y mejor dicho")
    page.reload()
    expect(page.get_by_text("Editas tu mensaje")).to_be_visible()
    expect(page.get_by_label("Mensaje para General")).to_have_value("dicho y mejor dicho")
    page.keyboard.press("Escape")

    epoch = house.call("GET", "/api/status")["epoch"]
    ana = house.call("GET", "/api/users/me", who="ana")["id"]
    waiting = {
        "cid": "a" * 32,
        "room": "r_general",
        "body": "sin línea",
        "files": [],
        "ts": 1,
        "state": "pending",
    }
    # As the page keeps it while there is no line.
    keep = "([key, value]) => localStorage.setItem(key, value)"
    page.evaluate(keep, [f"pichat.outbox.{epoch}.{ana}.{waiting['cid']}", json.dumps(waiting)])
    page.reload()
    expect(message(page, "sin línea")).to_be_visible()
    page.reload()
    expect(message(page, "sin línea")).to_have_count(1)


def test_the_box_is_killed_while_somebody_types_and_nothing_is_lost(tmp_path: Path, chromium: object) -> None:
    data = tmp_path / "data"
    first = Served(data, settings=CHOICES)
    house = Household(first)
    windows = Windows(chromium, first.url)  # type: ignore[arg-type]
    windows.expected += ["WebSocket connection", "ERR_CONNECTION_REFUSED", "Failed to load resource"]
    page = house.enter(windows, "ana")
    say(page, "antes")
    expect(message(page, "antes")).to_be_visible()
    page.get_by_label("Mensaje para General").fill("mientras")
    first.kill()
    page.keyboard.type(" tanto")
    page.keyboard.press("Enter")
    page.keyboard.type("y después")
    expect(message(page, "mientras tanto")).to_be_visible()
    second = Served(data, "--port", str(first.port), settings=CHOICES)
    try:
        house.served = second
        eventually(lambda: "mientras tanto" in said(house), 20)
        expect(page.get_by_label("Mensaje para General")).to_have_value("y después")
        expect(page.get_by_label("Mensaje para General")).to_be_focused()
        page.keyboard.press("Enter")
        expect(page.locator(".bubble").filter(has_text="y después").get_by_title("Enviado")).to_be_visible()
        assert said(house) == ["antes", "mientras tanto", "y después"]
    finally:
        windows.close()
        second.stop()


def said(house: Household) -> list[str]:
    answer = house.call("GET", "/api/rooms/r_general/messages?limit=100", who="ana")
    return [one["body"] for one in answer["items"]]


def test_half_a_letter_does_not_hold_up_what_is_written_after_it(served: Served, windows: Windows) -> None:
    house = Household(served)
    ana = house.enter(windows, "ana")
    write = ana.get_by_label("Mensaje para General")
    # As old keyboards leave it when half of an emoji is deleted, and some programs when text is copied.
    write.evaluate("one => { one.value = 'medio \\ud83d nada\\0'; one.dispatchEvent(new Event('input')); }")
    write.press("Enter")
    expect(message(ana, "medio nada")).to_be_visible()
    write.fill("y sigue")
    write.press("Enter")

    def arrived() -> list[str]:
        return [
            one["body"] for one in house.call("GET", "/api/rooms/r_general/messages", who="marta")["items"]
        ]

    eventually(lambda: arrived() == ["medio  nada", "y sigue"])
