"""What people do with many files: folders, small pictures, the same bytes twice, another device."""

import hashlib
import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Windows
from tests.browser.firefox import firefox
from tests.browser.test_story import ADMIN, ANA, choose_password, claim, invite, save
from tests.browser.test_uploads import MP4, choose, slow, under_way
from tests.served import CHOICES, Served

TREE = {
    "actas/mayo.txt": "punto uno",
    "actas/2024/junio.txt": "punto dos",
    "leeme.txt": "léeme",
}
FILM = """async () => {
    const canvas = Object.assign(document.createElement('canvas'), {width: 64, height: 48});
    const pen = canvas.getContext('2d');
    const recorder = new MediaRecorder(canvas.captureStream(20), {mimeType: 'video/webm;codecs=vp8'});
    const pieces = [];
    recorder.ondataavailable = event => pieces.push(event.data);
    const ended = new Promise(done => { recorder.onstop = done; });
    recorder.start();
    for (let at = 0; at < 8; at++) {
        pen.fillStyle = at % 2 ? 'green' : 'white';
        pen.fillRect(0, 0, 64, 48);
        await new Promise(done => setTimeout(done, 50));
    }
    recorder.stop();
    await ended;
    return Array.from(new Uint8Array(await new Blob(pieces).arrayBuffer()));
}"""
SIDES = """() => Array.from(document.querySelectorAll('.file__thumb'),
    one => [one.naturalWidth, one.naturalHeight])"""
SEEN = f"many => {{ const all = ({SIDES})(); return all.length === many && all.every(one => one[0] > 0); }}"


def tree(folder: Path) -> Path:
    """With what a system leaves in every folder, which is nobody's."""
    folder.mkdir(parents=True)
    (folder / ".DS_Store").write_bytes(b"x")
    for name, text in TREE.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def noise(width: int, height: int) -> bytes:
    """A PNG too large to be its own small picture."""
    lines = b"".join(b"\0" + Random(y).randbytes(3 * width) for y in range(height))
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))]
    chunks += [(b"IDAT", zlib.compress(lines, 0)), (b"IEND", b"")]
    packed = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(packed)


