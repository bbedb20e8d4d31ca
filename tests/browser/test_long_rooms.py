"""A room of more than a thousand messages: read from end to end, jumped about in, never heavy."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Windows
from tests.browser.household import Household
from tests.served import CHOICES, Served

MANY = 1500
MOST_ROWS = 170
QUICK = {**CHOICES, "message_burst": "100000", "message_rate": "100000"}
# Whether what the page shows has no hole, and how much of it there is.
SHOWN = """() => {
    const all = [...document.querySelectorAll(".bubble")].map((one) => Number(one.dataset.seq));
    return {count: all.length, first: all[0], last: all[all.length - 1],
            whole: all.every((seq, at) => !at || seq === all[at - 1] + 1)};
}"""
TOP_OF = """seq => document.querySelector(`[data-seq="${seq}"]`).getBoundingClientRect().top"""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    one = Served(tmp_path / "data", settings=QUICK)
    yield one
    one.stop()


@pytest.fixture
def long(served: Served) -> Household:
    house = Household(served)
    house.say("ana", *(f"línea {number} de muchas" for number in range(1, MANY + 1)))
    # Marta has read everything before.
    house.say("marta", f"línea {MANY + 1} de muchas")
    return house


def log(page: Page) -> Locator:
    return page.get_by_role("log")


def shown(page: Page) -> dict[str, int]:
    found: dict[str, int] = page.evaluate(SHOWN)
    assert found["whole"], found
    assert found["count"] <= MOST_ROWS, found
    return found


def scroll_to(page: Page, *, top: bool) -> None:
    page.evaluate(
        "top => { const l = document.querySelector('.log'); l.scrollTop = top ? 0 : l.scrollHeight }", top
    )
    page.wait_for_function("() => document.querySelector('.log').getAttribute('aria-busy') === 'false'")


def test_a_long_room_is_read_to_its_beginning_and_back_and_stays_light(
    long: Household, windows: Windows
) -> None:
    page = long.enter(windows, "marta")
    expect(log(page).get_by_text(f"línea {MANY} de")).to_be_visible()
    assert shown(page)["last"] == MANY + 1
    while shown(page)["first"] > 1:
        first = shown(page)["first"]
        scroll_to(page, top=True)
        page.wait_for_function(
            "first => Number(document.querySelector('.bubble').dataset.seq) < first", arg=first
        )
    expect(log(page).get_by_text("línea 1 de muchas", exact=True)).to_be_visible()
    assert log(page).get_attribute("aria-live") == "off"
    page.wait_for_function("() => document.querySelector('.log').getAttribute('aria-live') === 'polite'")
    while shown(page)["last"] <= MANY:
        last = shown(page)["last"]
        scroll_to(page, top=False)
        page.wait_for_function(
            "last => Number([...document.querySelectorAll('.bubble')].pop().dataset.seq) > last", arg=last
        )
    assert page.evaluate("() => document.querySelectorAll('.log *').length") < 3000


def test_a_jump_far_back_has_both_ways_and_the_end_is_one_tap_away(long: Household, windows: Windows) -> None:
    long.say("ana", "¿te acuerdas?", reply_to=40)
    page = long.enter(windows, "marta")
    page.get_by_role("button", name="línea 40 de muchas").click()
    found = page.get_by_role("article").filter(has_text="línea 40 de muchas")
    expect(found).to_be_in_viewport()
    assert shown(page)["last"] < 100
    # While older messages come in above, what is before the eyes stays where it is.
    page.evaluate("() => { document.querySelector('.log').scrollTop = 390 }")
    before = page.evaluate(TOP_OF, 40)
    page.wait_for_function("() => document.querySelector('[data-seq=\"1\"]')")
    assert abs(page.evaluate(TOP_OF, 40) - before) <= 3
    long.say("ana", "mientras tanto")
    page.get_by_role("button", name="1 mensaje nuevo").click()
    expect(log(page).get_by_text("mientras tanto")).to_be_in_viewport()
    assert shown(page)["last"] == MANY + 3
    expect(page.locator(".log__down")).to_have_count(0)


def test_much_unread_is_read_from_where_it_begins_or_left_at_once(long: Household, windows: Windows) -> None:
    long.say("ana", *(f"nuevo {number}" for number in range(1, 301)))
    page = long.enter(windows, "marta", phone=True)
    expect(log(page).get_by_text("Sin leer", exact=True)).to_be_in_viewport()
    expect(log(page).get_by_text("nuevo 1", exact=True)).to_be_in_viewport()
    page.get_by_role("button", name="mensajes nuevos").click()
    expect(log(page).get_by_text("nuevo 300", exact=True)).to_be_in_viewport()
    expect(page.locator(".log__down")).to_have_count(0)
    expect(page).to_have_title(re.compile("^General"))


def test_what_one_sends_from_far_up_is_seen_at_the_end(long: Household, windows: Windows) -> None:
    page = long.enter(windows, "marta", phone=True)
    expect(log(page).get_by_text(f"línea {MANY} de")).to_be_visible()
    for _ in range(6):
        scroll_to(page, top=True)
        page.wait_for_timeout(60)
    expect(page.get_by_role("button", name="Ir al final")).to_be_visible()
    page.get_by_label("Mensaje para General").fill("desde lejos")
    page.get_by_role("button", name="Enviar").click()
    expect(log(page).get_by_text("desde lejos")).to_be_in_viewport()
    assert shown(page)["last"] == MANY + 2
