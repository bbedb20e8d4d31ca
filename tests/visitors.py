"""Rooms with a code, and people without an account who come in by it."""

from typing import Any

from tests.people import Person


async def made(person: Person, **body: Any) -> dict[str, Any]:
    """A room of this person; private, with a code that the box makes."""
    answer = await person.post("/api/rooms", {"name": "Mesa 4", "kind": "private", "code": True, **body})
    assert answer.status == 201, answer.text
    return dict(answer.json)


async def enter(box: Any, code: str, name: str, **more: Any) -> Person:
    """A guest with a session of their own."""
    guest = Person(box)
    answer = await guest.post("/api/enter", {"code": code, "name": name, **more})
    assert answer.status == 201, answer.text
    guest.token = answer.json["access_token"]
    guest.me = answer.json["user"]
    return guest
