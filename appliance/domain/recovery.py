"""A way back in for whoever owns the machine: a one-time code for an administrator. Asks for no password."""

from dataclasses import dataclass

from appliance.base.errors import Code, Refusal
from appliance.domain import rules
from appliance.domain.actor import Actor, Role
from appliance.domain.administration import Administration
from appliance.domain.events import Outcome
from appliance.domain.policy import Action, require
from appliance.store import users
from appliance.store.database import Connection, Database
from appliance.store.users import UserRow

_NAME = "administrador"


@dataclass(frozen=True, slots=True)
class WayIn:
    """Whose password the address sets anew. `created`: there was no administrator left."""

    username: str
    link: str
    created: bool


class Recovery:
    """Only for the command line."""

    def __init__(self, box: Database, administration: Administration) -> None:
        self._box = box
        self._administration = administration

    async def recover(self, actor: Actor, username: str = "") -> Outcome[WayIn]:
        """This administrator, or the one of longest standing. Until it is used the old password holds."""
        require(actor, Action.MANAGE_ACCOUNTS)
        row = await self._box.read(lambda db: _chosen(db, username))
        if row is None:
            return await self._create(actor)
        return Outcome(WayIn(row.username, await self._link(actor, row.id), created=False))

    async def _link(self, actor: Actor, user: str) -> str:
        return await self._administration.reset_link(actor, user, typed=True)

    async def _create(self, actor: Actor) -> Outcome[WayIn]:
        number = 1
        while True:
            name = _NAME if number == 1 else f"{_NAME}{number}"
            try:
                made = await self._administration.create(actor, name, Role.ADMINISTRATOR)
            except Refusal as refusal:
                if refusal.code is not Code.NAME_TAKEN:
                    raise
                number += 1
            else:
                link = await self._link(actor, made.value.account.id)
                return Outcome(WayIn(name, link, created=True), made.events)


def _chosen(db: Connection, username: str) -> UserRow | None:
    if username:
        row = users.by_key(db, rules.username_key(username))
        if row is None:
            raise Refusal(Code.NOT_FOUND, reason="account")
        if row.role != Role.ADMINISTRATOR:
            raise Refusal(Code.CONFLICT, reason="not_administrator")
        return row
    able = [row for row in users.everyone(db) if row.role == Role.ADMINISTRATOR and not row.disabled]
    return min(able, key=lambda row: (row.created, row.id), default=None)
