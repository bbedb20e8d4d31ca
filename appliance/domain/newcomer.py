"""A new account as a row: the values checked, an id of its own. Stores nothing."""

from dataclasses import dataclass

from appliance.base.ids import new_id
from appliance.domain import rules
from appliance.domain.actor import Role
from appliance.store.users import UserRow


@dataclass(frozen=True, slots=True)
class Newcomer:
    """What an account begins with; made by `newcomer`, so its values are acceptable."""

    username: str
    name: str
    role: Role

    @property
    def about(self) -> tuple[str, ...]:
        """What the password must not be made of."""
        return (self.username, self.name)

    def row(self, password_hash: str | None, now: int) -> UserRow:
        return UserRow(
            id=new_id("u"),
            username=self.username,
            username_key=rules.username_key(self.username),
            name=self.name,
            role=self.role.value,
            language="",
            password_hash=password_hash,
            disabled=False,
            created=now,
        )


def newcomer(username: str, name: str, role: Role, *, own_choice: bool = False) -> Newcomer:
    """Refuses values that no account may have. Without a name of its own it is called by its user name."""
    if role is Role.GUEST:
        raise rules.bad("role", "unknown")
    good = rules.username(username, own_choice=own_choice)
    return Newcomer(good, rules.person_name(name) if name.strip() else good, role)
