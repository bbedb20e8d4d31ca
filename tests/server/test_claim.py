"""A new box over HTTP: only the claim works, once, and the one who claims is signed in."""

import asyncio
from typing import Any

from tests.boxes import ADMIN, Boxes
from tests.people import Person


def code_of(box: Any) -> str:
    return (box.settings.data / "claim.txt").read_text().strip()


def claim_body(box: Any, **changes: str) -> dict[str, str]:
    return {"code": code_of(box), "username": ADMIN[0], "password": ADMIN[1], "name": "Marta", **changes}


async def test_until_it_is_claimed_nothing_else_works(fresh: Any) -> None:
    stranger = Person(fresh)
    assert (await stranger.get("/api/status")).json["claimed"] is False
    login = await stranger.post("/api/users/login", {"username": ADMIN[0], "password": ADMIN[1]})
    assert (login.status, login.code) == (403, "unclaimed")
    for path in ("/api/users", "/api/users/me", "/api/sessions"):
        answer = await stranger.get(path)
        assert (answer.status, answer.code) == (403, "unclaimed")
    await stranger.leave()


async def test_claiming_signs_in_as_a_program(fresh: Any) -> None:
    person = Person(fresh)
    answer = await person.post("/api/claim", claim_body(fresh))
    assert answer.status == 201
    assert answer.json["user"] == {
        "id": answer.json["user"]["id"],
        "username": ADMIN[0],
        "name": "Marta",
        "role": "administrator",
    }
    assert answer.json["token_type"] == "bearer"
    assert answer.json["expires_in"] == 1800
    person.token = answer.json["access_token"]
    assert (await person.get("/api/users/me")).json["role"] == "administrator"
    assert (await person.get("/api/status")).json["claimed"] is True
    await person.leave()


async def test_claiming_signs_in_as_a_page(fresh: Any) -> None:
    person = Person(fresh)
    answer = await person.post("/api/claim", claim_body(fresh, session="cookie"))
    assert answer.status == 201
    assert set(answer.json) == {"user"}
    person.cookie = answer.headers["Set-Cookie"].partition(";")[0]
    assert (await person.get("/api/users/me")).status == 200
    await person.leave()


async def test_wrong_codes(fresh: Any) -> None:
    person = Person(fresh)
    codes = []
    for _ in range(6):
        answer = await person.post("/api/claim", claim_body(fresh, code="0000-0000-0000-0"))
        codes.append((answer.status, answer.code))
    assert codes == [(400, "bad_code")] * 5 + [(429, "rate_limited")]
    assert int(answer.headers["Retry-After"]) >= 1
    assert code_of(fresh)
    await person.leave()


async def test_what_is_not_acceptable_says_what(fresh: Any) -> None:
    person = Person(fresh)
    weak = await person.post("/api/claim", claim_body(fresh, password="12345678"))
    assert (weak.status, weak.code) == (400, "weak_password")
    assert weak.json["error"]["params"]["reason"] == "common"
    name = await person.post("/api/claim", claim_body(fresh, username="pichat"))
    assert name.json["error"]["params"] == {"field": "username", "reason": "reserved"}
    missing = await person.post("/api/claim", {"code": code_of(fresh)})
    assert (missing.status, missing.code) == (400, "bad_request")
    await person.leave()


async def test_claimed_twice_and_twice_at_once(fresh: Any) -> None:
    one, other = Person(fresh), Person(fresh)
    body = claim_body(fresh)
    answers = await asyncio.gather(
        one.post("/api/claim", body), other.post("/api/claim", {**body, "username": "berta"})
    )
    assert sorted((answer.status, answer.code if answer.status > 201 else "") for answer in answers) == [
        (201, ""),
        (409, "claimed"),
    ]
    late = await one.post("/api/claim", {**body, "username": "carla"})
    assert (late.status, late.code) == (409, "claimed")
    assert not (fresh.settings.data / "claim.txt").exists()
    await one.leave()
    await other.leave()


async def test_the_code_and_the_claim_survive_a_restart(boxes: Boxes) -> None:
    box = await boxes.start()
    code = code_of(box)
    box = await boxes.again(box)
    assert code_of(box) == code
    person = Person(box)
    assert (await person.post("/api/claim", claim_body(box))).status == 201
    box = await boxes.again(box)
    assert not (box.settings.data / "claim.txt").exists()
    again = Person(box, *ADMIN)
    await again.sign_in()
    await person.leave()
    await again.leave()


async def test_a_demonstration(boxes: Boxes) -> None:
    box = await boxes.start(demo=True)
    status = (await Person(box).get("/api/status")).json
    assert (status["claimed"], status["demo"]) == (True, True)
    for name in ("admin", "cliente", "usuario"):
        person = await Person(box, name, f"{name}123").sign_in()
        await person.leave()
