"""Signing in: one answer for everything that is wrong, and no way to lock somebody else out."""

import asyncio
import threading
from pathlib import Path

import pytest

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Role
from appliance.domain.passwords import Hasher, Rung
from appliance.store import users
from tests.domain.household import GIB, HOME, PASSWORD, Household, ended

STRANGER = "10.0.0.66"


async def test_signing_in_whatever_the_spelling_of_the_name(house: Household) -> None:
    await house.founded()
    for spelling in ("marta", "MARTA", " Marta ", "ｍａｒｔａ"):
        marta = await house.sign_in(spelling)
        assert marta.actor.username == "marta"
        assert marta.actor.role is Role.ADMINISTRATOR
    assert house.deeds().count("Marta sign_in") == 4


async def test_whatever_is_wrong_has_one_answer(house: Household) -> None:
    admin = await house.founded()
    gone = await house.person(admin, "gone")
    await house.person(admin, "ana")
    await house.accounts.administration.change(admin, gone, disabled=True)
    await house.accounts.administration.create(admin, "nopass", Role.USUARIO)
    seen = set()
    for username, password in (
        ("ana", "another password"),
        ("ana", ""),
        ("nobody", PASSWORD),
        ("gone", PASSWORD),
        ("nopass", PASSWORD),
        ("nopass", ""),
        ("", ""),
        ("\ud800\0", PASSWORD),
        ("ana'; DROP TABLE users; --", PASSWORD),
    ):
        with pytest.raises(Refusal) as refused:
            await house.sign_in(username, password)
        seen.add(str(refused.value))
    assert seen == {"unauthorized()"}


async def test_every_wrong_way_takes_a_turn_of_the_hasher(house: Household) -> None:
    admin = await house.founded()
    gone = await house.person(admin, "gone")
    await house.accounts.administration.change(admin, gone, disabled=True)
    turns = []
    verify = house.hasher._verify

    def counted(stored: str | None, password: str) -> object:
        turns.append(stored)
        return verify(stored, password)

    house.hasher._verify = counted  # type: ignore[method-assign, assignment]
    for username in ("marta", "nobody", "gone"):
        with pytest.raises(Refusal):
            await house.sign_in(username, "wrong password")
    assert len(turns) == 3
    assert turns[1:] == [None, None]


async def test_a_hammered_account_still_lets_its_owner_in(house: Household) -> None:
    admin = await house.founded()
    await house.person(admin, "ana")
    for _ in range(10):
        with pytest.raises(Refusal):
            await house.sign_in("ana", "wrong password", address=STRANGER)
    for password in ("wrong password", PASSWORD):
        with pytest.raises(Refusal) as refused:
            await house.sign_in("ana", password, address=STRANGER)
        assert refused.value.code is Code.RATE_LIMITED
    assert (await house.sign_in("ana", address=HOME)).actor.username == "ana"
    house.clock.wait((refused.value.retry_ms or 0) / 1000)
    assert (await house.sign_in("ana", address=STRANGER)).actor.username == "ana"


async def test_a_name_that_nobody_has_slows_down_as_well(house: Household) -> None:
    await house.founded()
    codes = []
    for _ in range(12):
        with pytest.raises(Refusal) as refused:
            await house.sign_in("nobody", "wrong password")
        codes.append(refused.value.code)
    assert codes == [Code.UNAUTHORIZED] * 10 + [Code.RATE_LIMITED] * 2


async def test_attempts_at_the_same_time_count_each(house: Household) -> None:
    admin = await house.founded()
    await house.person(admin, "ana")
    attempts = [house.sign_in("ana", "wrong password", address=STRANGER) for _ in range(25)]
    refused = await asyncio.gather(*attempts, return_exceptions=True)
    codes = [one.code for one in refused if isinstance(one, Refusal)]
    assert codes.count(Code.UNAUTHORIZED) <= 10
    assert set(codes) <= {Code.UNAUTHORIZED, Code.RATE_LIMITED, Code.BUSY}


