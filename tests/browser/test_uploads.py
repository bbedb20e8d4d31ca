"""Large files on their way by the page, past a crash of the box, a reload, a pause; then seen, and zipped."""

import hashlib
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Page, expect

from tests import samples
from tests.browser.conftest import Window, Windows
from tests.browser.test_story import claim
from tests.served import Served

MP4 = b"\0\0\0\x18ftypisom\0\0\2\0isomiso2"
SIZE = 30 * 1024 * 1024
LOST = ["WebSocket connection", "ERR_CONNECTION", "ERR_EMPTY_RESPONSE", "Failed to load resource"]


@pytest.fixture
def film(tmp_path: Path) -> Path:
    path = tmp_path / "ensayo general.mp4"
    path.write_bytes(MP4 + Random(5).randbytes(SIZE - len(MP4)))
    return path


def slow(window: Window, bytes_a_second: int) -> None:
    """As over a bad wireless link; -1 is as fast as it goes."""
    how = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_a_second}
    window.context.new_cdp_session(window.page).send("Network.emulateNetworkConditions", how)


def choose(page: Page, path: Path, button: str = "Subir archivos") -> None:
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name=button).click()
    chosen.value.set_files(path)


def meter(page: Page) -> int:
    return int(page.get_by_role("progressbar").get_attribute("aria-valuenow") or 0)


def under_way(page: Page, percent: int = 20) -> None:
    now = "Number(document.querySelector('.meter')?.getAttribute('aria-valuenow'))"
    page.wait_for_function(f"() => {now} >= {percent}")


def arrived(page: Page, path: Path) -> None:
    """It is in the list, and what the box gives back is what was sent."""
    row = page.get_by_role("main").get_by_role("listitem").filter(has_text=path.name)
    link = row.get_by_role("link", name=f"Descargar {path.name}")
    expect(link).to_be_visible(timeout=60_000)
    with page.expect_download() as download:
        link.click()
    given = Path(download.value.path()).read_bytes()
    assert hashlib.sha256(given).digest() == hashlib.sha256(path.read_bytes()).digest()


@contextmanager
def killed(served: Served) -> Iterator[None]:
    """The box is gone while the block runs, and then there again: same port, same data."""
    served.kill()
    try:
        yield
    finally:
        again = Served(served.data, "--port", str(served.port))
        served.process, served._log = again.process, again._log


def test_an_upload_outlives_the_death_of_the_box(served: Served, windows: Windows, film: Path) -> None:
    windows.expected += LOST
    marta = windows.open()
    claim(marta.page, served.claim_code)
    marta.page.goto("/files")
    slow(marta, 5_000_000)
    choose(marta.page, film)
    under_way(marta.page)
    with killed(served):
        expect(marta.page.get_by_text("La caja no responde; seguirá sola")).to_be_visible()
    slow(marta, -1)
    arrived(marta.page, film)
    expect(marta.page.get_by_role("progressbar")).to_have_count(0)


def test_after_a_reload_the_file_is_chosen_again_and_goes_on(
    served: Served, windows: Windows, film: Path, tmp_path: Path
) -> None:
    marta = windows.open(phone=True)
    claim(marta.page, served.claim_code)
    marta.page.goto("/files")
    slow(marta, 5_000_000)
    choose(marta.page, film)
    under_way(marta.page)
    marta.page.reload()
    expect(marta.page.get_by_role("heading", name="Sin terminar")).to_be_visible()

    other = tmp_path / "otra.txt"
    other.write_text("otra cosa")
    choose(marta.page, other, f"Elegir otra vez {film.name}")
    expect(marta.page.get_by_role("status").filter(has_text="No es el mismo archivo")).to_be_visible()

    slow(marta, 2_000_000)
    began: list[str] = []
    marta.page.on(
        "request", lambda request: began.append(f"{request.method} {request.headers.get('upload-offset')}")
    )
    with marta.page.expect_request(lambda request: request.method == "PATCH"):
        choose(marta.page, film, f"Elegir otra vez {film.name}")
    under_way(marta.page, 5)
    assert not [one for one in began if one.startswith("POST")], began
    offsets = [int(one.split()[1]) for one in began if one.startswith("PATCH")]
    assert offsets and offsets[0] > 0, began
    slow(marta, -1)
    arrived(marta.page, film)
    expect(marta.page.get_by_role("heading", name="Sin terminar")).to_have_count(0)
    marta.page.reload()
    expect(marta.page.get_by_role("heading", name="Archivos")).to_be_visible()
    expect(marta.page.get_by_role("heading", name="Sin terminar")).to_have_count(0)


def test_a_paused_upload_stands_still_and_goes_on_by_keyboard(
    served: Served, windows: Windows, film: Path
) -> None:
    marta = windows.open()
    claim(marta.page, served.claim_code)
    marta.page.goto("/files")
    slow(marta, 5_000_000)
    choose(marta.page, film)
    under_way(marta.page)
    marta.page.get_by_role("button", name=f"Pausar la subida de {film.name}").focus()
    marta.page.keyboard.press("Enter")
    expect(marta.page.get_by_text("En pausa")).to_be_visible()
    before = meter(marta.page)
    marta.page.get_by_role("link", name="Inicio").first.click()
    expect(marta.page.get_by_text("Subiendo 1 archivo")).to_be_visible()
    marta.page.get_by_text("Subiendo 1 archivo").click()
    assert meter(marta.page) == before < 100
    slow(marta, -1)
    marta.page.get_by_role("button", name=f"Seguir con la subida de {film.name}").focus()
    marta.page.keyboard.press("Enter")
    arrived(marta.page, film)


