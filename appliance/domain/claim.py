"""Who owns a new box: whoever can read its screen, its console or its card. Makes the first administrator.

The code stays the same until it is used; it stands in box.db and, for people, in `claim.txt`.
"""

from pathlib import Path

from appliance.base import ids, log
from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.base.settings import Settings
from appliance.domain.actor import Role
from appliance.domain.directory import Directory, Person
from appliance.domain.events import Outcome
from appliance.domain.newcomer import newcomer
from appliance.domain.passwords import Hasher
from appliance.domain.sessions import Kind, Sessions, SignedIn
from appliance.domain.throttle import Throttle, network
from appliance.store import audit, disk, meta, users
from appliance.store.database import Connection, Database
from appliance.store.disk import Disk

FILE = "claim.txt"
# Of all addresses together, this many times what one may; 65 bits would stand far more.
ALL_ADDRESSES = 12
CODE_CHARS = 40  # of what was typed
_META = "claim_code"
_log = log.logger("claim")


class Claim:
    """A box is claimed as long as it has an administrator."""

    def __init__(
        self,
        *,
        box: Database,
        hasher: Hasher,
        directory: Directory,
        sessions: Sessions,
        throttle: Throttle,
        settings: Settings,
        clock: Clock,
    ) -> None:
        self._box = box
        self._hasher = hasher
        self._directory = directory
        self._sessions = sessions
        self._throttle = throttle
        self._settings = settings
        self._clock = clock
        self._claimed = False
        self._code = None if self.claimed else box.write_now(_kept_code)
        self._write_file()

    @property
    def claimed(self) -> bool:
        """Once true it stays so; the command line may make the first administrator too."""
        if not self._claimed:
            self._claimed = bool(self._directory.administrators())
        return self._claimed

    @property
    def code(self) -> str | None:
        """For the console and the screen of the box; None once it is claimed."""
        return None if self.claimed else self._code

    def settle(self) -> None:
        """Once the command line has made the first administrator: the code is good for nothing any more."""
        if self.claimed and self._code is not None:
            self._code = None
            self._write_file()

    @property
    def path(self) -> Path:
        return self._settings.data / FILE

    async def claim(
        self,
        code: str,
        username: str,
        password: str,
        name: str,
        *,
        kind: Kind,
        address: str,
        client: str,
    ) -> Outcome[SignedIn]:
        """Makes the first administrator and signs in. Of two at once, one is told `claimed`."""
        if self._code is None or self.claimed:
            raise Refusal(Code.CLAIMED)
        self._check(code, address)
        first = newcomer(username, name, Role.ADMINISTRATOR)
        row = first.row(await self._hasher.chosen(password, first.about), self._clock.now())
        issued = self._sessions.issue(row.id, kind, address, client)

        def work(db: Connection) -> list[str]:
            if meta.get(db, _META) != self._code or users.enabled(db, Role.ADMINISTRATOR.value):
                raise Refusal(Code.CLAIMED)
            if not users.insert(db, row):
                raise Refusal(Code.NAME_TAKEN)
            meta.drop(db, _META)
            audit.write(
                db, row.created, (row.id, row.name), "claim", subject=row.id, detail={"from": address}
            )
            return self._sessions.begin(db, issued)

        over = await self._box.write(work)
        person = Person.of(row)
        self._directory.put(person)
        self._code = None
        self._write_file()
        _log.info("the box was claimed by %s from %s", person.username, address)
        return Outcome(SignedIn.of(person, issued), self._sessions.ended(over))

    def _check(self, code: str, address: str) -> None:
        count = self._settings.claims_per_minute
        here = f"claim:{network(address)}"
        self._throttle.per_minute(here, count)
        self._throttle.per_minute("claim", count * ALL_ADDRESSES)
        if not ids.same(ids.normal_code(code[:CODE_CHARS]), self._code or ""):
            _log.info("a wrong claim code from %s", address)
            raise Refusal(Code.BAD_CODE)
        self._throttle.forget(here)  # the right one: a weak password is not a guess

    def _write_file(self) -> None:
        """One line while the box is unclaimed, no file afterwards."""
        if self._code is None:
            Disk().remove(self.path)
        else:
            disk.replace(Disk(), self.path, f"{ids.grouped(self._code)}\n".encode(), durable=True)


def _kept_code(db: Connection) -> str:
    code = meta.get(db, _META)
    if code is None:
        code = ids.claim_code()
        meta.put(db, _META, code)
    return code
