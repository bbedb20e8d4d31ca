"""The first day of a box in real browsers: claimed, used by two, saved, used on, reset, back where it was."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Window, Windows
from tests.served import Served

ADMIN = ("Marta", "marta", "el faro rojo 7")
ANA = ("Ana", "ana", "la luna de papel 9")


def claim(page: Page, code: str) -> None:
    page.goto("/")
    page.get_by_label("Código de la caja").fill(code)
    page.get_by_role("button", name="Seguir").click()
    page.get_by_label("Nombre").fill(ADMIN[0])
    page.get_by_label("Usuario").fill(ADMIN[1])
    page.get_by_role("textbox", name="Contraseña").fill(ADMIN[2])
    page.get_by_role("button", name="Quedarme con la caja").click()
    expect(page.get_by_role("heading", name="La caja es tuya, Marta")).to_be_visible()


def invite(page: Page, name: str, username: str) -> str:
    """Makes an account on the page; returns the one-time link that the administrator hands over."""
    page.goto("/admin/people")
    page.get_by_role("button", name="Nueva cuenta").click()
    page.get_by_label("Nombre").fill(name)
    page.get_by_label("Usuario", exact=True).fill(username)
    page.get_by_label("Cliente").check()
    page.get_by_role("button", name="Crear la cuenta").click()
    expect(page.get_by_role("heading", name=f"Dale esto a {name}")).to_be_visible()
    link = re.search(r"https?://\S+/reset#\S+", page.get_by_role("dialog").inner_text())
    assert link
    return link.group()


def choose_password(page: Page, link: str, password: str) -> None:
    page.goto(link)
    page.get_by_role("textbox", name="Contraseña nueva").fill(password)
    page.get_by_role("button", name=re.compile("contraseña", re.I)).last.click()
    expect(page).to_have_url(re.compile("/inicio$"))


def say(page: Page, text: str) -> None:
    page.get_by_label("Mensaje para General").fill(text)
    page.keyboard.press("Enter")


def message(page: Page, text: str):  # type: ignore[no-untyped-def]
    return page.get_by_role("log").get_by_text(text, exact=True)


def upload(page: Page, file: Path) -> None:
    page.goto("/files")
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Subir archivos").click()
    chosen.value.set_files(file)
    expect(page.get_by_role("main").get_by_role("listitem").filter(has_text=file.name)).to_be_visible()


def save(page: Page, note: str) -> None:
    page.goto("/admin/stable")
    page.get_by_label("Nota").fill(note)
    page.get_by_role("button", name="Guardar como estable").click()
    expect(page.get_by_text("La caja vuelve aquí")).to_be_visible()


def reset(page: Page) -> None:
    page.goto("/admin/stable")
    page.get_by_role("button", name="Volver ahora…").click()
    page.get_by_role("textbox", name="Contraseña").fill(ADMIN[2])
    page.get_by_role("button", name="Borrar y volver").click()


def test_a_box_is_claimed_used_saved_and_reset(served: Served, windows: Windows, tmp_path: Path) -> None:
    keep = tmp_path / "acta de la reunión.txt"
    keep.write_text("lo que se queda\n")
    lose = tmp_path / "borrador.txt"
    lose.write_text("lo que se va\n")
    marta: Window = windows.open()
    ana: Window = windows.open(phone=True)
    windows.expected.append("WebSocket connection")  # the reset closes the connections; browsers say so

    claim(marta.page, served.claim_code)
    assert not (served.data / "claim.txt").exists()
    choose_password(ana.page, invite(marta.page, ANA[0], ANA[1]), ANA[2])

    for window in (marta, ana):
        window.page.goto("/chat/r_general")
    say(marta.page, "hola, Ana")
    expect(message(ana.page, "hola, Ana")).to_be_visible()
    say(ana.page, "hola, Marta")
    expect(message(marta.page, "hola, Marta")).to_be_visible()

    upload(ana.page, keep)
    save(marta.page, "el primer día")
    marta.page.goto("/files")
    expect(marta.page.get_by_text(keep.name)).to_be_visible()

    upload(ana.page, lose)
    ana.page.goto("/chat/r_general")
    say(ana.page, "esto se irá")
    marta.page.goto("/admin/stable")
    expect(
        marta.page.locator("#main").get_by_text(re.compile("Se perdería.*1 archivo.*1 mensaje"))
    ).to_be_visible()
    reset(marta.page)

    expect(ana.page.get_by_role("heading", name="La caja ha vuelto a lo guardado")).to_be_visible()
    ana.page.get_by_role("button", name="Seguir").click()
    ana.page.goto("/chat/r_general")
    expect(message(ana.page, "hola, Ana")).to_be_visible()
    expect(message(ana.page, "esto se irá")).to_have_count(0)
    marta.page.goto("/files")
    expect(marta.page.get_by_text(keep.name)).to_be_visible()
    expect(marta.page.get_by_text(lose.name)).to_have_count(0)
    with marta.page.expect_download() as download:
        marta.page.get_by_role("link", name=f"Descargar {keep.name}").click()
    assert Path(download.value.path()).read_text() == "lo que se queda\n"
    assert download.value.suggested_filename == keep.name