def drop(page: Page, path: Path) -> None:
    """As from a window of files: Chromium reads the path itself."""
    spoken = page.context.new_cdp_session(page)
    data = {"items": [], "files": [str(path)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        spoken.send("Input.dispatchDragEvent", {"type": kind, "x": 600, "y": 400, "data": data})


def test_a_folder_is_chosen_another_one_dropped_and_one_is_taken_home(
    served: Served, windows: Windows, tmp_path: Path
) -> None:
    page = windows.open().page
    claim(page, served.claim_code)
    page.goto("/files")
    choose(page, tree(tmp_path / "chosen" / "Curso"), "Subir una carpeta")
    main = page.get_by_role("main")
    main.get_by_role("link", name="Carpeta Curso").press("Enter")
    expect(page).to_have_url(f"{served.url}/files?folder=Curso")
    expect(main.get_by_role("button", name="leeme.txt", exact=True)).to_be_visible()
    expect(main.get_by_text(".DS_Store")).to_have_count(0)
    main.get_by_role("link", name="Carpeta actas").click()
    main.get_by_role("link", name="Carpeta 2024").click()
    expect(main.get_by_role("button", name="junio.txt", exact=True)).to_be_visible()
    expect(main.get_by_role("navigation", name="Dónde estás").get_by_text("2024")).to_be_visible()
    page.go_back()
    expect(main.get_by_role("button", name="mayo.txt", exact=True)).to_be_visible()
    expect(main.get_by_role("button", name="leeme.txt", exact=True)).to_have_count(0)
    with page.expect_download() as download:
        main.get_by_role("button", name="Descargar la carpeta").press("Enter")
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as archive:
        assert sorted(archive.namelist()) == ["Curso/actas/2024/junio.txt", "Curso/actas/mayo.txt"]
        assert archive.read("Curso/actas/mayo.txt") == b"punto uno"

    page.goto("/files")
    expect(main.get_by_role("link", name="Carpeta Curso")).to_be_visible()
    drop(page, tree(tmp_path / "dropped" / "Año nuevo"))
    main.get_by_role("link", name="Carpeta Año nuevo").click()
    main.get_by_role("link", name="Carpeta actas").click()
    expect(main.get_by_role("button", name="mayo.txt", exact=True)).to_be_visible()
    page.get_by_label("Buscar por nombre").fill("junio")
    row = main.get_by_role("listitem").filter(has_text="junio.txt")
    expect(row.get_by_role("link", name="Año nuevo/actas/2024")).to_be_visible()


def test_a_small_picture_is_drawn_where_the_file_comes_from(
    served: Served, windows: Windows, tmp_path: Path
) -> None:
    page = windows.open(phone=True).page
    claim(page, served.claim_code)
    page.goto("/files")
    photo, film = tmp_path / "foto.png", tmp_path / "ensayo.webm"
    photo.write_bytes(noise(900, 600))
    choose(page, photo)
    page.wait_for_function(SEEN, arg=1)
    assert page.evaluate(SIDES) == [[320, 213]]
    film.write_bytes(bytes(page.evaluate(FILM)))
    choose(page, film)
    page.wait_for_function(SEEN, arg=2)
    assert page.evaluate(SIDES) == [[64, 48], [320, 213]]


def test_what_the_box_has_already_is_not_sent_again(served: Served, windows: Windows, tmp_path: Path) -> None:
    first, again = tmp_path / "ensayo.mp4", tmp_path / "copia.mp4"
    first.write_bytes(MP4 + Random(7).randbytes(3_000_000))
    again.write_bytes(first.read_bytes())
    page = windows.open().page
    claim(page, served.claim_code)
    page.goto("/files")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(f"{one.method} {one.url.removeprefix(served.url)}"))
    rows = page.get_by_role("main").get_by_role("listitem")
    choose(page, first)
    expect(rows.filter(has_text="ensayo.mp4")).to_contain_text("Se va al reiniciar")
    assert [one for one in sent if one.startswith("PATCH /api/uploads/tus") or one.endswith("/tus")]
    sent.clear()
    choose(page, again)
    expect(rows.filter(has_text="copia.mp4").get_by_role("link", name="Descargar")).to_be_visible()
    expect(page.get_by_role("status").filter(has_text="copia.mp4 ya estaba aquí")).to_be_visible()
    assert not [one for one in sent if "/tus" in one or one.startswith("PUT")], sent


def test_an_upload_goes_on_at_another_computer(served: Served, windows: Windows, tmp_path: Path) -> None:
    film = tmp_path / "ensayo general.mp4"
    film.write_bytes(MP4 + Random(5).randbytes(9_000_000))
    first, second = windows.open(), windows.open()
    claim(first.page, served.claim_code)
    first.page.goto("/files")
    slow(first, 2_000_000)
    choose(first.page, film)
    under_way(first.page)
    first.page.goto("/help")

    page = second.page
    page.goto("/login")
    page.get_by_label("Usuario").fill(ADMIN[1])
    page.get_by_role("textbox", name="Contraseña").fill(ADMIN[2])
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", name="Hola, Marta")).to_be_visible()
    page.goto("/files")
    expect(page.get_by_role("heading", name="Sin terminar")).to_be_visible()
    began: list[str] = []
    page.on("request", lambda one: began.append(f"{one.method} {one.headers.get('upload-offset')}"))
    choose(page, film, f"Elegir otra vez {film.name}")
    link = page.get_by_role("link", name=f"Descargar {film.name}")
    expect(link).to_be_visible()
    offsets = [int(one.split()[1]) for one in began if one.startswith("PATCH")]
    assert offsets and offsets[0] > 0, began
    with page.expect_download() as download:
        link.click()
    assert Path(download.value.path()).read_bytes() == film.read_bytes()


def test_administrators_narrow_the_list_down_and_see_what_a_restart_takes(
    served: Served, windows: Windows, tmp_path: Path
) -> None:
    marta, ana = windows.open(), windows.open(phone=True)
    claim(marta.page, served.claim_code)
    choose_password(ana.page, invite(marta.page, ANA[0], ANA[1]), ANA[2])
    marta.page.get_by_role("button", name="Listo").click()
    kept, lost = tmp_path / "se queda.txt", tmp_path / "se va.txt"
    for path in (kept, lost):
        path.write_text(path.name)
    ana.page.goto("/files")
    choose(ana.page, kept)
    rows = marta.page.get_by_role("main").get_by_role("listitem")
    expect(ana.page.get_by_role("button", name="se queda.txt", exact=True)).to_be_visible()
    save(marta.page, "con el primero")
    marta.page.goto("/files")
    choose(marta.page, lost)
    expect(rows.filter(has_text="se va.txt")).to_contain_text("Se va al reiniciar")
    expect(rows.filter(has_text="se queda.txt")).not_to_contain_text("Se va al reiniciar")
    show = marta.page.get_by_label("Cuáles")
    show.select_option("Los que se van al reiniciar")
    expect(rows).to_have_count(1)
    expect(rows).to_contain_text("se va.txt")
    show.select_option("Ana")
    expect(rows).to_contain_text("se queda.txt")
    rows.get_by_role("button", name="Borrar se queda.txt").press("Enter")
    gone = marta.page.get_by_role("region", name="Borrados ahora mismo")
    expect(gone).to_contain_text("vuelve al reiniciar")
    expect(ana.page.get_by_role("button", name="se queda.txt", exact=True)).to_have_count(0)
    gone.get_by_role("button", name="Deshacer: se queda.txt").press("Enter")
    expect(ana.page.get_by_role("button", name="se queda.txt", exact=True)).to_be_visible()


@pytest.fixture
def full(tmp_path: Path) -> Iterator[Served]:
    """No disk is as large as what this box leaves free."""
    one = Served(tmp_path / "full", settings={**CHOICES, "free_floor_bytes": str(10**15)})
    yield one
    one.stop()


def test_a_full_disk_is_told_to_administrators_and_many_refusals_as_one(
    full: Served, chromium: Browser, tmp_path: Path
) -> None:
    windows = Windows(chromium, full.url)
    windows.expected.append("507")
    page = windows.open(phone=True).page
    claim(page, full.claim_code)
    page.goto("/files")
    expect(page.get_by_text("Disco lleno: no cabe ningún archivo más")).to_be_visible()
    paths = [tmp_path / f"acta {number}.txt" for number in range(6)]
    for path in paths:
        path.write_text(path.name)
    with page.expect_file_chooser() as chosen:
        page.get_by_role("button", name="Subir archivos").click()
    chosen.value.set_files(paths)
    refused = page.get_by_role("region", name="Subiendo").get_by_role("listitem")
    expect(refused).to_have_count(1)
    expect(refused).to_contain_text("6 archivos no han llegado")
    expect(refused).to_contain_text("No queda sitio en la caja")
    refused.get_by_role("button", name="Quitar todos de la lista").press("Enter")
    expect(refused).to_have_count(0)
    windows.close()


SUM = """async () => {
    const main = document.querySelector("script[type=module]").src;
    const { sumOf } = await import(main.replace("main.js", "net/here.js"));
    return sumOf(new Blob([new Uint8Array(3_000_000).fill(7)])).done;
}"""


def test_firefox_too_sums_a_file_beside_the_page(served: Served, tmp_path: Path) -> None:
    with firefox(tmp_path / "profile") as browser:
        browser.goto(served.url)
        assert browser.evaluate(SUM) == hashlib.sha256(bytes([7]) * 3_000_000).hexdigest()
