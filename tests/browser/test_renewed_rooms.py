"""A room of which so much came back that it is not told message by message, before the eyes of two people."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Windows
from tests.browser.household import Household
from tests.browser.test_long_rooms import QUICK, TOP_OF, log, scroll_to, shown
from tests.served import Served

KEPT, LOST = 201, 230


@pytest.fixture
def house(tmp_path: Path) -> Iterator[tuple[Household, str]]:
    """A box whose power went, what was not saved waiting; and the name of the session that ended."""
    choices = {**QUICK, "restore": "start"}
    first = Served(tmp_path / "data", settings=choices)
    house = Household(first)
    house.say("ana", *(f"antes {number}" for number in range(1, KEPT)))
    house.say("marta", "leído")
    house.call("POST", "/api/stable", {}, "marta")
    epoch = house.call("GET", "/api/status")["epoch"]
    house.say("ana", *(f"perdido {number}" for number in range(1, LOST + 1)))
    first.kill()
    house.served = Served(tmp_path / "data", settings=choices)
    yield house, epoch
    house.served.stop()


def test_much_comes_back_and_who_reads_keeps_the_place(
    house: tuple[Household, str], chromium: Browser
) -> None:
    here, epoch = house
    windows = Windows(chromium, here.served.url)
    marta, ana = here.enter(windows, "marta"), here.enter(windows, "ana", phone=True)
    for page in (marta, ana):
        expect(log(page).get_by_text("leído", exact=True)).to_be_visible()
    while shown(ana)["first"] > 100:
        scroll_to(ana, top=True)
    ana.evaluate("() => document.querySelector('[data-seq=\"100\"]').scrollIntoView()")
    ana.wait_for_function("() => document.querySelector('.log').getAttribute('aria-busy') === 'false'")
    before = ana.evaluate(TOP_OF, 100)

    answer = marta.context.request.post("/api/previous/bring-back", data={"epoch": epoch, "all": True})
    assert answer.json()["messages"] == LOST
    expect(log(marta).get_by_text(f"perdido {LOST}", exact=True)).to_be_in_viewport()
    assert shown(marta)["last"] == KEPT + LOST
    expect(ana.get_by_role("button", name=f"{LOST} mensajes nuevos")).to_be_visible()
    assert abs(ana.evaluate(TOP_OF, 100) - before) <= 3
    assert shown(ana)["last"] < KEPT
    ana.get_by_role("button", name=f"{LOST} mensajes nuevos").click()
    expect(log(ana).get_by_text(f"perdido {LOST}", exact=True)).to_be_in_viewport()
    assert shown(ana)["last"] == KEPT + LOST
    windows.close()
