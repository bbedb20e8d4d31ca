"""One-time links for a new password."""

import asyncio

import pytest

from appliance.base import ids
from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Role
from tests.domain.household import HOME, PASSWORD, Household, ended

NEW = "un farol en la niebla"


async def refused(house: Household, token: str, password: str = NEW, address: str = HOME) -> Code:
    with pytest.raises(Refusal) as problem:
        await house.accounts.reset_links.use(token, password, address)
    return problem.value.code


async def test_a_link_is_used_once_and_ends_every_session(house: Household) -> None:
    admin = await house.founded()
    ana = await house.person(admin, "ana")
    session = (await house.sign_in("ana")).session
    token = (await house.accounts.administration.reset_link(admin, ana)).partition("#")[2]
    assert await house.sign_in("ana")  # the old password works until then
    outcome = await house.accounts.reset_links.use(token, NEW, HOME)
    assert outcome.value == "ana"
    assert session in ended(outcome)
    assert await house.sign_in("ana", NEW)
    with pytest.raises(Refusal):
        await house.sign_in("ana", PASSWORD)
    assert await refused(house, token) is Code.BAD_CODE
    assert "ana reset_link_used" in house.deeds()


async def test_a_new_person_chooses_their_password(house: Household) -> None:
    admin = await house.founded()
    made = (await house.accounts.administration.create(admin, "ana", Role.CLIENTE)).value
    token = str(made.reset_link).partition("#")[2]
    assert await refused(house, token, "12345678") is Code.WEAK_PASSWORD
    assert await refused(house, token, "ana12345") is Code.WEAK_PASSWORD
    await house.accounts.reset_links.use(token, NEW, HOME)
    assert await house.sign_in("ana", NEW)


async def test_the_newest_link_is_the_only_one(house: Household) -> None:
    admin = await house.founded()
    ana = await house.person(admin, "ana")
    first = (await house.accounts.administration.reset_link(admin, ana)).partition("#")[2]
    second = (await house.accounts.administration.reset_link(admin, ana)).partition("#")[2]
    assert await refused(house, first) is Code.BAD_CODE
    assert await house.accounts.reset_links.use(second, NEW, HOME)


async def test_links_expire_and_end_with_the_account(house: Household) -> None:
    admin = await house.founded()
    make = house.accounts.administration.reset_link
    ana, eva = await house.person(admin, "ana"), await house.person(admin, "eva")
    old = (await make(admin, ana)).partition("#")[2]
    house.clock.wait(24 * 3600)
    assert await refused(house, old) is Code.BAD_CODE
    of_disabled = (await make(admin, ana)).partition("#")[2]
    of_gone = (await make(admin, eva)).partition("#")[2]
    await house.accounts.administration.change(admin, ana, disabled=True)
    await house.accounts.administration.change(admin, ana, disabled=False)
    await house.accounts.administration.delete(admin, eva)
    assert await refused(house, of_disabled) is Code.BAD_CODE
    assert await refused(house, of_gone) is Code.BAD_CODE


async def test_of_two_who_use_it_at_once_one_does(house: Household) -> None:
    admin = await house.founded()
    ana = await house.person(admin, "ana")
    token = (await house.accounts.administration.reset_link(admin, ana)).partition("#")[2]
    use = house.accounts.reset_links.use
    answers = await asyncio.gather(
        use(token, NEW, HOME), use(token, "otro farol en la noche", HOME), return_exceptions=True
    )
    assert [one.code for one in answers if isinstance(one, Refusal)] == [Code.BAD_CODE]


async def test_guessing_links_is_slow(house: Household) -> None:
    await house.founded()
    codes = [await refused(house, ids.token(), address="10.0.0.66") for _ in range(31)]
    assert set(codes[:30]) == {Code.BAD_CODE}
    assert codes[30] is Code.RATE_LIMITED
    assert await refused(house, "", address="10.0.0.67") is Code.BAD_CODE
