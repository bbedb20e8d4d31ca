"""Sessions: how long they last, how they end, and that an end is an end at once."""

import asyncio
from pathlib import Path

import pytest

from appliance.base import ids
from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Role
from appliance.domain.sessions import CACHED, SignedIn
from appliance.store import sessions as rows
from tests.domain.household import HOME, Household, ended

MINUTE, HOUR, DAY = 60, 3600, 86400


async def refreshed(house: Household, token: str) -> SignedIn | None:
    outcome = await house.accounts.refresh(token, HOME)
    return outcome.value


async def test_a_token_leads_to_its_person_and_others_lead_nowhere(house: Household) -> None:
    await house.founded()
    marta = await house.sign_in("marta")
    actor = await house.sessions.actor_for(marta.access_token)
    assert actor == marta.actor
    assert (actor.username, actor.role, actor.session) == ("marta", Role.ADMINISTRATOR, marta.session)
    for wrong in ("", "x", ids.token(), marta.access_token[:-1], "ñ" * 43, "\ud800" * 43, "x" * 1_000_000):
        assert await house.sessions.actor_for(wrong) is None


async def test_no_secret_lies_in_the_data_folder(house: Household) -> None:
    await house.founded()
    program = await house.sign_in("marta", kind="bearer")
    house.sessions.close()
    for path in house.folder.iterdir():
        content = path.read_bytes()
        assert program.access_token.encode() not in content
        assert str(program.refresh_token).encode() not in content
        assert b"la luna de papel" not in content


async def test_a_cookie_lasts_while_it_is_used_and_at_most_thirty_days(house: Household) -> None:
    await house.founded()
    used, unused = await house.sign_in("marta"), await house.sign_in("marta")
    assert used.expires_in == 30 * DAY
    assert used.refresh_token is None
    house.clock.wait(11 * HOUR)
    assert await house.sessions.actor_for(used.access_token)
    house.clock.wait(11 * HOUR)
    assert await house.sessions.actor_for(used.access_token)
    assert await house.sessions.actor_for(unused.access_token) is None
    for _ in range(70):
        house.clock.wait(11 * HOUR)
        await house.sessions.actor_for(used.access_token)
    assert await house.sessions.actor_for(used.access_token) is None


async def test_a_program_changes_its_tokens_and_the_old_ones_are_dead(house: Household) -> None:
    await house.founded()
    first = await house.sign_in("marta", kind="bearer")
    assert first.expires_in == 30 * MINUTE
    house.clock.wait(31 * MINUTE)
    assert await house.sessions.actor_for(first.access_token) is None
    second = await refreshed(house, str(first.refresh_token))
    assert second is not None
    assert second.session == first.session
    assert second.access_token != first.access_token
    assert await house.sessions.actor_for(second.access_token) == second.actor
    third = await refreshed(house, str(second.refresh_token))
    assert third is not None
    assert await house.sessions.actor_for(second.access_token) is None
    assert await house.sessions.actor_for(third.access_token)


async def test_a_refresh_token_used_twice_ends_the_session(house: Household) -> None:
    await house.founded()
    first = await house.sign_in("marta", kind="bearer")
    second = await refreshed(house, str(first.refresh_token))
    assert second is not None
    outcome = await house.accounts.refresh(str(first.refresh_token), "10.0.0.66")
    assert outcome.value is None
    assert ended(outcome) == {first.session}
    assert await house.sessions.actor_for(second.access_token) is None
    assert await refreshed(house, str(second.refresh_token)) is None


async def test_of_two_who_refresh_at_once_one_is_the_thief(house: Household) -> None:
    await house.founded()
    first = await house.sign_in("marta", kind="bearer")
    token = str(first.refresh_token)
    both = await asyncio.gather(house.accounts.refresh(token, HOME), house.accounts.refresh(token, HOME))
    assert sorted(outcome.value is None for outcome in both) == [False, True]
    for outcome in both:
        if outcome.value:
            assert await house.sessions.actor_for(outcome.value.access_token) is None


