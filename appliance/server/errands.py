"""What the command line asks of a running server beside the snapshot: people, and the box as it was new."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import BOX, Role
from appliance.domain.events import Outcome
from appliance.server.services import Services


class Errand(Struct, tag_field="do", forbid_unknown_fields=True):
    """One question."""


class AddUser(Errand, tag="adduser"):
    """Without a password the answer holds a one-time link."""

    username: str
    role: str
    name: str = ""
    password: str | None = None


class SetPassword(Errand, tag="passwd"):
    username: str
    password: str


class Recover(Errand, tag="recover"):
    username: str = ""


class FactoryReset(Errand, tag="factory_reset"):
    pass


class Glance(Errand, tag="glance"):
    """For the screen of the box: who is there, and what a reboot leads to. No secrets, changes nothing."""


class Exported(Errand, tag="exported"):
    """An archive was written by hand: for the audit log."""

    generation: int
    passwords: bool
    private_rooms: bool


class TakeIn(Errand, tag="import_take"):
    """Looks at the archive that the command line put into the data folder."""


class ImportState(Errand, tag="import_state"):
    pass


class Merge(Errand, tag="import_merge"):
    trust: bool = False


Errands = AddUser | SetPassword | Recover | Glance | FactoryReset | Exported | TakeIn | ImportState | Merge


async def run(services: Services, errand: Errands, urls: Sequence[str]) -> Outcome[Any]:
    """Does it as the box itself. `urls`: where people find the box."""
    administration = services.accounts.administration
    match errand:
        case AddUser(username, role, name, password):
            made = await administration.create(BOX, username, known(role), name, password)
            services.claim.settle()
            said = {"username": made.value.account.username, "link": made.value.reset_link}
            return Outcome({**said, "urls": urls}, made.events)
        case SetPassword(username, password):
            done = await administration.set_password(BOX, username, password)
            return Outcome({"username": done.value.username}, done.events)
        case Recover(username):
            way = await services.recovery.recover(BOX, username)
            services.claim.settle()
            return Outcome({"way": way.value, "urls": urls}, way.events)
        case Exported(number, passwords, private_rooms):
            detail = {"passwords": passwords, "private_rooms": private_rooms}
            await services.record.write(BOX, "exported", str(number), detail)
            return Outcome(None)
        case FactoryReset():
            return await services.factory_reset.begin(BOX)
    return Outcome(await _other(services, errand))


async def _other(services: Services, errand: Glance | TakeIn | ImportState | Merge) -> object:
    match errand:
        case Glance():
            return {"online": services.presence.count, "stable": await services.stable.current()}
        case TakeIn():
            return services.imports.take(BOX)
        case ImportState():
            return services.imports.state(BOX)
        case Merge(trust):
            return await services.imports.merge(BOX, trust=trust)


def known(role: str) -> Role:
    try:
        return Role(role)
    except ValueError:
        raise Refusal(Code.BAD_REQUEST, field="role", reason="unknown") from None
