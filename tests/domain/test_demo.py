"""`--demo`: well-known accounts, in a store that is good for nothing else."""

from pathlib import Path

import pytest

from appliance.base.errors import StartError
from appliance.domain import demo
from appliance.domain.actor import Role
from tests.domain.household import Household


def prepared(house: Household, **changes: object) -> Household:
    """As the start does: before the accounts are read."""
    house = house.again(**changes)
    try:
        demo.prepare(house.box, house.hasher, house.settings, house.clock)
    except StartError:
        house.close()
        raise
    return house.again(**changes)


async def test_the_three_well_known_accounts(tmp_path: Path) -> None:
    house = prepared(Household(tmp_path / "data"), demo=True)
    assert house.claim.claimed
    assert house.claim.code is None
    assert not (house.folder / "claim.txt").exists()
    for username, role in (
        ("admin", Role.ADMINISTRATOR),
        ("cliente", Role.CLIENTE),
        ("usuario", Role.USUARIO),
    ):
        assert (await house.sign_in(username, f"{username}123")).actor.role is role
    house = prepared(house, demo=True)
    assert len(house.directory) == 3
    house.close()


async def test_a_demonstration_is_not_used_for_real(tmp_path: Path) -> None:
    house = prepared(Household(tmp_path / "data"), demo=True)
    with pytest.raises(StartError, match="demonstration"):
        prepared(house)


async def test_a_real_box_is_no_demonstration(tmp_path: Path) -> None:
    house = Household(tmp_path / "data")
    await house.founded()
    with pytest.raises(StartError, match="--demo is for a new data folder"):
        prepared(house, demo=True)