async def test_refresh_ends_with_the_session_and_with_the_account(house: Household) -> None:
    admin = await house.founded()
    ana = await house.person(admin, "ana")
    program = await house.sign_in("ana", kind="bearer")
    old = await house.sign_in("ana", kind="bearer")
    house.clock.wait(30 * DAY)
    assert await refreshed(house, str(old.refresh_token)) is None
    await house.accounts.administration.delete(admin, ana)
    assert await refreshed(house, str(program.refresh_token)) is None
    assert await refreshed(house, "") is None
    assert await refreshed(house, "ñ" * 1_000_000) is None


async def test_guessing_refresh_tokens_is_slow(house: Household) -> None:
    await house.founded()
    with pytest.raises(Refusal) as refused:
        for _ in range(100):
            await refreshed(house, ids.token())
    assert refused.value.code is Code.RATE_LIMITED


async def test_one_sees_ones_own_sessions_and_ends_them(house: Household) -> None:
    admin = await house.founded()
    await house.person(admin, "ana")
    phone = await house.sign_in("ana", address="10.0.0.5")
    house.clock.wait(2 * MINUTE)
    laptop = await house.sign_in("ana", kind="bearer", address="10.0.0.6")
    house.clock.wait(2 * MINUTE)
    await house.sessions.actor_for(phone.access_token)
    seen = await house.sessions.of(phone.actor)
    assert [(one.id, one.kind, one.address, one.current) for one in seen] == [
        (phone.session, "cookie", "10.0.0.5", True),
        (laptop.session, "bearer", "10.0.0.6", False),
    ]
    assert seen[0].seen == house.clock.now()
    assert seen[0].created == house.clock.now() - 4 * MINUTE * 1000
    outcome = await house.sessions.revoke(phone.actor, laptop.session)
    assert ended(outcome) == {laptop.session}
    assert await house.sessions.actor_for(laptop.access_token) is None
    assert await house.sessions.actor_for(phone.access_token)


async def test_somebody_elses_session_is_not_found(house: Household) -> None:
    admin = await house.founded()
    await house.person(admin, "ana")
    ana = await house.sign_in("ana")
    for session in (admin.session, "s_nothing", ""):
        with pytest.raises(Refusal) as refused:
            await house.sessions.revoke(ana.actor, session)
        assert refused.value.code is Code.NOT_FOUND


async def test_signing_out_ends_the_present_one(house: Household) -> None:
    await house.founded()
    marta = await house.sign_in("marta")
    assert ended(await house.accounts.sign_out(marta.actor)) == {marta.session}
    assert await house.sessions.actor_for(marta.access_token) is None


async def test_a_read_that_began_before_the_end_does_not_outlive_it(house: Household) -> None:
    await house.founded()
    marta = await house.sign_in("marta")
    late = asyncio.ensure_future(house.sessions.actor_for(marta.access_token))
    await asyncio.sleep(0)
    house.box.read_now(lambda db: None)  # its row has been read by now, and it has not gone on
    house.box.write_now(lambda db: rows.delete(db, marta.session))
    house.sessions.ended([marta.session])
    await late
    assert await house.sessions.actor_for(marta.access_token) is None


async def test_the_cache_is_bounded(tmp_path: Path) -> None:
    house = Household(tmp_path / "data", sessions_per_person=CACHED * 2)
    actor = await house.founded()
    many = [house.sessions.issue(actor.id, "cookie", HOME, "test") for _ in range(CACHED + 50)]
    house.box.write_now(lambda db: [rows.insert(db, one.row) for one in many])
    for one in many:
        assert await house.sessions.actor_for(one.access_token)
    assert len(house.sessions._by_token) == len(house.sessions._token_of) == CACHED
    assert await house.sessions.actor_for(many[0].access_token)
    house.close()


