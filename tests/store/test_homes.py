"""Rooms in memory: the same tables, one counter for all, all or nothing, and an end to their size."""

from pathlib import Path

import pytest

from appliance.base.errors import Code, Refusal
from appliance.store import events, rooms, schema
from appliance.store.database import Connection, Database
from appliance.store.homes import Homes, is_ephemeral, new_room
from appliance.store.rooms import RoomRow

MIB = 1 << 20


@pytest.fixture
def homes(tmp_path: Path):
    content = Database(tmp_path / "content.db", schema.CONTENT, "NORMAL")
    made = Homes(content, MIB)
    yield made
    content.close()
    made.close()


def insert(db: Connection, room: str, name: str = "x") -> int:
    rooms.insert(db, RoomRow(room, "private", name, "u_ana", 0, ephemeral=True))
    return events.next_ev(db)


def test_the_id_says_where_a_room_lives(homes: Homes) -> None:
    assert is_ephemeral(new_room(True))
    assert not is_ephemeral(new_room(False))
    assert homes.of(new_room(True)) is homes.ephemeral
    assert homes.of("r_general") is homes.content


async def test_one_counter_for_both(homes: Homes) -> None:
    first = await homes.content.write(events.next_ev)
    second = await homes.ephemeral.write(lambda db: insert(db, "x_1"))
    third = await homes.content.write(events.next_ev)
    assert (second, third) == (first + 1, first + 2)
    assert [row.id for row in await homes.ephemeral.read(rooms.every)] == ["x_1"]
    assert [row.id for row in await homes.content.read(rooms.every)] == ["r_general"]


async def test_what_fails_leaves_nothing_behind(homes: Homes) -> None:
    def fails(db: Connection) -> None:
        insert(db, "x_1")
        raise Refusal(Code.FORBIDDEN)

    before = await homes.content.read(events.last_ev)
    with pytest.raises(Refusal):
        await homes.ephemeral.write(fails)
    assert await homes.ephemeral.read(rooms.every) == []
    assert await homes.content.read(events.last_ev) == before
    assert await homes.ephemeral.write(lambda db: insert(db, "x_2")) == before + 1


async def test_a_piece_of_both_is_one_piece(homes: Homes) -> None:
    def both(db: Connection) -> list[int]:
        with homes.ephemeral.within(db) as memory:
            inside = insert(memory, "x_1")
        return [inside, events.next_ev(db)]

    first, second = await homes.content.write(both)
    assert second == first + 1


async def test_full_is_no_space_and_the_rest_goes_on(homes: Homes) -> None:
    with pytest.raises(Refusal) as refused:
        for number in range(100):
            await homes.ephemeral.write(lambda db, n=number: insert(db, f"x_{n}", "n" * 50_000))
    assert refused.value.code is Code.NO_SPACE
    left = await homes.ephemeral.read(rooms.every)
    assert 5 < len(left) < 30
    await homes.content.write(events.next_ev)
    await homes.ephemeral.write(lambda db: rooms.delete(db, left[0].id))
    await homes.ephemeral.write(lambda db: insert(db, "x_small"))


async def test_nothing_of_it_is_in_a_file(homes: Homes, tmp_path: Path) -> None:
    await homes.ephemeral.write(lambda db: insert(db, "x_secret", "the name of it"))
    assert not any(b"the name of it" in path.read_bytes() for path in tmp_path.iterdir())
    assert not any(b"x_secret" in path.read_bytes() for path in tmp_path.iterdir())
