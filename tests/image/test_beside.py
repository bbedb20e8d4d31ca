"""Steps that talk to a real PiChat: a lost password asked for by a file, and what the screen tells of it."""

import json
import re
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
from box import code, recover, screen, steps
from box.words import StepError

from tests.image.boards import Board
from tests.served import CHOICES, Served, command, eventually

REQUEST = "recuperar-clave.txt"


@pytest.fixture
def served(board: Board) -> Iterator[Served]:
    """A claimed box whose data lie where the board has them."""
    one = Served(board.data)
    try:
        post(one, "/api/claim", code=one.claim_code, username="marta", password="el faro rojo 7")
        yield one
    finally:
        one.stop()


def post(served: Served, path: str, **body: str) -> None:
    headers = {"Content-Type": "application/json"}
    asked = urllib.request.Request(f"{served.url}{path}", json.dumps(body).encode(), headers)
    urllib.request.urlopen(asked).close()


def ask(board: Board) -> None:
    (board.card / f"NO-{REQUEST}").rename(board.card / REQUEST)


def test_a_code_lies_on_the_card_until_it_is_used(board: Board, served: Served) -> None:
    ask(board)
    waiting = threading.Thread(
        target=recover.recover, args=(board, served.port), kwargs={"pause": 0.05}, daemon=True
    )
    waiting.start()
    eventually((board.card / f"NO-{REQUEST}").exists, 60)
    text = (board.card / "CLAVE.txt").read_text("utf-8-sig")
    assert "«marta»" in text
    assert not (board.card / REQUEST).exists()
    post(served, "/api/users/login", username="marta", password="el faro rojo 7")
    post(served, "/api/users/reset", token=recover.shown(board), password="la barca verde 8")
    waiting.join(timeout=20)
    assert not (board.card / "CLAVE.txt").exists()
    post(served, "/api/users/login", username="marta", password="la barca verde 8")


def test_the_screen_shows_what_a_reboot_leads_to_and_who_is_there(board: Board, served: Served) -> None:
    text = board.screen()
    assert "Todavía no hay nada guardado" in text
    assert "Personas conectadas: 0" in text
    assert command("save", "--data", str(board.data)).returncode == 0
    text = board.screen()
    assert re.search(
        r"Estable: generación 1, (lunes|martes|miércoles|jueves|viernes|sábado|domingo) \d", text
    )
    served.stop()
    assert "personas" not in board.screen()


def test_where_https_is_a_must_screen_and_card_lead_there(board: Board) -> None:
    served = Served(board.data, settings={**CHOICES, "tls": "required", "tls_port": "0"})
    try:
        code.code(board, served.port)
        on_card = (board.card / "CODIGO.txt").read_text("utf-8-sig")
        post(served, "/api/claim", code=served.claim_code, username="marta", password="el faro rojo 7")
        with urllib.request.urlopen(f"{served.url}/api/network-info") as answer:
            info = json.load(answer)
        digits = info["https"]["fingerprint"]
        shown = screen.lines(screen.mark(info, screen.WORDS["es"]))
        assert shown[-1].replace(" ", "") == digits
        assert max(map(len, shown)) <= 80
        assert shown[-1].strip() in on_card
        code.code(board, served.port)
        assert not (board.card / "CODIGO.txt").exists()
        board.note("identity", {"name": "pichat", "wifi": "", "tls": "required"})
        ask(board)
        secure = info["https"]["port"]
        waiting = threading.Thread(
            target=recover.recover,
            args=(board, served.port),
            kwargs={"pause": 0.05, "tls_port": secure},
            daemon=True,
        )
        waiting.start()
        eventually((board.card / f"NO-{REQUEST}").exists, 60)
        assert "https://pichat.local/reset" in (board.card / "CLAVE.txt").read_text("utf-8-sig")
        link = recover.shown(board)
        assert not recover.over(link, served.port, secure)
        with urllib.request.urlopen(f"{served.url}/api/certificate") as answer:
            trust = ssl.create_default_context(cadata=answer.read())
        body = json.dumps({"token": link, "password": "la barca verde 8"}).encode()
        reset = urllib.request.Request(f"https://127.0.0.1:{secure}/api/users/reset", body)
        reset.add_header("Content-Type", "application/json")
        urllib.request.urlopen(reset, context=trust).close()
        waiting.join(timeout=20)
        assert not (board.card / "CLAVE.txt").exists()
    finally:
        served.stop()
    assert screen.mark(None, screen.WORDS["en"]) == screen.mark({"https": None}, screen.WORDS["en"]) == []


def test_after_a_day_of_running_the_file_is_gone_and_nothing_is_asked_twice(board: Board) -> None:
    ask(board)
    recover.recover(board, 9, patience=0)
    assert not (board.card / "CLAVE.txt").exists()
    before = board.written
    recover.recover(board, 9, patience=0)
    assert board.written == before


def test_a_code_of_an_earlier_boot_is_asked_about_again(board: Board, served: Served) -> None:
    ask(board)
    recover.answer(board)
    assert not recover.over(recover.shown(board), served.port)
    assert not recover.over(recover.shown(board), 9), "a box that does not answer keeps the file"
    (board.card / f"NO-{REQUEST}").rename(board.card / REQUEST)
    first = recover.shown(board)
    recover.answer(board)
    assert recover.over(first, served.port)
    assert not recover.over(recover.shown(board), served.port)


def test_a_card_that_cannot_be_written_keeps_the_request_and_says_so(board: Board) -> None:
    ask(board)
    board.card_writable = False
    with pytest.raises(StepError, match="cannot be written"):
        recover.recover(board)
    assert steps.run(board, "recover") == 1
    assert "solo en pantalla" in board.noted("trouble")["recover"]["es"]
    assert (board.card / REQUEST).exists()
