"""A file that looks dangerous, from its upload to the decision about it, in two people's browsers."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests import samples
from tests.browser.conftest import Windows
from tests.browser.test_story import ANA, choose_password, claim, invite, upload
from tests.served import Served


def test_a_held_file_is_released_and_another_one_rejected(
    served: Served, windows: Windows, tmp_path: Path
) -> None:
    logo, page = tmp_path / "logo.svg", tmp_path / "nota.txt"
    logo.write_bytes(samples.SVG)
    page.write_bytes(samples.PAGE)
    marta, ana = windows.open(), windows.open(phone=True)
    claim(marta.page, served.claim_code)
    choose_password(ana.page, invite(marta.page, ANA[0], ANA[1]), ANA[2])
    marta.page.get_by_role("button", name="Listo").click()

    upload(ana.page, logo)
    row = ana.page.get_by_role("main").get_by_role("listitem").filter(has_text="logo.svg")
    expect(row.get_by_role("link")).to_have_count(0)
    row.get_by_role("button", name="Retenido").click()
    expect(ana.page.get_by_role("dialog")).to_contain_text("Es un dibujo SVG")
    ana.page.get_by_role("button", name="Entendido").click()

    expect(marta.page.get_by_role("status")).to_contain_text(["logo.svg espera revisión"])
    marta.page.get_by_role("button", name="Revisar").click()
    expect(marta.page.get_by_role("heading", name="Archivos por revisar")).to_be_visible()
    expect(marta.page.get_by_text("Esta caja no tiene antivirus")).to_be_visible()
    waiting = marta.page.get_by_role("main").get_by_role("listitem").filter(has_text="logo.svg")
    expect(waiting).to_contain_text("Parece peligroso")
    waiting.get_by_role("button", name="Publicar").click()
    marta.page.get_by_role("button", name="No, dejarlo así").click()
    expect(waiting).to_be_visible()
    waiting.get_by_role("button", name="Publicar").click()
    marta.page.get_by_role("dialog").get_by_role("button", name="Publicar").click()
    expect(marta.page.get_by_role("heading", name="No hay nada que revisar")).to_be_visible()

    expect(row.get_by_role("button", name="Revisado")).to_be_visible()
    with ana.page.expect_download() as download:
        row.get_by_role("link", name="Descargar logo.svg").click()
    assert Path(download.value.path()).read_bytes() == samples.SVG

    upload(ana.page, page)
    suspect = marta.page.get_by_role("main").get_by_role("listitem").filter(has_text="nota.txt")
    expect(suspect).to_contain_text("Se llama «.txt», pero por dentro es una página web.")
    suspect.get_by_role("button", name="Rechazar").press("Enter")
    expect(marta.page.get_by_label("Motivo (si quieres)")).to_be_focused()
    marta.page.keyboard.type("Eso no es un texto")
    marta.page.get_by_role("dialog").get_by_role("button", name="Rechazar").press("Enter")
    expect(marta.page.get_by_role("heading", name="No hay nada que revisar")).to_be_visible()
    marta.page.get_by_role("button", name="Rechazados").click()
    expect(suspect).to_contain_text("Quien administra dice: «Eso no es un texto»")
    ana.page.reload()
    lost = ana.page.get_by_role("main").get_by_role("listitem").filter(has_text="nota.txt")
    lost.get_by_role("button", name="Retenido").click()
    expect(ana.page.get_by_role("dialog")).to_contain_text("Eso no es un texto")
    ana.page.get_by_role("button", name="Entendido").click()
    page.rename(tmp_path / "otra.txt")
    upload(ana.page, tmp_path / "otra.txt")
    expect(suspect.first).to_be_visible()
    again = marta.page.get_by_role("main").get_by_role("listitem").filter(has_text="otra.txt")
    expect(again).to_contain_text("Ya se rechazó antes")
    ana.page.goto("/admin/files")
    expect(ana.page.get_by_role("heading", name=re.compile("quien administra"))).to_be_visible()
