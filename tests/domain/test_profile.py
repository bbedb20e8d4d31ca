"""One's own account."""

import pytest

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Actor, Role
from tests.domain.household import HOME, PASSWORD, Household, ended

NEW = "un farol en la niebla"


async def test_name_and_language(house: Household) -> None:
    admin = await house.founded()
    profile = house.accounts.profile
    person = (await profile.change(admin, name="  Marta   Ruiz ", language="en")).value
    assert (person.name, person.language) == ("Marta Ruiz", "en")
    assert profile.me(admin) == person
    assert house.directory.name(admin.id) == "Marta Ruiz"
    assert (await profile.change(admin)).value == person
    for wrong in ({"name": "PiChat"}, {"name": ""}, {"language": "xx"}):
        with pytest.raises(Refusal) as refused:
            await profile.change(admin, **wrong)  # type: ignore[arg-type]
        assert refused.value.code is Code.BAD_REQUEST


async def test_a_new_password_keeps_the_present_session_and_ends_the_others(house: Household) -> None:
    await house.founded()
    here, there = await house.sign_in("marta"), await house.sign_in("marta", kind="bearer")
    outcome = await house.accounts.profile.change(
        here.actor, password=NEW, old_password=PASSWORD, address=HOME
    )
    assert there.session in ended(outcome)
    assert here.session not in ended(outcome)
    assert await house.sessions.actor_for(here.access_token)
    assert await house.sessions.actor_for(there.access_token) is None
    assert (await house.accounts.refresh(str(there.refresh_token), HOME)).value is None
    assert await house.sign_in("marta", NEW)
    with pytest.raises(Refusal):
        await house.sign_in("marta", PASSWORD)
    assert "Marta own_password" in house.deeds()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("wrong password", NEW, Code.WRONG_PASSWORD),
        ("", NEW, Code.WRONG_PASSWORD),
        (PASSWORD, "12345678", Code.WEAK_PASSWORD),
        (PASSWORD, "marta123", Code.WEAK_PASSWORD),
    ],
)
async def test_a_new_password_that_is_refused_changes_nothing(
    house: Household, old: str, new: str, code: Code
) -> None:
    admin = await house.founded()
    other = await house.sign_in("marta")
    with pytest.raises(Refusal) as refused:
        await house.accounts.profile.change(
            admin, name="Another", password=new, old_password=old, address=HOME
        )
    assert refused.value.code is code
    assert house.directory.name(admin.id) == "Marta"
    assert await house.sessions.actor_for(other.access_token)


async def test_a_new_password_kills_the_links_that_are_out(house: Household) -> None:
    admin = await house.founded()
    link = await house.accounts.administration.reset_link(admin, admin.id)
    await house.accounts.profile.change(admin, password=NEW, old_password=PASSWORD, address=HOME)
    with pytest.raises(Refusal) as refused:
        await house.accounts.reset_links.use(link.partition("#")[2], "somebody else's choice", HOME)
    assert refused.value.code is Code.BAD_CODE


async def test_an_open_session_is_no_way_to_guess(house: Household) -> None:
    admin = await house.founded()
    codes = []
    for _ in range(12):
        with pytest.raises(Refusal) as refused:
            await house.accounts.profile.change(admin, password=NEW, old_password="no", address=HOME)
        codes.append(refused.value.code)
    assert codes[-1] is Code.RATE_LIMITED


async def test_guests_and_people_who_are_gone_have_no_profile(house: Household) -> None:
    admin = await house.founded()
    ana = await house.person(admin, "ana")
    actor = (await house.sign_in("ana")).actor
    await house.accounts.administration.delete(admin, ana)
    guest = Actor("g_1", "", "Eva", Role.GUEST, "s_1", "r_1")
    with pytest.raises(Refusal) as refused:
        await house.accounts.profile.change(actor, name="Ana")
    assert refused.value.code is Code.UNAUTHORIZED
    with pytest.raises(Refusal) as refused:
        await house.accounts.profile.change(guest, name="Eva")
    assert refused.value.code is Code.FORBIDDEN