async def test_one_address_tries_so_many_a_minute_over_all_names(house: Household) -> None:
    await house.founded()
    codes = []
    for number in range(32):
        with pytest.raises(Refusal) as refused:
            await house.sign_in(f"name{number}", "wrong password", address="2001:db8::1")
        codes.append(refused.value.code)
    assert codes.index(Code.RATE_LIMITED) == 30
    with pytest.raises(Refusal) as refused:
        await house.sign_in("marta", address="2001:db8::2")  # the same /64
    assert refused.value.code is Code.RATE_LIMITED
    assert await house.sign_in("marta", address="2001:db8:0:1::1")


async def test_a_busy_hasher_is_no_wrong_password(tmp_path: Path) -> None:
    house = Household(tmp_path / "data", hash_queue=0, login_failures=2)
    await house.founded()
    for _ in range(4):
        gate = threading.Event()
        busy = asyncio.ensure_future(house.hasher._turn(gate.wait))
        await asyncio.sleep(0)
        with pytest.raises(Refusal) as refused:
            await house.sign_in("marta")
        assert refused.value.code is Code.BUSY
        gate.set()
        await busy
    assert await house.sign_in("marta")
    house.close()


async def test_new_parameters_are_taken_over_on_the_way(house: Household) -> None:
    await house.founded()
    house.accounts._attempts._hasher = Hasher(
        house.settings, house.box, memory_bytes=GIB, ladder=(Rung(memory_kib=16, passes=1),)
    )
    await house.sign_in("marta")
    row = house.box.read_now(lambda db: users.by_key(db, "marta"))
    assert row is not None
    assert "m=16," in str(row.password_hash)
    await house.sign_in("marta")
    house.accounts._attempts._hasher.close()


async def test_a_password_that_changes_meanwhile_is_asked_for_again(house: Household) -> None:
    admin = await house.founded()
    await house.person(admin, "ana")
    other = await house.hasher.hash("otra luna de papel")
    verify = house.hasher._verify

    def slow(stored: str | None, password: str) -> object:
        verified = verify(stored, password)
        ana = house.box.read_now(lambda db: users.by_key(db, "ana"))
        assert ana is not None
        house.box.write_now(lambda db: users.change(db, ana.id, password_hash=other))
        return verified

    house.hasher._verify = slow  # type: ignore[method-assign, assignment]
    with pytest.raises(Refusal) as refused:
        await house.sign_in("ana")
    assert refused.value.code is Code.BUSY


async def test_the_password_is_asked_for_again_before_what_cannot_be_undone(house: Household) -> None:
    admin = await house.founded()
    await house.accounts.check_password(admin, PASSWORD, HOME)
    codes = []
    for _ in range(12):
        with pytest.raises(Refusal) as refused:
            await house.accounts.check_password(admin, "wrong password", HOME)
        codes.append(refused.value.code)
    assert codes[0] is Code.WRONG_PASSWORD
    assert codes[-1] is Code.RATE_LIMITED


async def test_no_secret_and_no_unknown_name_is_logged(
    house: Household, caplog: pytest.LogCaptureFixture
) -> None:
    await house.founded()
    with pytest.raises(Refusal):
        await house.sign_in("my secret in the wrong field", "wrong password")
    with pytest.raises(Refusal):
        await house.sign_in("marta", "wrong password")
    signed_in = await house.sign_in("marta", kind="bearer")
    for secret in ("my secret", "wrong password", signed_in.access_token, PASSWORD):
        assert secret not in caplog.text
    assert "sign-in refused: marta from 192.168.1.20" in caplog.text


async def test_signing_in_removes_what_is_over(house: Household) -> None:
    await house.founded()
    old = await house.sign_in("marta")
    house.clock.wait(13 * 3600)
    outcome = await house.accounts.sign_in("marta", PASSWORD, kind="cookie", address=HOME, client="x" * 999)
    assert old.session in ended(outcome)
    assert len((await house.sessions.of(outcome.value.actor))[0].client) == 200
