"""The audit log: who did what, written down with the decisions that go with it; read page by page."""

from collections.abc import Callable, Mapping, Sequence

from appliance.base.clock import Clock
from appliance.domain.actor import Actor
from appliance.domain.policy import Action, require
from appliance.store import audit
from appliance.store.audit import AuditRow
from appliance.store.database import Connection, Database


class Record:
    """The audit log of one box."""

    def __init__(self, box: Database, clock: Clock) -> None:
        self._box = box
        self._clock = clock

    async def write(
        self,
        actor: Actor,
        action: str,
        subject: str,
        detail: Mapping[str, object] | None = None,
        after: Sequence[Callable[[Connection], object]] = (),
    ) -> None:
        """One deed, and what belongs to it in box.db, in one commit. No text of a message, no secret."""
        now = self._clock.now()

        def work(db: Connection) -> None:
            for one in after:
                one(db)
            audit.write(db, now, (actor.id, actor.name), action, subject=subject, detail=detail)

        await self._box.write(work)

    async def page(self, actor: Actor, before: int | None, limit: int) -> tuple[list[AuditRow], str | None]:
        """The newest first; and where the next page begins."""
        require(actor, Action.SEE_AUDIT)
        found = await self._box.read(lambda db: audit.newest(db, limit + 1, before))
        shown = found[:limit]
        return shown, str(shown[-1].number) if len(found) > limit else None
