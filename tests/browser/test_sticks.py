"""What is saved goes onto a USB stick in the box, by somebody with a phone and no screen on the box."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

import image  # noqa: F401 (puts the steps of root on the path)
from tests.browser.conftest import Windows
from tests.browser.household import Household
from tests.image.plugs import Port
from tests.served import CHOICES, Served

PASSWORD = "el faro rojo 7"


@pytest.fixture
def boxed(port: Port) -> Iterator[Served]:
    one = Served(port.data, settings={**CHOICES, "machine": str(port.run_dir)})
    yield one
    one.stop()


def test_a_copy_goes_onto_a_stick_and_the_page_says_when_to_pull_it_out(
    boxed: Served, port: Port, chromium: Browser, tmp_path: Path
) -> None:
    windows = Windows(chromium, boxed.url)
    home = Household(boxed)
    home.say("ana", "Hola")
    home.call("POST", "/api/stable", {"note": "antes"}, "marta")
    page = home.enter(windows, "marta", "/admin/stable/archive", phone=True)
    page.set_viewport_size({"width": 320, "height": 600})

    def fits() -> None:
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    page.get_by_role("radio", name="A este aparato Se descarga").focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_text("No hay ninguna memoria USB en la caja.")).to_be_visible()
    fits()
    ours, windows_one = port.plug(), port.plug("sdb", made="ext2")
    port.sees()
    expect(page.get_by_text("FOTOS").first).to_be_visible()
    expect(page.get_by_text("Tiene formato ext2 y la caja no puede escribir ahí.")).to_be_visible()
    fits()

    # The wrong password; then all of it, by the keyboard alone.
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        held.set()
        go.wait(20)

    port.before_reading = hold
    page.get_by_label("Tu contraseña").fill("otra")
    page.keyboard.press("Enter")
    expect(page.get_by_text("no es", exact=False).first).to_be_visible()
    page.get_by_label("Tu contraseña").fill(PASSWORD)
    page.keyboard.press("Tab")  # past the eye
    page.get_by_role("button", name="Exportar a la memoria USB").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("No la saques todavía")).to_be_visible()
    heading = page.get_by_role("heading", name="Llevarse una copia", exact=True)
    expect(heading).to_be_focused()  # where the form was: the next thing is what stops it
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Parar")).to_be_focused()
    fits()
    assert held.wait(20)
    go.set()
    expect(page.get_by_text("Ya puedes sacarla.")).to_be_visible()
    expect(heading).to_be_focused()
    fits()
    ((name, data),) = ours.holds(tmp_path / "look").items()
    expect(page.get_by_text(name)).to_be_visible()
    assert data[:2] == b"PK"
    assert windows_one.holds(tmp_path / "look") == {}

    # The next one is pulled out too early.
    def pull() -> None:
        ours.fails()
        ours.gone()

    port.before_reading = pull
    page.get_by_label("A una memoria USB").check()
    page.get_by_label("Tu contraseña").fill(PASSWORD)
    page.get_by_role("button", name="Exportar a la memoria USB").click()
    expect(page.get_by_role("alert").filter(has_text="se sacó antes de tiempo")).to_be_visible()
    windows.expected += ["status of 403"]
    windows.close()


def test_a_laptop_offers_no_stick(served: Served, chromium: Browser) -> None:
    windows = Windows(chromium, served.url)
    home = Household(served)
    home.call("POST", "/api/stable", {"note": "antes"}, "marta")
    page = home.enter(windows, "marta", "/admin/stable/archive")
    expect(page.get_by_role("button", name="Descargar la copia")).to_be_visible()
    expect(page.get_by_text("pichat export, en su terminal")).to_be_visible()
    expect(page.get_by_label("A una memoria USB")).to_have_count(0)
    windows.close()
