"""A box whose power was cut, and what its people do there."""

from dataclasses import dataclass
from typing import Any

from tests.boxes import ADMIN, Boxes
from tests.people import PASSWORD, People, Person

GENERAL = "/api/rooms/r_general/messages"


async def say(person: Person, text: str, room: str = "r_general", **more: Any) -> dict[str, Any]:
    answer = await person.post(f"/api/rooms/{room}/messages", {"body": text, **more})
    assert answer.status == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


async def upload(person: Person, name: str, data: bytes) -> str:
    answer = await person.put(f"/api/uploads/{name}", data)
    assert answer.status == 201, answer.text
    return str(answer.json["id"])


async def words(person: Person, room: str = "r_general") -> list[str]:
    answer = await person.get(f"/api/rooms/{room}/messages")
    return [one["body"] for one in answer.json["items"]]


@dataclass
class House:
    """A box after a power cut, its people signed in again, and the session that the cut ended."""

    boxes: Boxes
    box: Any
    admin: Person
    ana: Person
    epoch: str

    async def items(self, kind: str, **query: str) -> list[dict[str, Any]]:
        more = "".join(f"&{name}={value}" for name, value in query.items())
        answer = await self.admin.get(f"/api/previous/{self.epoch}/items?kind={kind}{more}")
        assert answer.status == 200, answer.text
        found: list[dict[str, Any]] = answer.json["items"]
        return found

    async def bring_back(self, **choice: Any) -> dict[str, Any]:
        answer = await self.admin.post("/api/previous/bring-back", {"epoch": self.epoch, **choice})
        assert answer.status == 200, answer.text
        found: dict[str, Any] = answer.json
        return found

    async def sessions(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.admin.get("/api/previous")).json["sessions"]
        return found

    async def left(self) -> dict[str, int]:
        found: dict[str, int] = (await self.admin.get("/api/status")).json["previous"]
        return found

    async def leave(self) -> None:
        await self.admin.leave()
        await self.ana.leave()


async def cut(people: People, boxes: Boxes, **settings: Any) -> House:
    """The power goes and comes back."""
    epoch = people.box.services.epoch
    boxes.new_boot()
    box = await boxes.again(people.box, **settings)
    admin = await Person(box, *ADMIN).sign_in()
    ana = await Person(box, "ana", PASSWORD).sign_in()
    return House(boxes, box, admin, ana, epoch)
