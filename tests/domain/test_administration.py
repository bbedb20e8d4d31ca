"""Accounts in an administrator's hands; above all, that there is always one left."""

import asyncio
from collections.abc import Awaitable

import pytest

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import BOX, Actor, Role
from appliance.store import decisions, sessions, users
from appliance.store.decisions import Kind
from tests.domain.household import PASSWORD, Household, ended


async def refused(deed: Awaitable[object]) -> Refusal:
    with pytest.raises(Refusal) as problem:
        await deed
    return problem.value


async def second_admin(house: Household, admin: Actor, username: str = "berta") -> Actor:
    await house.person(admin, username, Role.ADMINISTRATOR)
    return (await house.sign_in(username)).actor


async def test_making_an_account_with_a_password(house: Household) -> None:
    admin = await house.founded()
    made = (
        await house.accounts.administration.create(admin, "ana", Role.CLIENTE, "Ana Pérez", PASSWORD)
    ).value
    assert made.reset_link is None
    assert (made.account.username, made.account.name, made.account.role) == ("ana", "Ana Pérez", Role.CLIENTE)
    assert house.directory.name(made.account.id) == "Ana Pérez"
    assert (await house.sign_in("ana")).actor.id == made.account.id


async def test_making_an_account_with_a_link(house: Household) -> None:
    admin = await house.founded()
    made = (await house.accounts.administration.create(admin, "ana", Role.USUARIO)).value
    assert made.reset_link is not None
    assert made.reset_link.startswith("/reset#")
    assert not made.account.has_password
    items, _ = await house.accounts.administration.page(admin)
    ana = next(one for one in items if one.username == "ana")
    assert ana.link_expires == house.clock.now() + 24 * 3_600_000


@pytest.mark.parametrize("name", ["marta", "MARTA", "ｍａｒｔａ"])
async def test_a_taken_name(house: Household, name: str) -> None:
    admin = await house.founded()
    create = house.accounts.administration.create(admin, name, Role.CLIENTE, "", PASSWORD)
    assert (await refused(create)).code is Code.NAME_TAKEN


async def test_unacceptable_values(house: Household) -> None:
    admin = await house.founded()
    create = house.accounts.administration.create
    assert (await refused(create(admin, "a b", Role.CLIENTE))).params["field"] == "username"
    assert (await refused(create(admin, "ana", Role.CLIENTE, "A\u200bna"))).params["field"] == "name"
    assert (await refused(create(admin, "ana", Role.GUEST))).params["field"] == "role"
    assert (await refused(create(admin, "ana", Role.CLIENTE, "", "12345678"))).code is Code.WEAK_PASSWORD
    assert len(house.directory) == 1


async def test_a_list_in_pages(house: Household) -> None:
    admin = await house.founded()
    for name in ("zoe", "ana", "ñandu", "beto"):
        await house.person(admin, name)
    page = house.accounts.administration.page
    seen, after = [], ""
    for _ in range(3):
        items, cursor = await page(admin, after, 2)
        seen += [one.username for one in items]
        after = cursor or ""
    assert seen == ["ana", "beto", "marta", "zoe", "ñandu"]
    assert cursor is None
    assert (await refused(page(admin, "ñ"))).code is Code.BAD_REQUEST
    assert (await refused(page(admin, "_w"))).code is Code.BAD_REQUEST


async def test_renaming_keeps_people_signed_in(house: Household) -> None:
    admin = await house.founded()
    ana = await house.person(admin, "ana")
    token = (await house.sign_in("ana")).access_token
    outcome = await house.accounts.administration.change(admin, ana, name="Ana María", username="anamaria")
    assert ended(outcome) == set()
    actor = await house.sessions.actor_for(token)
    assert actor is not None
    assert (actor.name, actor.username) == ("Ana María", "anamaria")
    assert (await refused(house.sign_in("ana"))).code is Code.UNAUTHORIZED
    assert await house.sign_in("anamaria")
    await house.accounts.administration.change(admin, ana, username="AnaMaria")
    change = house.accounts.administration.change(admin, ana, username="marta")
    assert (await refused(change)).code is Code.NAME_TAKEN


