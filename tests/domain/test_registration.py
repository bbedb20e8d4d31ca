"""People who make their own account."""

from pathlib import Path

import pytest

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Role
from tests.domain.household import HOME, PASSWORD, Household

NEW = "un farol en la niebla"


@pytest.mark.parametrize("mode", ["closed", "invitation"])
async def test_a_closed_box_says_so(tmp_path: Path, mode: str) -> None:
    house = Household(tmp_path / "data", registration=mode)
    await house.founded()
    with pytest.raises(Refusal) as refused:
        await house.accounts.registration.register("ana", NEW, "Ana", HOME)
    assert refused.value.code is Code.FORBIDDEN
    assert refused.value.params == {"reason": "registration", "registration": mode}
    house.close()


async def test_an_open_box_makes_a_usuario(tmp_path: Path) -> None:
    house = Household(tmp_path / "data", registration="open")
    await house.founded()
    await house.accounts.registration.register("ana", NEW, "Ana", HOME)
    ana = await house.sign_in("ana", NEW)
    assert ana.actor.role is Role.USUARIO
    assert "Ana register" in house.deeds()
    house.close()


async def test_nobody_learns_who_is_here(tmp_path: Path) -> None:
    house = Household(tmp_path / "data", registration="open")
    admin = await house.founded()
    await house.accounts.registration.register("MARTA", NEW, "Another", HOME)  # as if it had worked
    assert len(house.directory) == 1
    assert (await house.sign_in("marta", PASSWORD)).actor.id == admin.id
    house.close()


async def test_offices_weak_passwords_and_crowds_are_refused(tmp_path: Path) -> None:
    house = Household(tmp_path / "data", registration="open")
    await house.founded()
    register = house.accounts.registration.register
    with pytest.raises(Refusal) as refused:
        await register("administrador", NEW, "", HOME)
    assert refused.value.params == {"field": "username", "reason": "reserved"}
    with pytest.raises(Refusal) as refused:
        await register("ana", "12345678", "", HOME)
    assert refused.value.code is Code.WEAK_PASSWORD
    for number in range(10):
        await register(f"persona{number}", NEW, "", HOME)
    with pytest.raises(Refusal) as refused:
        await register("persona10", NEW, "", HOME)
    assert refused.value.code is Code.RATE_LIMITED
    await register("persona10", NEW, "", "10.0.0.2")
    house.close()
