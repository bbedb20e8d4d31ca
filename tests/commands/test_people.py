"""`pichat adduser | passwd | recover`, with a server and without: who gets in, and what is refused."""

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.commands.conftest import Pichat
from tests.people import Person
from tests.served import Served
from tests.store.rigs import Rig, keep, spoil

PASSWORD = "la luna de papel 9"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


@pytest.fixture
def served(data: Path) -> Iterator[Served]:
    one = Served(data)
    yield one
    one.stop()


def person(served: Served, name: str, password: str = PASSWORD) -> Person:
    return Person(SimpleNamespace(port=served.port), name, password)


def code_of(said: str) -> str:
    found = re.search(r"^code: (\S+)$", said, re.MULTILINE)
    assert found, said
    return found[1]


def audited(data: Path) -> list[Any]:
    with closing(sqlite3.connect(data / "box.db")) as db:
        return [row[0] for row in db.execute("SELECT action FROM audit ORDER BY number").fetchall()]


async def enters(served: Served, name: str, code: str, password: str = PASSWORD) -> None:
    """Uses a one-time code as the page does, and signs in."""
    one = person(served, name, password)
    answer = await one.post("/api/users/reset", {"token": code, "password": password})
    assert answer.status == 200, answer.text
    await one.sign_in()
    await one.leave()


async def test_accounts_are_made_without_a_server_and_work_beside_one(data: Path, pichat: Pichat) -> None:
    code, said = pichat(data, "adduser", "marta", "--role", "administrator", "--password", typed=PASSWORD)
    assert (code, said) == (0, "marta has an account now (administrator)")
    code, said = pichat(data, "adduser", "ana", "--name", "Ana")
    assert (code, said.splitlines()[0]) == (0, "ana has an account now (usuario)")
    assert audited(data) == ["account_created", "account_created"]
    served = Served(data)
    try:
        assert "claim" not in served.greeting
        await enters(served, "ana", code_of(said))
        marta = await person(served, "marta").sign_in()
        code, said = pichat(data, "adduser", "beto", "--role", "cliente")
        assert code == 0
        assert f"  {served.url.rstrip('/')}/reset#{code_of(said)}" in said.splitlines()
        await enters(served, "beto", code_of(said))
        people = (await marta.get("/api/users")).json["items"]
        assert [(one["username"], one["role"]) for one in people] == [
            ("ana", "usuario"),
            ("beto", "cliente"),
            ("marta", "administrator"),
        ]
        await marta.leave()
    finally:
        served.stop()


async def test_a_new_password_ends_what_the_old_one_began(served: Served, pichat: Pichat) -> None:
    data = served.data
    pichat(data, "adduser", "marta", "--role", "administrator", "--password", typed=PASSWORD)
    assert not (data / "claim.txt").exists()  # the box has an owner now
    marta = await person(served, "marta").sign_in()
    code, said = pichat(data, "passwd", "marta", typed="otra palabra larga 5\n")
    assert (code, said) == (0, "marta has a new password; every session of that account is over")
    assert (await marta.get("/api/users/me")).status == 401
    await person(served, "marta", "otra palabra larga 5").sign_in()
    assert (await marta.post("/api/users/login", {"username": "marta", "password": PASSWORD})).status == 401
    await marta.leave()


async def test_recover_gives_the_first_administrator_a_code(served: Served, pichat: Pichat) -> None:
    data = served.data
    for name, role in (("marta", "administrator"), ("olga", "administrator"), ("ana", "cliente")):
        pichat(data, "adduser", name, "--role", role, "--password", typed=PASSWORD)
    code, said = pichat(data, "recover")
    assert (code, said.splitlines()[0]) == (0, "administrator: marta")
    await person(served, "marta").sign_in()  # until the code is used the old one holds
    await enters(served, "marta", code_of(said).lower().replace("-", " "), "otra palabra larga 5")
    answer = await person(served, "marta").post(
        "/api/users/reset", {"token": code_of(said), "password": PASSWORD}
    )
    assert answer.code == "bad_code"  # once
    assert pichat(data, "recover", "olga")[1].splitlines()[0] == "administrator: olga"
    assert pichat(data, "recover", "ana") == (1, "pichat: that account is not an administrator's")
    assert pichat(data, "recover", "nadie") == (1, "pichat: there is no such account")
    assert audited(data).count("reset_link_made") == 2


async def test_recover_makes_an_administrator_where_none_is_left(data: Path, pichat: Pichat) -> None:
    pichat(data, "adduser", "administrador", "--password", typed=PASSWORD)
    code, said = pichat(data, "recover")
    assert code == 0
    assert said.splitlines()[:2] == [
        "no administrator was left: there is a new account",
        "administrator: administrador2",
    ]
    assert "http://<address of this box>:8000/reset#" in said
    assert pichat(data, "recover")[1].splitlines()[0] == "administrator: administrador2"
    code = code_of(pichat(data, "recover")[1])
    served = Served(data)
    try:
        await enters(served, "administrador2", code)
    finally:
        served.stop()


def test_recover_does_not_need_the_content(tmp_path: Path, pichat: Pichat) -> None:
    rig = Rig(tmp_path)
    keep(rig.open())
    rig.close()
    spoil(rig.layout.generation(1) / "content.db", lambda _: b"")
    assert pichat(rig.settings.data, "restore")[0] == 1
    assert pichat(rig.settings.data, "recover")[0] == 0


@pytest.mark.parametrize("beside", [False, True])
def test_what_is_refused_is_one_line(data: Path, pichat: Pichat, beside: bool) -> None:
    served = Served(data) if beside else None
    try:
        pichat(data, "adduser", "ana", "--password", typed=PASSWORD)
        taken = "pichat: there is an account of that name already"
        assert pichat(data, "adduser", "ANA") == (1, taken)
        assert pichat(data, "adduser", "-") == (1, "pichat: refused: bad_request length")
        assert pichat(data, "adduser", "eva", "--password", typed="corta") == (
            1,
            "pichat: that password is too weak",
        )
        assert pichat(data, "passwd", "ana", typed="\n") == (1, "pichat: that password is too weak")
        assert pichat(data, "passwd", "eva", typed=PASSWORD) == (1, "pichat: there is no such account")
    finally:
        if served:
            served.stop()


def test_what_root_makes_belongs_to_the_owner_of_the_folder(data: Path, pichat: Pichat) -> None:
    data.mkdir(mode=0o700)
    owner = 65534 if os.geteuid() == 0 else os.geteuid()
    for folder in (data, *list(data.parents)[:-2]):
        if os.geteuid() == 0 and (folder == data or folder.stat().st_uid == 0):
            folder.chmod(0o755)
    os.chown(data, owner, -1)
    assert pichat(data, "adduser", "marta", "--role", "administrator")[0] == 0
    assert pichat(data, "restore")[0] == 0
    assert pichat(data, "save")[0] == 0
    made = [path for path in data.rglob("*") if path.name != "control.sock"]
    assert len(made) > 10
    assert {path.stat().st_uid for path in made} == {owner}
    assert os.geteuid() == os.getuid()
