"""A new box belongs to whoever can read its code; once."""

import asyncio
import stat
from pathlib import Path

import pytest

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import BOX, Role
from appliance.domain.directory import Person
from appliance.domain.events import Outcome
from appliance.domain.newcomer import newcomer
from appliance.domain.sessions import SignedIn
from appliance.store import meta, users
from tests.domain.household import HOME, PASSWORD, Household


async def claim(
    house: Household,
    code: str,
    username: str = "marta",
    password: str = PASSWORD,
    name: str = "Marta",
    address: str = HOME,
) -> Outcome[SignedIn]:
    return await house.claim.claim(
        code, username, password, name, kind="bearer", address=address, client="test"
    )


def code_of(house: Household) -> str:
    assert house.claim.code is not None
    return house.claim.code


async def test_the_code_waits_in_a_file_for_its_owner_alone(house: Household) -> None:
    path = house.folder / "claim.txt"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    text = path.read_text()
    assert text.count("\n") == 1
    assert text.strip().replace("-", "") == house.claim.code
    assert len(code_of(house)) == 13
    assert not house.claim.claimed


async def test_claiming_makes_the_first_administrator_and_signs_in(house: Household) -> None:
    outcome = await claim(house, code_of(house))
    assert outcome.value.actor.role is Role.ADMINISTRATOR
    assert await house.sessions.actor_for(outcome.value.access_token) == outcome.value.actor
    assert house.claim.claimed
    assert house.claim.code is None
    assert not (house.folder / "claim.txt").exists()
    assert house.box.read_now(lambda db: meta.get(db, "claim_code")) is None
    assert await house.sign_in("marta")
    assert house.deeds()[0] == "Marta claim"


async def test_the_code_is_the_same_until_it_is_used(tmp_path: Path) -> None:
    house = Household(tmp_path / "data")
    code = code_of(house)
    (house.folder / "claim.txt").unlink()
    house = house.again()
    assert code_of(house) == code
    assert (house.folder / "claim.txt").read_text().strip().replace("-", "") == code
    await claim(house, code)
    (house.folder / "claim.txt").write_text("left over\n")
    house = house.again()
    assert house.claim.claimed
    assert not (house.folder / "claim.txt").exists()
    house.close()


@pytest.mark.parametrize("typed", ["lower", "dashes", "spaces", "lookalikes"])
async def test_the_code_as_people_type_it(house: Household, typed: str) -> None:
    code = "A0B1C2D3E4F5G"
    house.box.write_now(lambda db: meta.put(db, "claim_code", code))
    house.claim._code = code
    spelled = {
        "lower": code.lower(),
        "dashes": "A0B1-C2D3-E4F5-G",
        "spaces": " a0b1 c2d3 e4f5 g\n",
        "lookalikes": "aOb l-c2d3-e4f5-g",
    }[typed]
    assert await claim(house, spelled)


@pytest.mark.parametrize("wrong", ["", "0000000000000", "x" * 1_000_000, "ñ", "\ud800"])
async def test_a_wrong_code(house: Household, wrong: str) -> None:
    with pytest.raises(Refusal) as refused:
        await claim(house, wrong)
    assert refused.value.code is Code.BAD_CODE
    assert not house.claim.claimed


async def test_a_weak_password_or_a_bad_name_uses_nothing_up(house: Household) -> None:
    code = code_of(house)
    for _ in range(20):
        with pytest.raises(Refusal) as refused:
            await claim(house, code, password="12345678")
        assert refused.value.code is Code.WEAK_PASSWORD
    with pytest.raises(Refusal) as refused:
        await claim(house, code, username="pichat")
    assert refused.value.params == {"field": "username", "reason": "reserved"}
    assert code_of(house) == code
    assert await claim(house, code)


async def test_guesses_are_few_from_one_address_and_from_all_together(house: Household) -> None:
    code = code_of(house)
    codes = []
    for _ in range(7):
        with pytest.raises(Refusal) as refused:
            await claim(house, "0000000000000", address="10.0.0.66")
        codes.append(refused.value.code)
    assert codes == [Code.BAD_CODE] * 5 + [Code.RATE_LIMITED] * 2
    with pytest.raises(Refusal) as refused:
        await claim(house, code, address="10.0.0.66")
    assert refused.value.code is Code.RATE_LIMITED
    codes = []
    for number in range(70):
        with pytest.raises(Refusal) as refused:
            await claim(house, "0000000000000", address=f"10.1.0.{number}")
        codes.append(refused.value.code)
    assert codes.index(Code.RATE_LIMITED) == 55
    house.clock.wait(60)
    assert await claim(house, code, address="10.0.0.66")


async def test_claimed_twice(house: Household) -> None:
    code = code_of(house)
    await claim(house, code)
    with pytest.raises(Refusal) as refused:
        await claim(house, code, username="berta")
    assert refused.value.code is Code.CLAIMED


async def test_of_two_at_once_one_gets_the_box(house: Household) -> None:
    code = code_of(house)
    answers = await asyncio.gather(
        claim(house, code, "marta"),
        claim(house, code, "berta", address="10.0.0.2"),
        claim(house, code, "carla", address="10.0.0.3"),
        return_exceptions=True,
    )
    problems = [one.code for one in answers if isinstance(one, Refusal)]
    assert problems == [Code.CLAIMED, Code.CLAIMED]
    assert len(house.directory) == 1
    assert house.box.read_now(users.count) == 1


async def test_the_command_line_may_make_the_first_administrator(tmp_path: Path) -> None:
    house = Household(tmp_path / "data")
    code = code_of(house)
    await house.accounts.administration.create(BOX, "marta", Role.ADMINISTRATOR, "", PASSWORD)
    assert house.claim.claimed
    assert house.claim.code is None
    with pytest.raises(Refusal) as refused:
        await claim(house, code, username="berta")
    assert refused.value.code is Code.CLAIMED
    house = house.again()
    assert house.claim.claimed
    assert not (house.folder / "claim.txt").exists()
    house.close()


async def test_accounts_that_are_no_administrators_do_not_claim_a_box(house: Household) -> None:
    row = newcomer("ana", "", Role.CLIENTE).row(None, house.clock.now())
    house.box.write_now(lambda db: users.insert(db, row))
    house.directory.put(Person.of(row))
    assert not house.claim.claimed
    assert await claim(house, code_of(house))