@pytest.mark.parametrize("change", [{"role": Role.ADMINISTRATOR}, {"role": Role.USUARIO}, {"disabled": True}])
async def test_another_role_and_being_disabled_end_sessions(
    house: Household, change: dict[str, object]
) -> None:
    admin = await house.founded()
    ana = await house.person(admin, "ana")
    page, program = await house.sign_in("ana"), await house.sign_in("ana", kind="bearer")
    assert await house.sessions.actor_for(page.access_token)
    outcome = await house.accounts.administration.change(admin, ana, **change)  # type: ignore[arg-type]
    assert ended(outcome) == {page.session, program.session}
    assert await house.sessions.actor_for(page.access_token) is None
    assert await house.sessions.actor_for(program.access_token) is None
    assert (await house.accounts.refresh(str(program.refresh_token), "10.0.0.1")).value is None


async def test_the_same_values_again_end_nothing_and_are_no_deed(house: Household) -> None:
    admin = await house.founded()
    ana = await house.person(admin, "ana")
    await house.sign_in("ana")
    before = house.deeds()
    outcome = await house.accounts.administration.change(
        admin, ana, role=Role.CLIENTE, disabled=False, name="ana"
    )
    assert ended(outcome) == set()
    assert house.deeds() == before


async def test_disabled_and_enabled_again(house: Household) -> None:
    admin = await house.founded()
    ana = await house.person(admin, "ana")
    await house.accounts.administration.change(admin, ana, disabled=True)
    assert (await refused(house.sign_in("ana"))).code is Code.UNAUTHORIZED
    link = house.accounts.administration.reset_link(admin, ana)
    assert (await refused(link)).code is Code.CONFLICT
    await house.accounts.administration.change(admin, ana, disabled=False)
    assert await house.sign_in("ana")


async def test_deleting_is_decided_for_good(house: Household) -> None:
    admin = await house.founded()
    ana = await house.person(admin, "ana")
    session = (await house.sign_in("ana")).session
    outcome = await house.accounts.administration.delete(admin, ana)
    assert ended(outcome) == {session}
    assert house.directory.get(ana) is None
    assert house.box.read_now(lambda db: decisions.stands(db, Kind.ACCOUNT_GONE, ana))
    assert house.box.read_now(lambda db: sessions.of_user(db, ana)) == []
    assert (await refused(house.sign_in("ana"))).code is Code.UNAUTHORIZED
    assert (await refused(house.accounts.administration.delete(admin, ana))).code is Code.NOT_FOUND
    again = await house.person(admin, "ana")
    assert again != ana


async def test_a_deletion_that_is_refused_decides_nothing(house: Household) -> None:
    admin = await house.founded()
    assert (
        await refused(house.accounts.administration.delete(admin, admin.id))
    ).code is Code.LAST_ADMINISTRATOR
    assert not house.box.read_now(lambda db: decisions.stands(db, Kind.ACCOUNT_GONE, admin.id))
    assert house.box.read_now(lambda db: sessions.by_id(db, admin.session))


async def test_the_last_administrator_stays(house: Household) -> None:
    admin = await house.founded()
    change = house.accounts.administration.change
    await house.person(admin, "ana")
    assert (await refused(change(admin, admin.id, role=Role.CLIENTE))).code is Code.LAST_ADMINISTRATOR
    assert (await refused(change(admin, admin.id, disabled=True))).code is Code.LAST_ADMINISTRATOR
    await change(admin, admin.id, name="Marta R.")


async def test_an_administrator_who_cannot_sign_in_does_not_count(house: Household) -> None:
    admin = await house.founded()
    change = house.accounts.administration.change
    await house.accounts.administration.create(admin, "link", Role.ADMINISTRATOR)
    disabled = await house.person(admin, "off", Role.ADMINISTRATOR)
    await change(admin, disabled, disabled=True)
    assert (await refused(change(admin, admin.id, role=Role.CLIENTE))).code is Code.LAST_ADMINISTRATOR
    await second_admin(house, admin)
    await change(admin, admin.id, role=Role.CLIENTE)


@pytest.mark.parametrize("crossed", [True, False], ids=["each the other", "each themselves"])
@pytest.mark.parametrize("way", ["demote", "disable", "delete"])
async def test_of_two_who_leave_at_once_one_stays(house: Household, way: str, crossed: bool) -> None:
    marta = await house.founded()
    berta = await second_admin(house, marta)
    service = house.accounts.administration

    def deed(actor: Actor, target: Actor) -> Awaitable[object]:
        if way == "demote":
            return service.change(actor, target.id, role=Role.CLIENTE)
        if way == "disable":
            return service.change(actor, target.id, disabled=True)
        return service.delete(actor, target.id)

    pairs = [(marta, berta), (berta, marta)] if crossed else [(marta, marta), (berta, berta)]
    answers = await asyncio.gather(*(deed(*pair) for pair in pairs), return_exceptions=True)
    problems = [one.code for one in answers if isinstance(one, Refusal)]
    assert problems == [Code.LAST_ADMINISTRATOR]
    assert house.box.read_now(lambda db: users.able(db, "administrator")) == 1


