"""The box as a device: switched off from the page, updated by a file, and what ails it told."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Windows
from tests.browser.household import Household
from tests.served import CHOICES, Served, eventually

PASSWORD = "el faro rojo 7"


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    folder = tmp_path / "machine"
    for name in ("ask", "board"):
        (folder / name).mkdir(parents=True)
    (folder / "can.json").write_text('["clock", "power", "update", "wifi"]')
    (folder / "board/warnings.json").write_text('["low_voltage"]')
    return folder


@pytest.fixture
def served(tmp_path: Path, machine: Path) -> Iterator[Served]:
    one = Served(tmp_path / "data", settings={**CHOICES, "machine": str(machine)})
    yield one
    one.stop()


def test_the_box_is_updated_and_switched_off(served: Served, machine: Path, chromium: Browser) -> None:
    windows = Windows(chromium, served.url)
    home = Household(served)
    home.say("ana", "Hola")
    page = home.enter(windows, "marta", "/admin/machine", phone=True)
    expect(page.get_by_text("A la caja le llega poca tensión")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # A file that root does not like, and one that it does.
    def bring() -> str:
        chosen = {
            "name": "pichat-9.0.0.pichat",
            "mimeType": "application/octet-stream",
            "buffer": b"x" * 9000,
        }
        page.locator('input[type="file"][accept=".pichat"]').set_input_files(chosen)
        expect(page.get_by_text("Mirando si es de fiar")).to_be_visible()
        wish = machine / "ask/update"
        eventually(wish.exists)
        found = str(json.loads(wish.read_text())["id"])
        wish.unlink()
        return found

    refused = {"asked": bring(), "refused": {"why": "signature", "version": ""}}
    (machine / "update.json").write_text(json.dumps(refused))
    expect(page.get_by_text("No se ha usado: no la firma quien hizo esta caja.")).to_be_visible()
    (machine / "update.json").write_text(json.dumps({"asked": bring(), "waiting": "9.0.0"}))
    expect(page.get_by_text("La versión 9.0.0 está lista")).to_be_visible()
    page.get_by_role("button", name="No instalarla").click()
    expect(page.get_by_text("Retirando la versión")).to_be_visible()
    dropped = json.loads((machine / "ask/update").read_text())["id"]
    (machine / "ask/update").unlink()
    (machine / "update.json").write_text(json.dumps({"asked": dropped, "waiting": None}))
    expect(page.get_by_text("9.0.0")).to_have_count(0)

    # Another Wi-Fi.
    page.get_by_label("Nombre de la red").fill("Café")
    page.get_by_label("Clave de la red").fill("corta")
    page.get_by_label("País, en dos letras").fill("es")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_text("La clave tiene entre 8 y 63")).to_be_visible()
    page.get_by_label("Clave de la red").fill("muy secreta")
    page.get_by_role("button", name="Guardar", exact=True).click()
    expect(page.get_by_text("La caja cambia de red")).to_be_visible()
    wish = json.loads((machine / "ask/wifi").read_text())
    asked = wish.pop("id")
    assert wish == {"ssid": "Café", "country": "ES", "key": "muy secreta"}
    expect(page.get_by_text("Entrando en la red")).to_be_visible()
    (machine / "wifi.json").write_text('{"ssid": "Café", "country": "ES", "key": true}')
    (machine / "joining.json").write_text(json.dumps({"ssid": "Café", "state": "key", "asked": asked}))
    expect(page.get_by_text("La clave no es la de esta red")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    # Off in five minutes, no, now.
    page.get_by_role("button", name="Apagar").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("La caja volverá sin 1 mensaje")).to_be_visible()
    dialog.get_by_label("5 min", exact=True).check()
    dialog.get_by_label("Tu contraseña").fill("otra")
    dialog.get_by_role("button", name="Apagar").click()
    expect(dialog.get_by_text("no es", exact=False).first).to_be_visible()
    dialog.get_by_label("Tu contraseña").fill(PASSWORD)
    dialog.get_by_role("button", name="Apagar").click()
    expect(page.get_by_text("Se apaga dentro de")).to_be_visible()
    page.get_by_role("button", name="No, dejarla encendida").click()
    expect(page.get_by_text("Se apaga dentro de")).to_have_count(0)
    assert not (machine / "ask/power").exists()
    page.get_by_role("button", name="Reiniciar").click()
    dialog.get_by_label("Tu contraseña").fill(PASSWORD)
    dialog.get_by_role("button", name="Reiniciar").click()
    eventually((machine / "ask/power").exists)
    assert json.loads((machine / "ask/power").read_text()) == {"action": "restart"}
    windows.expected += ["status of 403", "status of 400"]
    windows.close()


def test_a_slow_clock_is_put_right_by_who_runs_the_box(
    served: Served, machine: Path, chromium: Browser
) -> None:
    windows = Windows(chromium, served.url)
    home = Household(served)
    window = windows.open()
    window.page.add_init_script("{ const old = Date.now; Date.now = () => old() + 3 * 3600e3; }")
    body = {"username": "marta", "password": PASSWORD, "session": "cookie"}
    assert window.context.request.post("/api/users/login", data=body).ok
    window.page.goto("/chat/r_general")
    expect(window.page.get_by_text("La hora de la caja va 3", exact=False)).to_be_visible()
    window.page.get_by_role("button", name="Ponerla como en este aparato").click()
    eventually((machine / "ask/clock").exists)
    ana = home.enter(windows, "ana")
    expect(ana.get_by_role("heading", name="General", exact=True)).to_be_visible()
    expect(ana.get_by_text("poca tensión")).to_have_count(0)
    windows.close()
