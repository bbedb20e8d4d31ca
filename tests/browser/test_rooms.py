"""Rooms and the people in them, in several browsers: made, entered, run, left; as both sides see it."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Windows
from tests.browser.test_story import ADMIN, message
from tests.people import PASSWORD
from tests.served import Served

NAMES = {"ana": "Ana", "beto": "Beto"}


def house(served: Served, windows: Windows, *names: str) -> list[Page]:
    """A claimed box: Marta at a desk, the others on phones, all of them in the general room."""
    pages = [windows.open(phone=bool(at)).page for at in range(len(names) + 1)]
    marta = pages[0].request
    claim = {"code": served.claim_code, "name": ADMIN[0], "username": ADMIN[1], "password": ADMIN[2]}
    assert marta.post("/api/claim", data={**claim, "session": "cookie"}).ok
    for name, page in zip(names, pages[1:], strict=True):
        account = {"username": name, "name": NAMES[name], "role": "usuario", "password": PASSWORD}
        assert marta.post("/api/users", data=account).ok
        credentials = {"username": name, "password": PASSWORD, "session": "cookie"}
        assert page.request.post("/api/users/login", data=credentials).ok
    for page in pages:
        page.goto("/chat/r_general")
        expect(page.get_by_label("Mensaje para General")).to_be_visible()
    return pages


def made(page: Page, **wish: object) -> dict[str, str]:
    """A room of this person, as a program would make it."""
    answer = page.request.post("/api/rooms", data=wish)
    assert answer.ok, answer.text()
    room: dict[str, str] = answer.json()
    return room


def identity(page: Page, name: str) -> str:
    people = page.request.get(f"/api/people?q={name}").json()["items"]
    return str(people[0]["id"])


def begin(page: Page, kind: str) -> Locator:
    """The dialog for something new of this kind."""
    page.get_by_role("button", name="Nueva sala o conversación").click()
    page.get_by_role("button", name=kind).click()
    return page.get_by_role("dialog")


def panel(page: Page) -> Locator:
    page.get_by_role("button", name="Quién está aquí").click()
    return page.get_by_role("dialog")


def about(page: Page, name: str) -> Locator:
    """What may be done about somebody."""
    panel(page).get_by_role("button", name=f"Opciones de {name}").click()
    return page.get_by_role("dialog")


def say(page: Page, room: str, text: str) -> None:
    page.get_by_label(f"Mensaje para {room}").fill(text)
    page.get_by_role("button", name="Enviar").click()


def in_list(page: Page, name: str) -> Locator:
    return page.get_by_role("region", name="Salas").get_by_role("link", name=name)


def enter(page: Page, code: str, name: str, password: str = "") -> None:
    page.goto(f"/enter#{code}")
    page.get_by_label("Tu nombre").fill(name)
    page.get_by_role("textbox", name="Contraseña de la sala").fill(password)
    page.get_by_role("button", name="Entrar", exact=True).click()


def test_each_kind_of_room_is_made_by_keyboard_and_people_are_invited(
    served: Served, windows: Windows
) -> None:
    marta, ana, _beto = house(served, windows, "ana", "beto")
    keys = marta.keyboard

    begin(marta, "Escribir a una persona")
    who = marta.get_by_role("combobox", name="¿A quién escribes?")
    expect(who).to_be_focused()
    keys.type("an")
    expect(marta.get_by_role("option")).to_have_count(1)
    expect(marta.get_by_role("option", name="Ana @ana")).to_have_attribute("aria-selected", "true")
    keys.press("Enter")
    say(marta, "Ana", "solo para ti")

    dialog = begin(marta, "Grupo")
    dialog.get_by_label("Nombre de la sala").fill("Montaje")
    dialog.get_by_role("combobox", name="Personas").focus()
    expect(marta.get_by_role("option")).to_have_count(2)
    keys.press("ArrowUp")
    expect(marta.get_by_role("option", name="Beto")).to_have_attribute("aria-selected", "true")
    keys.press("Escape")
    expect(marta.get_by_role("listbox")).to_be_hidden()
    expect(dialog).to_be_visible()
    keys.press("ArrowDown")
    expect(marta.get_by_role("option")).to_have_count(2)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(dialog.get_by_role("button", name="Quitar a Ana")).to_be_visible()
    dialog.get_by_role("button", name="Crear la sala").click()
    say(marta, "Montaje", "a las cinco")

    ana.goto("/chat")
    expect(in_list(ana, "Marta")).to_contain_text("1 sin leer")
    in_list(ana, "Montaje").click()
    expect(message(ana, "a las cinco")).to_be_visible()

    dialog = begin(marta, "Sala abierta")
    dialog.get_by_label("Nombre de la sala").fill("Ajedrez")
    dialog.get_by_role("button", name="Crear la sala").click()
    expect(marta.get_by_role("heading", name="Ajedrez", level=1)).to_be_visible()
    ana.goto("/chat")
    expect(ana.get_by_role("heading", name="Otras salas abiertas")).to_be_visible()
    in_list(ana, "Ajedrez").click()
    ana.get_by_role("button", name="Entrar en la sala").click()
    say(ana, "Ajedrez", "¿juegas?")
    expect(message(marta, "¿juegas?")).to_be_visible()

    panel(marta).get_by_role("button", name="Quitar las notificaciones").click()
    expect(marta.get_by_role("button", name="Poner las notificaciones")).to_be_visible()
    marta.get_by_role("button", name="Invitar a gente").click()
    marta.get_by_role("combobox").fill("@beto")
    expect(marta.get_by_role("option", name="Beto")).to_be_visible()
    keys.press("Enter")
    marta.get_by_role("button", name="Invitar", exact=True).click()
    expect(marta.get_by_role("dialog").get_by_text("Beto")).to_be_visible()
    keys.press("Escape")
    expect(in_list(marta, "Ajedrez")).to_contain_text("Sin notificaciones")


def test_a_guest_comes_in_by_code_and_password_and_is_silenced_and_shown_out(
    served: Served, windows: Windows
) -> None:
    (marta,) = house(served, windows)
    rosa = windows.open(phone=True).page
    windows.expected += ["status of 4", "WebSocket"]  # wrong codes and ended stays: browsers say so
    dialog = begin(marta, "Sala con código")
    dialog.get_by_label("Nombre de la sala").fill("Taller")
    dialog.get_by_role("textbox", name="Contraseña de la sala").fill("tornillo")
    expect(dialog).to_contain_text("también gente sin cuenta")
    dialog.get_by_role("button", name="Crear la sala").click()
    with marta.context.expect_page() as opened:
        panel(marta).get_by_role("link", name="Tarjeta para la mesa").click()
    card = opened.value
    expect(card.get_by_role("heading", name="Taller")).to_be_visible()
    expect(card.locator(".qr path")).to_have_attribute("d", re.compile("M"))
    expect(card.get_by_role("main").get_by_role("listitem")).to_have_count(3)
    code = card.locator(".sheet__code").inner_text()
    card.close()
    marta.keyboard.press("Escape")

    enter(rosa, "AAAA-AAAA", "Rosa", "tornillo")
    expect(rosa.get_by_text("Ese código no es")).to_be_visible()
    rosa.get_by_label("Código", exact=True).fill(code.lower())
    rosa.get_by_role("textbox", name="Contraseña de la sala").fill("")
    rosa.get_by_role("button", name="Entrar", exact=True).click()
    expect(rosa.get_by_text("Esta sala pide también una contraseña")).to_be_visible()
    rosa.get_by_role("textbox", name="Contraseña de la sala").fill("clavo")
    rosa.get_by_role("button", name="Entrar", exact=True).click()
    expect(rosa.get_by_text("La contraseña no es esa")).to_be_visible()
    rosa.get_by_role("textbox", name="Contraseña de la sala").fill("tornillo")
    rosa.get_by_role("button", name="Entrar", exact=True).click()
    say(rosa, "Taller", "hola, soy Rosa")
    expect(message(marta, "hola, soy Rosa")).to_be_visible()

    for place in ("Inicio", "Archivos", "Nueva"):
        expect(rosa.get_by_text(place, exact=True)).to_have_count(0)
    rosa.goto("/files")
    expect(message(rosa, "hola, soy Rosa")).to_be_visible()
    tab = rosa.context.new_page()  # the phone slept and dropped the old one
    tab.goto("/")
    expect(message(tab, "hola, soy Rosa")).to_be_visible()
    tab.close()

    about(marta, "Rosa").get_by_role("button", name="Silenciar 10 minutos").click()
    expect(rosa.get_by_text("Quien modera te ha dejado en silencio")).to_be_visible()
    marta.get_by_role("button", name="Devolver la palabra").click()
    expect(rosa.get_by_text("Quien modera te ha dejado en silencio")).to_have_count(0)
    marta.get_by_role("button", name="Sacar de la sala").click()
    expect(rosa.get_by_text("Tu visita ha terminado")).to_be_visible()
    expect(marta.get_by_role("button", name="Opciones de Rosa")).to_have_count(0)
    marta.keyboard.press("Escape")

    enter(rosa, code, "Rosa", "tornillo")
    expect(rosa.get_by_label("Mensaje para Taller")).to_be_visible()
    about(marta, "Rosa").get_by_role("button", name="Sacar y no dejar volver").click()
    marta.get_by_label("Motivo").fill("molesta")
    marta.get_by_role("dialog").get_by_role("button", name="Sacar y no dejar volver").click()
    expect(rosa.get_by_text("Tu visita ha terminado")).to_be_visible()
    enter(rosa, code, "Rosa", "tornillo")
    expect(rosa.get_by_text("No se puede entrar")).to_be_visible()

    marta.get_by_role("button", name="Quién no puede entrar").click()
    ban = marta.get_by_role("dialog").get_by_role("listitem").filter(has_text="molesta").first
    expect(ban).to_contain_text("Rosa")
    while marta.get_by_role("button", name="Dejar volver").count():
        count = marta.get_by_role("button", name="Dejar volver").count()
        marta.get_by_role("button", name="Dejar volver").first.click()
        expect(marta.get_by_role("button", name="Dejar volver")).to_have_count(count - 1)
    expect(marta.get_by_text("Todo el mundo puede entrar")).to_be_visible()
    rosa.get_by_role("button", name="Entrar", exact=True).click()
    expect(rosa.get_by_label("Mensaje para Taller")).to_be_visible()
    rosa.get_by_role("button", name="Salir", exact=True).click()
    rosa.get_by_role("dialog").get_by_role("button", name="Salir de la sala").click()
    expect(rosa.get_by_label("Tu nombre")).to_be_visible()
    rosa.goto("/chat")
    expect(rosa.get_by_label("Usuario")).to_be_visible()


def test_a_room_is_run_by_those_who_were_given_a_part_in_it(served: Served, windows: Windows) -> None:
    marta, ana = house(served, windows, "ana")
    room = made(marta, name="Feria", kind="group", members=[identity(marta, "ana")])
    for page in (marta, ana):
        page.goto(f"/chat/{room['id']}")
    box = panel(ana)
    for deed in ("Ajustes de la sala", "Quién no puede entrar", "Código y contraseña", "Invitar a gente"):
        expect(box.get_by_role("button", name=deed)).to_have_count(0)
    about_ana = about(marta, "Ana")
    about_ana.get_by_role("button", name="Que modere").click()
    expect(box.get_by_role("button", name="Invitar a gente")).to_be_visible()
    expect(box.get_by_role("button", name="Ajustes de la sala")).to_have_count(0)
    ana.keyboard.press("Escape")
    about_ana.get_by_role("button", name="Que deje de moderar").click()
    about_ana.get_by_role("button", name="Volver", exact=True).click()

    marta.get_by_role("button", name="Ajustes de la sala").click()
    marta.get_by_label("Nombre de la sala").fill("Feria 2026")
    marta.get_by_label("Solo escribe quien modera").check()
    marta.get_by_role("button", name="Guardar los cambios").click()
    expect(ana.get_by_role("heading", name="Feria 2026", level=1)).to_be_visible()
    expect(ana.get_by_text("Aquí solo escribe quien modera")).to_be_visible()
    marta.get_by_role("button", name="Ajustes de la sala").click()
    marta.get_by_label("Solo escribe quien modera").uncheck()
    marta.get_by_label("Modo lento").select_option("300")
    marta.get_by_role("button", name="Guardar los cambios").click()
    expect(ana.get_by_text("Modo lento: un mensaje cada 300 segundos")).to_be_visible()
    marta.keyboard.press("Escape")
    say(ana, "Feria 2026", "uno")
    expect(message(marta, "uno")).to_be_visible()
    say(ana, "Feria 2026", "dos")
    expect(message(marta, "dos")).to_have_count(0)

    panel(marta).get_by_role("button", name="Ajustes de la sala").click()
    marta.get_by_role("button", name="Archivar la sala").click()
    expect(ana.get_by_text("Sala archivada")).to_be_visible()
    ana.goto("/chat")
    expect(in_list(ana, "General")).to_be_visible()
    expect(in_list(ana, "Feria 2026")).to_have_count(0)
    ana.get_by_role("button", name="Archivadas").click()
    in_list(ana, "Feria 2026").click()
    expect(message(ana, "uno")).to_be_visible()
    ana.goto("/chat")
    marta.get_by_role("button", name="Ajustes de la sala").click()
    marta.get_by_role("button", name="Sacar del archivo").click()
    in_list(ana, "Feria 2026").click()

    marta.get_by_role("button", name="Opciones de Ana").click()
    marta.get_by_role("button", name="Darle la sala").click()
    marta.get_by_role("dialog").get_by_role("button", name="Darle la sala").click()
    expect(marta.get_by_role("dialog").get_by_text("modera", exact=True)).to_be_visible()
    marta.keyboard.press("Escape")
    panel(ana).get_by_role("button", name="Salir de la sala").click()
    expect(ana.get_by_text("La sala pasa a quien modere")).to_be_visible()
    ana.get_by_role("dialog").get_by_role("button", name="Salir de la sala").click()
    expect(in_list(ana, "General")).to_be_visible()
    expect(in_list(ana, "Feria 2026")).to_have_count(0)
    expect(marta.get_by_role("heading", name="Feria 2026", level=1)).to_be_visible()
    expect(panel(marta).get_by_text("la creó")).to_be_visible()


def test_what_is_not_kept_goes_with_the_last_one(served: Served, windows: Windows) -> None:
    marta, ana = house(served, windows, "ana")
    dialog = begin(marta, "Grupo")
    dialog.get_by_label("Nombre de la sala").fill("Café")
    dialog.get_by_role("combobox").fill("ana")
    marta.get_by_role("option", name="Ana").click()
    dialog.get_by_label("No guardar nada").check()
    dialog.get_by_role("button", name="Crear la sala").click()
    ana.goto("/chat")
    in_list(ana, "Café").click()
    say(marta, "Café", "entre nosotras")
    expect(message(ana, "entre nosotras")).to_be_visible()
    for page in (marta, ana):
        panel(page).get_by_role("button", name="Salir de la sala").click()
        expect(page.get_by_role("dialog")).to_contain_text("si eres la última persona, se borra")
        page.get_by_role("dialog").get_by_role("button", name="Salir de la sala").click()
        expect(in_list(page, "Café")).to_have_count(0)
    assert all(one["name"] != "Café" for one in marta.request.get("/api/rooms").json()["items"])


def test_the_code_changes_and_is_taken_away(served: Served, windows: Windows) -> None:
    marta, ana = house(served, windows, "ana")
    windows.expected.append("status of 4")
    room = made(marta, name="Patio", kind="private", code=True)
    marta.goto(f"/chat/{room['id']}")
    panel(marta).get_by_role("button", name="Código y contraseña").click()
    shown = marta.locator(".room-code__code")
    first = shown.inner_text()
    marta.get_by_role("button", name="Cambiar el código").click()
    expect(shown).not_to_have_text(first)
    second = shown.inner_text()
    marta.get_by_role("textbox", name="Poner una contraseña").fill("escalera")
    marta.get_by_role("button", name="Guardar la contraseña").click()
    expect(marta.get_by_role("button", name="Quitar la contraseña")).to_be_visible()

    expect(marta.get_by_role("button", name="Copiar el enlace")).to_be_visible()
    ana.goto("/chat")
    begin(ana, "Entrar con código")
    ana.get_by_label("Código", exact=True).fill(first)
    ana.get_by_role("button", name="Entrar", exact=True).click()
    expect(ana.get_by_text("Ese código no es")).to_be_visible()
    ana.get_by_label("Código", exact=True).fill(second)
    ana.get_by_role("textbox", name="Contraseña de la sala").fill("escalera")
    ana.get_by_role("button", name="Entrar", exact=True).click()
    expect(ana.get_by_label("Mensaje para Patio")).to_be_visible()
    marta.get_by_role("button", name="Quitar el código").click()
    expect(marta.get_by_text("Esta sala no tiene código")).to_be_visible()
    marta.goto(f"/chat/{room['id']}/card")
    expect(marta.get_by_role("heading", name="Esta sala no tiene tarjeta")).to_be_visible()
    ana.goto(f"/chat/{room['id']}/card")
    expect(ana.get_by_text("Tu cuenta no puede hacer esto")).to_be_visible()
    for page in (marta, ana):
        page.goto(f"/chat/{room['id']}")
        expect(page.get_by_label("Mensaje para Patio")).to_be_visible()
    about(marta, "Ana").get_by_role("button", name="Sacar de la sala").click()
    expect(ana.get_by_role("heading", name="Te han sacado de Patio")).to_be_visible()
    ana.get_by_role("link", name="Ver las salas").click()
    expect(in_list(ana, "General")).to_be_visible()
    expect(in_list(ana, "Patio")).to_have_count(0)


def test_what_is_reported_is_seen_and_put_off_the_list(served: Served, windows: Windows) -> None:
    marta, ana, beto = house(served, windows, "ana", "beto")
    say(beto, "General", "vete ya")
    message(ana, "vete ya").wait_for()
    ana.get_by_role("article").get_by_role("button", name="Opciones del mensaje").focus()
    ana.keyboard.press("Enter")
    ana.get_by_role("dialog").get_by_role("button", name="Avisar a quien modera").click()
    about(ana, "Beto").get_by_role("button", name="Avisar a quien modera").click()
    ana.get_by_label("Motivo").fill("grita")
    ana.get_by_role("button", name="Enviar el aviso").click()
    expect(ana.get_by_role("status").get_by_text("Aviso enviado").last).to_be_visible()
    expect(marta.get_by_role("status").get_by_text("Alguien ha enviado un aviso").last).to_be_visible()
    marta.get_by_role("button", name="Revisar").last.click()
    said = marta.get_by_role("listitem").filter(has_text="Un mensaje de Beto")
    expect(said.get_by_role("blockquote")).to_have_text("vete ya")
    said.get_by_role("button", name="Ver el mensaje").click()
    expect(message(marta, "vete ya")).to_be_visible()
    marta.goto("/admin/reports")
    said.get_by_role("button", name="Visto").click()
    report = marta.get_by_role("listitem").filter(has_text="Avisa Ana")
    expect(report).to_have_count(1)
    expect(report).to_contain_text("grita")
    expect(marta.get_by_text("Ana: avisó de algo en una sala")).to_have_count(2)
    report.get_by_role("button", name="Visto").click()
    expect(marta.get_by_text("No hay avisos pendientes")).to_be_visible()
    ana.goto("/admin/reports")
    expect(ana.get_by_role("link", name="Avisos")).to_have_count(0)


def test_who_is_not_signed_in_comes_back_to_where_they_wanted(served: Served, windows: Windows) -> None:
    house(served, windows, "ana")
    page = windows.open(phone=True).page
    for address, wanted in (
        ("/chat/r_general", "/chat/r_general"),
        ("/files", "/files"),
        ("/login?next=/chat/r_general", "/chat/r_general"),
        ("/login?next=//evil.example/", "/inicio"),
    ):
        page.goto("about:blank")  # nothing of the page before is under way any more
        page.context.clear_cookies()
        page.goto(address)
        page.get_by_label("Usuario").fill("ana")
        page.get_by_role("textbox", name="Contraseña").fill(PASSWORD)
        page.get_by_role("button", name="Entrar", exact=True).click()
        expect(page.get_by_label("Usuario")).to_have_count(0)
        expect(page).to_have_url(re.compile(f"{re.escape(wanted)}$"))


def nameless(page: Page) -> list[str]:
    """What a screen reader would announce without a name."""
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = {
        "button",
        "link",
        "textbox",
        "combobox",
        "checkbox",
        "radio",
        "listbox",
        "option",
        "dialog",
        "image",
    }
    seen = [node for node in tree if not node["ignored"] and node["role"]["value"] in roles]
    assert seen
    return [node["role"]["value"] for node in seen if not node.get("name", {}).get("value", "").strip()]


def test_everything_has_a_name_and_the_keyboard_reaches_it(served: Served, windows: Windows) -> None:
    marta, _ana = house(served, windows, "ana")
    room = made(marta, name="Taller", kind="private", code=True, members=[identity(marta, "ana")])
    marta.goto(f"/chat/{room['id']}")
    keys = marta.keyboard
    new = marta.get_by_role("button", name="Nueva sala o conversación")
    new.focus()
    keys.press("Enter")
    dialog = marta.get_by_role("dialog")
    expect(dialog).to_be_visible()
    for _ in range(8):  # round and round, never out of the dialog
        keys.press("Tab")
        assert dialog.evaluate("box => box.contains(document.activeElement)")
    assert nameless(marta) == []
    keys.press("Escape")
    expect(new).to_be_focused()

    people = marta.get_by_role("button", name="Quién está aquí")
    people.focus()
    keys.press("Enter")
    expect(dialog).to_be_visible()
    for step in ("Invitar a gente", "Ajustes de la sala", "Código y contraseña", "Quién no puede entrar"):
        dialog.get_by_role("button", name=step).focus()
        keys.press("Enter")
        expect(dialog.get_by_role("heading", name=step)).to_be_visible()
        assert dialog.evaluate("box => box.contains(document.activeElement)"), step
        assert nameless(marta) == [], step
        dialog.get_by_role("button", name="Volver", exact=True).focus()
        keys.press("Enter")
        expect(dialog.get_by_role("heading", name="Taller")).to_be_visible()
        assert dialog.evaluate("box => box.contains(document.activeElement)"), step
    keys.press("Escape")
    expect(people).to_be_focused()
    for address in ("/chat", "/admin/reports", f"/chat/{room['id']}/card", "/enter"):
        marta.goto(address)
        expect(marta.get_by_role("heading", level=1)).to_be_visible()
        assert nameless(marta) == [], address