async def test_the_last_use_is_written_at_most_once_a_minute(house: Household) -> None:
    await house.founded()
    marta = await house.sign_in("marta")
    seen = []
    for _ in range(30):
        house.clock.wait(10)
        await house.sessions.actor_for(marta.access_token)
        row = house.box.write_now(lambda db: rows.by_id(db, marta.session))  # after what is queued
        assert row is not None
        seen.append(row.seen)
    assert len(set(seen)) <= 6
    await house.sessions.actor_for(marta.access_token)
    assert house.clock.now() - max(seen) <= 2 * MINUTE * 1000


async def test_a_use_that_is_not_written_yet_still_counts(house: Household) -> None:
    admin = await house.founded()
    await house.person(admin, "ana")
    ana, beto = await house.sign_in("ana"), await house.sign_in("marta")
    house.clock.wait(12 * HOUR - 40)
    await house.sessions.actor_for(beto.access_token)  # the write of this minute
    house.clock.wait(10)
    await house.sessions.actor_for(ana.access_token)
    row = house.box.read_now(lambda db: rows.by_id(db, ana.session))
    assert row is not None
    assert row.seen < house.clock.now()
    house.clock.wait(3 * HOUR)
    await house.sign_in("marta")  # removes what is over
    assert await house.sessions.actor_for(ana.access_token)


async def test_sessions_survive_a_restart(tmp_path: Path) -> None:
    house = Household(tmp_path / "data")
    admin = await house.founded()
    await house.person(admin, "ana")
    ana, idle = await house.sign_in("ana"), await house.sign_in("ana")
    house.clock.wait(11 * HOUR)
    await house.sessions.actor_for(ana.access_token)
    house.clock.wait(30)
    house = house.again()
    house.clock.wait(2 * HOUR)
    house = house.again()
    assert await house.sessions.actor_for(ana.access_token) == ana.actor
    assert await house.sessions.actor_for(idle.access_token) is None
    assert house.box.read_now(lambda db: rows.by_id(db, idle.session)) is None
    house.close()


async def test_a_clock_that_falls_back_ends_nothing(house: Household) -> None:
    await house.founded()
    marta = await house.sign_in("marta")
    house.clock.wall -= 300 * DAY * 1000
    assert await house.sessions.actor_for(marta.access_token)
    await house.sign_in("marta")
    assert await house.sessions.actor_for(marta.access_token)


async def test_nobody_has_more_sessions_than_allowed(tmp_path: Path) -> None:
    house = Household(tmp_path / "data", sessions_per_person=3)
    admin = await house.founded()
    await house.person(admin, "ana")
    mine = []
    for _ in range(3):
        house.clock.wait(MINUTE)
        mine.append(await house.sign_in("ana"))
    house.clock.wait(MINUTE)
    await house.sessions.actor_for(mine[0].access_token)
    house.clock.wait(MINUTE)
    outcome = await house.accounts.sign_in(
        "ana", "la luna de papel 9", kind="cookie", address=HOME, client="test"
    )
    assert ended(outcome) == {mine[1].session}  # the longest unused
    assert await house.sessions.actor_for(mine[0].access_token)
    assert await house.sessions.actor_for(mine[1].access_token) is None
    assert len(await house.sessions.of(mine[0].actor)) == 3
    assert (await house.sessions.actor_for(outcome.value.access_token)) is not None
    house.close()


async def test_an_open_connection_outlives_its_access_token_and_not_its_session(house: Household) -> None:
    await house.founded()
    program = await house.sign_in("marta", kind="bearer")
    house.clock.wait(HOUR)
    assert await house.sessions.actor_for(program.access_token) is None
    assert await house.sessions.still(program.session) == program.actor
    page = await house.sign_in("marta")
    for _ in range(20):
        house.clock.wait(HOUR)
        assert await house.sessions.still(page.session)  # being connected is a use
    await house.sessions.revoke(page.actor, page.session)
    assert await house.sessions.still(page.session) is None
    assert await house.sessions.still("s_nothing") is None
    house.clock.wait(30 * DAY)
    assert await house.sessions.still(program.session) is None
