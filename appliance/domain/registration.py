"""People who make their own account, where the settings let them. Always as usuario."""

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain.actor import Role
from appliance.domain.directory import Directory, Person
from appliance.domain.newcomer import newcomer
from appliance.domain.passwords import Hasher
from appliance.domain.throttle import Throttle, network
from appliance.store import audit, users
from appliance.store.database import Connection, Database


class Registration:
    """Answer and cost are the same whether the name was free or not, so that nobody learns who is here."""

    def __init__(
        self,
        *,
        box: Database,
        hasher: Hasher,
        directory: Directory,
        throttle: Throttle,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._box = box
        self._hasher = hasher
        self._directory = directory
        self._throttle = throttle
        self._settings = settings
        self._clock = clock

    async def register(self, username: str, password: str, name: str, address: str) -> None:
        """Makes the account unless the name is taken; refuses what is not acceptable."""
        mode = self._settings.registration
        if mode != "open":
            raise Refusal(Code.FORBIDDEN, reason="registration", registration=mode)
        wish = newcomer(username, name, Role.USUARIO, own_choice=True)
        self._hasher.accept(password, wish.about)
        count = self._settings.registrations_per_hour
        self._throttle.take(f"register:{network(address)}", burst=count, per_second=count / 3600)
        row = wish.row(await self._hasher.hash(password), self._clock.now())

        def work(db: Connection) -> bool:
            if not users.insert(db, row):
                return False
            detail = {"username": row.username, "from": address}
            audit.write(db, row.created, (row.id, row.name), "register", subject=row.id, detail=detail)
            return True

        if await self._box.write(work):
            self._directory.put(Person.of(row))