DROP = """files => {
    const carried = new DataTransfer();
    for (const [name, text, type] of files) carried.items.add(new File([text], name, {type}));
    const fire = (kind) => document.querySelector('#main').dispatchEvent(
        new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: carried}));
    for (const kind of ['dragenter', 'dragover', 'drop']) fire(kind);
}"""
PASTE = """() => {
    const carried = new DataTransfer();
    carried.items.add(new File(['pegado'], 'nota pegada.txt', {type: 'text/plain'}));
    document.body.dispatchEvent(
        new ClipboardEvent('paste', {bubbles: true, cancelable: true, clipboardData: carried}));
}"""


def test_files_are_dropped_pasted_looked_at_and_taken_home_together(
    served: Served, windows: Windows, tmp_path: Path
) -> None:
    marta = windows.open()
    page = marta.page
    claim(page, served.claim_code)
    page.goto("/help")
    expect(page.get_by_role("heading").first).to_be_visible()
    page.wait_for_function(
        "() => performance.getEntriesByType('resource').some(e => /drop_place/.test(e.name))"
    )
    page.wait_for_timeout(300)
    page.evaluate(DROP, [["acta.txt", "punto uno\n<b>nada</b>", "text/plain"]])
    page.get_by_role("link", name="Archivos").first.click()
    rows = page.get_by_role("main").get_by_role("listitem")
    expect(rows.filter(has_text="acta.txt")).to_be_visible()
    page.evaluate(PASTE)
    expect(rows.filter(has_text="nota pegada.txt")).to_be_visible()
    expect(rows.filter(has_text="acta.txt")).to_contain_text("Se va al reiniciar")

    page.get_by_role("button", name="acta.txt", exact=True).press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("<b>nada</b>")).to_be_visible()
    expect(dialog).to_contain_text(hashlib.sha256(b"punto uno\n<b>nada</b>").hexdigest())
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)

    page.get_by_role("button", name="Elegir varios").press("Enter")
    for name in ("acta.txt", "nota pegada.txt"):
        page.get_by_role("checkbox", name=f"Elegir {name}").press("Space")
    expect(page.get_by_text("2 archivos · ")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Descargar en un zip").press("Enter")
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        assert sorted(archive.namelist()) == ["acta.txt", "nota pegada.txt"]
        assert archive.read("nota pegada.txt") == b"pegado"

    page.get_by_label("Cuáles").select_option("checked")
    expect(page.get_by_role("heading", name="Aquí no hay ninguno")).to_be_visible()
    page.get_by_label("Cuáles").select_option("mine")
    expect(rows.filter(has_text="acta.txt")).to_be_visible()


DRAWN = "name => (document.querySelector(name) || {}).naturalWidth > 0"


def test_a_picture_is_seen_where_it_stands(served: Served, windows: Windows, tmp_path: Path) -> None:
    picture = tmp_path / "patio.png"
    picture.write_bytes(samples.PNG)
    page = windows.open(phone=True).page
    claim(page, served.claim_code)
    page.goto("/files")
    choose(page, picture)
    drawn = (
        "() => { const img = document.querySelector('.file__thumb'); return img && img.naturalWidth > 0; }"
    )
    page.wait_for_function(drawn)
    page.get_by_role("button", name="patio.png", exact=True).click()
    page.wait_for_function(DRAWN, arg=".preview")


def test_a_file_is_renamed_described_deleted_and_had_back(
    served: Served, windows: Windows, tmp_path: Path
) -> None:
    acta = tmp_path / "acta.txt"
    acta.write_text("punto uno")
    page = windows.open(phone=True).page
    claim(page, served.claim_code)
    page.goto("/files")
    choose(page, acta)
    rows = page.get_by_role("main").get_by_role("listitem")
    page.get_by_role("button", name="acta.txt", exact=True).press("Enter")
    page.get_by_role("button", name="Cambiar", exact=True).press("Enter")
    page.get_by_label("Nombre", exact=True).fill("acta de mayo")
    page.get_by_label("Qué es").fill("Lo que se acordó")
    page.get_by_label("Que se conserve").press("Space")
    page.get_by_role("button", name="Guardar").press("Enter")
    row = rows.filter(has_text="acta de mayo.txt")
    expect(row).to_contain_text("Para conservar")
    page.get_by_role("button", name="acta de mayo.txt", exact=True).click()
    expect(page.get_by_role("dialog")).to_contain_text("Lo que se acordó")
    page.get_by_role("button", name="Cerrar").click()

    row.get_by_role("button", name="Borrar acta de mayo.txt").press("Enter")
    gone = page.get_by_role("region", name="Borrados ahora mismo")
    expect(gone).to_contain_text("acta de mayo.txt")
    page.get_by_role("button", name="Deshacer", exact=True).press("Enter")
    expect(gone).to_have_count(0)
    expect(row).to_contain_text("Para conservar")
    row.get_by_role("button", name="Borrar acta de mayo.txt").press("Enter")
    gone.get_by_role("button", name="Deshacer: acta de mayo.txt").press("Enter")
    expect(row).to_contain_text("Para conservar")