async def test_an_administrator_of_a_moment_ago_is_none(house: Household) -> None:
    marta = await house.founded()
    berta = await second_admin(house, marta)
    await second_admin(house, marta, "carla")
    ana = await house.person(marta, "ana")
    service = house.accounts.administration
    answers = await asyncio.gather(
        service.change(marta, berta.id, role=Role.USUARIO),
        service.change(berta, ana, role=Role.ADMINISTRATOR),
        service.create(berta, "friend", Role.ADMINISTRATOR),
        service.delete(berta, ana),
        service.reset_link(berta, ana),
        return_exceptions=True,
    )
    assert not isinstance(answers[0], Refusal)
    assert {one.code for one in answers[1:] if isinstance(one, Refusal)} == {Code.FORBIDDEN}
    assert house.directory.role(ana) is Role.CLIENTE
    row = house.box.read_now(lambda db: users.by_key(db, "friend"))
    assert row is None


@pytest.mark.parametrize("role", [Role.CLIENTE, Role.USUARIO])
async def test_nobody_else_manages_accounts(house: Household, role: Role) -> None:
    admin = await house.founded()
    ana = await house.person(admin, "ana", role)
    actor = (await house.sign_in("ana")).actor
    service = house.accounts.administration
    for deed in (
        service.page(actor),
        service.create(actor, "eva", Role.ADMINISTRATOR, "", PASSWORD),
        service.change(actor, ana, role=Role.ADMINISTRATOR),
        service.change(actor, admin.id, disabled=True),
        service.delete(actor, admin.id),
        service.reset_link(actor, admin.id),
        service.set_password(actor, "marta", "otra luna de papel"),
    ):
        assert (await refused(deed)).code is Code.FORBIDDEN


async def test_somebody_who_is_not_there(house: Household) -> None:
    admin = await house.founded()
    service = house.accounts.administration
    for deed in (
        service.change(admin, "u_nothing", name="Ana"),
        service.delete(admin, "u_nothing"),
        service.reset_link(admin, "u_nothing"),
        service.set_password(BOX, "nobody", "otra luna de papel"),
    ):
        assert (await refused(deed)).code is Code.NOT_FOUND


async def test_the_command_line_sets_a_password(house: Household) -> None:
    admin = await house.founded()
    await house.sign_in("marta")
    outcome = await house.accounts.administration.set_password(BOX, "Marta", "otra luna de papel")
    assert admin.session in ended(outcome)
    assert await house.sign_in("marta", "otra luna de papel")
    assert "PiChat password_set" in house.deeds()


async def test_every_deed_is_written_down_without_secrets(house: Household) -> None:
    admin = await house.founded()
    service = house.accounts.administration
    ana = (await service.create(admin, "ana", Role.CLIENTE, "", PASSWORD)).value.account.id
    await service.change(admin, ana, role=Role.USUARIO)
    link = await service.reset_link(admin, ana)
    await service.delete(admin, ana)
    assert house.deeds() == [
        "Marta claim",
        "Marta account_created",
        "Marta account_changed",
        "Marta reset_link_made",
        "Marta account_deleted",
    ]
    text = house.box.read_now(lambda db: str([tuple(row) for row in db.execute("SELECT * FROM audit")]))
    assert link.partition("#")[2] not in text
    assert PASSWORD not in text


async def test_who_has_a_name_today(house: Household) -> None:
    """By the key of a username, as it is named in a message: the names that somebody had are free again."""
    admin = await house.founded()
    change, delete = house.accounts.administration.change, house.accounts.administration.delete
    called = house.directory.called
    ana, beto = await house.person(admin, "Ana"), await house.person(admin, "beto")
    assert (found := called("ana")) is not None and found.id == ana
    await change(admin, ana, username="anita")
    await change(admin, beto, username="Ana")
    await change(admin, ana, name="Ana Pérez")
    assert [one and one.id for one in map(called, ("ana", "anita", "beto"))] == [beto, ana, None]
    await delete(admin, beto)
    assert called("ana") is None
