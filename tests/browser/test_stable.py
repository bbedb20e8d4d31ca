"""The stable snapshot as administrators have it: chosen, cut short, brought back; nothing left at the end."""

import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests import samples
from tests.browser.conftest import Windows
from tests.browser.household import Household
from tests.browser.test_story import ADMIN
from tests.served import CHOICES, Served, eventually

# Each start is a boot, as after a power cut.
EACH_START = {**CHOICES, "restore": "start"}
WORD = "wolframio"  # what is looked for on the disk at the end


class Plug:
    """A box whose power can be cut. It comes back at the same address, as a box does."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.served = Served(data, settings=EACH_START)

    def cut(self) -> None:
        """Neither the program nor its boot has a word in it."""
        port = self.served.port
        self.served.kill()
        self.served = Served(self.data, "--port", str(port), settings=EACH_START)


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    one = Plug(tmp_path / "data")
    yield one
    one.served.stop()


def lies(data: Path, word: str) -> list[str]:
    """The files of the data folder in which the word can be read."""
    found = []
    for path in data.rglob("*"):
        with suppress(FileNotFoundError):  # it went while it was looked for
            if path.is_file() and word.encode() in path.read_bytes():
                found.append(str(path.relative_to(data)))
    return found


def rows(page: Page, text: str) -> Locator:
    return page.get_by_role("main").get_by_role("listitem").filter(has_text=text)


def test_marked_saved_cut_brought_back_and_reset(plug: Plug, chromium: Browser) -> None:
    windows = Windows(chromium, plug.served.url)
    windows.expected += ["ERR_CONNECTION", "WebSocket connection to", "Failed to load resource"]
    home = Household(plug.served)
    for name in ("acta", "plano", "foto"):
        file = home.call("PUT", f"/api/uploads/{name}.txt", f"{name} {WORD}".encode(), "ana")
        home.call("PATCH", f"/api/uploads/{file['id']}", {"keep": True}, "ana")
    page = home.enter(windows, "marta", "/admin/stable/wishes")

    # Three files marked, one refused.
    rows(page, "foto.txt").get_by_role("button", name="No").click()
    expect(rows(page, "foto.txt")).to_have_count(0)
    for name in ("acta", "plano"):
        rows(page, f"{name}.txt").get_by_role("button", name="Sí, que se quede").click()
    expect(page.get_by_role("heading", name="Nadie pide nada")).to_be_visible()

    # What a restart would undo; the approved ones are saved, and those alone.
    page.get_by_role("link", name="Estado estable").last.click()
    page.get_by_role("link", name="Ver qué se perdería").click()
    expect(rows(page, "Se perdería")).to_have_count(3)
    page.get_by_role("link", name="Guardar todo o una parte").click()
    page.get_by_label("Solo una parte").check()
    page.get_by_label("Los archivos con el sí para quedarse").check()
    expect(page.get_by_text("Cambia lo guardado en 2 archivos")).to_be_visible()
    page.get_by_label("Nota (si quieres)").fill("Lo acordado")
    page.get_by_role("button", name="Guardar como estable").click()
    expect(page.get_by_role("status").filter(has_text="Es el guardado número 1: 2 archivos")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("Lo acordado"))).to_contain_text("Una parte")

    # The power goes, in the middle of the day.
    home.call("PUT", "/api/uploads/tarde.txt", f"tarde {WORD}".encode(), "ana")
    home.say("ana", f"Nos vemos luego, {WORD}")
    page.goto("/files")
    expect(rows(page, "tarde.txt")).to_be_visible()
    plug.cut()
    expect(page.get_by_text("Lo que no se guardó espera: 2 archivos, 1 mensaje.")).to_be_visible(
        timeout=30_000
    )
    page.get_by_role("link", name="Recuperar o borrar").first.click()
    expect(page.get_by_role("heading", name="Tras un corte de luz")).to_be_visible()
    expect(page.get_by_text("2 archivos (1 KB), 1 mensaje")).to_be_visible()
    page.get_by_role("button", name="Mirar y elegir").click()
    expect(page.get_by_label("foto.txt")).to_be_visible()
    page.get_by_label("tarde.txt").check()
    page.get_by_role("button", name="Recuperar 1").click()
    expect(page.get_by_text("Recuperado: 1 archivo")).to_be_visible()
    expect(page.get_by_label("tarde.txt")).to_have_count(0)
    page.goto("/files")
    for name in ("acta.txt", "plano.txt", "tarde.txt"):
        expect(rows(page, name)).to_be_visible()
    expect(rows(page, "foto.txt")).to_have_count(0)

    # It is meant now: what is not saved goes, and the waiting session with it.
    page.goto("/admin/stable/previous")
    page.get_by_role("button", name="Borrar ahora…").click()
    page.get_by_role("button", name="Borrar para siempre").click()
    expect(page.get_by_role("heading", name="No hay nada esperando")).to_be_visible()
    page.goto("/admin/stable")
    page.get_by_role("button", name="Volver ahora…").click()
    page.get_by_label("Tu contraseña").fill(ADMIN[2])
    page.get_by_role("button", name="Borrar y volver").click()
    expect(page.get_by_role("heading", name="La caja ha vuelto a lo guardado")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("main")).to_contain_text("1 archivo")
    expect(page.get_by_role("main")).to_contain_text("En una tarjeta de memoria puede quedar rastro")
    page.get_by_role("button", name="Seguir").click()
    page.goto("/files")
    expect(rows(page, "acta.txt")).to_be_visible()
    expect(rows(page, "tarde.txt")).to_have_count(0)
    for gone in (f"tarde {WORD}", f"foto {WORD}", f"luego, {WORD}", "tarde.txt"):
        eventually(lambda gone=gone: not lies(plug.data, gone))
    windows.close()


def test_an_announced_reset_is_seen_by_everyone_and_called_off(served: Served, windows: Windows) -> None:
    home = Household(served)
    marta, uma = home.enter(windows, "marta", "/admin/stable"), home.enter(windows, "uma", phone=True)
    expect(uma.get_by_label("Mensaje para General")).to_be_visible()
    marta.get_by_role("button", name="Volver ahora…").click()
    marta.get_by_label("Cuándo").select_option("900")
    marta.get_by_label("Tu contraseña").fill("no es esta")
    windows.expected.append("/api/reset")
    marta.get_by_role("button", name="Borrar y volver").click()
    expect(marta.get_by_text("La contraseña no es esa")).to_be_visible()
    marta.get_by_label("Tu contraseña").fill(ADMIN[2])
    marta.get_by_label("Tu contraseña").press("Enter")
    expect(
        uma.get_by_text(re.compile(r"La caja vuelve a lo guardado dentro de 1[45]:\d\d min"))
    ).to_be_visible()
    expect(uma.get_by_role("button", name="Anularlo")).to_have_count(0)
    marta.reload()
    marta.get_by_role("button", name="Anularlo").click()
    for page in (marta, uma):
        expect(page.get_by_text("Se ha anulado: la caja sigue como está.")).to_be_visible()
        expect(page.get_by_text("La caja vuelve a lo guardado dentro")).to_have_count(0)


def test_what_looks_dangerous_needs_a_second_yes(served: Served, windows: Windows) -> None:
    home = Household(served)
    home.call("PUT", "/api/uploads/logo.svg", samples.SVG, "ana")
    page = home.enter(windows, "marta", "/admin/stable")
    save = page.get_by_role("button", name="Guardar como estable")
    expect(page.get_by_text("1 archivo parece peligroso")).to_be_visible()
    save.press("Enter")
    expect(page.get_by_role("dialog")).to_contain_text("logo.svg")
    expect(page.get_by_role("button", name="Guardar sin ellos")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Es el guardado número 1: 0 archivos")).to_be_visible()
    expect(page.get_by_text("1 archivo parece peligroso")).to_be_visible()
    save.click()
    page.get_by_role("button", name="Guardarlos también").click()
    expect(page.get_by_role("status").filter(has_text="Es el guardado número 2: 1 archivo")).to_be_visible()

    # The two of them side by side, and a look at every byte.
    page.get_by_role("button", name=re.compile("Guardado número 2")).click()
    page.get_by_role("button", name="Comprobar").click()
    expect(page.get_by_text("Está entero: se puede volver a él")).to_be_visible()
    page.get_by_role("button", name="Comparar").click()
    expect(page.get_by_role("heading", name="Del guardado 1 al 2")).to_be_visible()
    expect(rows(page, "logo.svg")).to_contain_text("Añadido")


def test_a_damaged_file_is_named_and_healed(served: Served, windows: Windows) -> None:
    home = Household(served)
    body = b"what was kept"
    file = home.call("PUT", "/api/uploads/recibo.txt", body, "ana")
    home.call("POST", "/api/stable", {}, "marta")
    [blob] = (served.data / "blobs").rglob(file["sha256"])
    blob.chmod(0o640)
    blob.write_bytes(b"what was lost")
    page = home.enter(windows, "marta", "/admin/stable")
    page.get_by_role("button", name=re.compile("Guardado número 1")).click()
    page.get_by_role("button", name="Comprobar").click()
    expect(page.get_by_role("dialog").get_by_role("alert")).to_contain_text("recibo.txt")
    page.get_by_role("button", name="Cerrar").click()
    page.get_by_role("link", name=re.compile("Salud de lo guardado")).click()
    page.get_by_role("button", name="Comprobar todo ahora").click()
    expect(page.get_by_text("1 archivo está dañado y no se puede descargar")).to_be_visible()
    expect(rows(page, file["sha256"])).to_contain_text("recibo.txt")
    home.call("PUT", "/api/uploads/otra-vez.txt", body, "ana")
    page.reload()
    expect(page.get_by_text("No se ha encontrado ningún archivo dañado.")).to_be_visible()
    assert blob.read_bytes() == body


def test_a_file_is_erased_for_good(served: Served, windows: Windows) -> None:
    home = Household(served)
    home.call("PUT", "/api/uploads/secreto.txt", f"secreto {WORD}".encode(), "ana")
    home.call("POST", "/api/stable", {}, "marta")
    page = home.enter(windows, "marta", "/files")
    page.get_by_role("button", name=re.compile("secreto.txt")).first.click()
    page.get_by_role("button", name="Borrar para siempre…").click()
    page.get_by_role("dialog").get_by_role("button", name="Borrar para siempre…").click()
    page.get_by_role("button", name="Sí, borrar para siempre").click()
    expect(page.get_by_role("dialog", name="Borrado para siempre")).to_contain_text("1 archivo")
    page.get_by_role("button", name="Cerrar").click()
    expect(rows(page, "secreto.txt")).to_have_count(0)
    eventually(lambda: not lies(served.data, f"secreto {WORD}"))


def test_a_copy_goes_out_and_comes_in(served: Served, windows: Windows, tmp_path: Path) -> None:
    home = Household(served)
    home.call("PUT", "/api/uploads/receta.txt", b"harina", "ana")
    home.call("POST", "/api/stable", {"note": "Cocina"}, "marta")
    page = home.enter(windows, "marta", "/admin/stable/archive")
    page.get_by_label("Tu contraseña").fill(ADMIN[2])
    with page.expect_download() as download:
        page.get_by_role("button", name="Descargar la copia").click()
    copy = tmp_path / "copia.zip"
    download.value.save_as(copy)
    torn = tmp_path / "rota.zip"
    data = bytearray(copy.read_bytes())
    data[len(data) // 2] ^= 1
    torn.write_bytes(data)
    for path, said in ((torn, "No es una copia entera de PiChat"), (copy, "La copia está entera")):
        with page.expect_file_chooser() as chosen:
            page.get_by_role("button", name="Elegir la copia").click()
        chosen.value.set_files(path)
        expect(page.get_by_text(said)).to_be_visible()
    expect(page.get_by_text("La hizo esta misma caja.")).to_be_visible()
    page.get_by_label("Tu contraseña").last.fill(ADMIN[2])
    page.get_by_role("button", name="Mezclarla").click()
    expect(page.get_by_text("La copia ya está aquí")).to_be_visible()


def test_when_it_saves_by_itself_and_when_rooms_forget(served: Served, windows: Windows) -> None:
    home = Household(served)
    page = home.enter(windows, "marta", "/admin/stable/settings")
    page.get_by_label("Cada cierto tiempo", exact=False).first.check()
    page.get_by_label("Minutos").fill("0")
    windows.expected.append("/api/stable/automatic")
    save = page.get_by_role("button", name="Guardar", exact=True)
    save.first.click()
    expect(page.get_by_text("Escribe un número de minutos")).to_be_visible()
    page.get_by_label("Minutos").fill("30")
    save.first.click()
    expect(page.get_by_text("Ajuste guardado")).to_be_visible()
    shown = home.call("GET", "/api/stable/automatic", who="marta")
    assert (shown["save"], shown["minutes"]) == ("timer", 30)
    page.get_by_label("General").select_option("7")
    expect(page.get_by_text("Cambiado en General")).to_be_visible()
    assert home.call("GET", "/api/rooms/r_general", who="marta")["retention_days"] == 7
    page.get_by_label("Horas de funcionamiento").fill("0")
    windows.expected.append("/api/previous")
    save.last.click()
    expect(page.get_by_text("Escribe un número de horas")).to_be_visible()
    page.get_by_label("Se borra en cada arranque", exact=False).check()
    save.last.click()
    expect(page.get_by_label("Horas de funcionamiento")).to_have_count(0)
    expect(page.get_by_text("Escribe un número de horas")).to_have_count(0)
    eventually(lambda: home.call("GET", "/api/previous", who="marta")["erases_at_boot"])
