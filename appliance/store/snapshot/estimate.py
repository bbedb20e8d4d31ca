"""What a save would take, before it is done. Changes nothing; for worker threads."""

from typing import NamedTuple

from appliance.store.blobs import has_body
from appliance.store.database import Connection
from appliance.store.opened import Store
from appliance.store.snapshot import choice
from appliance.store.snapshot.choice import Choice
from appliance.store.snapshot.contrast import Contrast
from appliance.store.snapshot.sides import Sides, opened


class Estimate(NamedTuple):
    """`files`, `messages`, `rooms`: how many differ from what is saved. `new_bytes`: of bodies that no
    generation has yet. `database_bytes`: of the databases that are copied. `flagged`: id and name;
    `left_out`: those of chosen files whose room would not be there, counted nowhere else; of a closed room
    without a name.
    """

    files: int
    messages: int
    rooms: int
    new_bytes: int
    database_bytes: int
    flagged: list[tuple[str, str]]
    left_out: list[tuple[str, str | None]]


def estimate(store: Store, sides: Sides, only: Choice | None, include_flagged: bool | None) -> Estimate:
    """Of everything (None) or of a choice. Refusal(not_found) for what cannot be chosen."""
    with opened(sides) as db:
        left_out = choice.resolve(db, only, "saved") if only is not None else []
        dangerous = choice.flagged(db, chosen=only is not None)
        if only is not None and not include_flagged:
            choice.leave_flagged(db)
        contrast = Contrast(db, chosen=only is not None)
        rooms = contrast.rooms()
        return Estimate(
            files=contrast.files().all,
            messages=sum(one.messages.all for one in rooms),
            rooms=len(rooms),
            new_bytes=_new_bytes(store, db, only is not None, bool(include_flagged)),
            database_bytes=_database_bytes(store, sides),
            flagged=dangerous,
            left_out=left_out,
        )


def check(sides: Sides, only: Choice, include_flagged: bool | None) -> None:
    """Refuses what `save` would refuse, before anything is begun: not_found, conflict (flagged)."""
    with opened(sides) as db:
        choice.resolve(db, only, "saved")
        if include_flagged is None:
            choice.refuse_flagged(db)


def _new_bytes(store: Store, db: Connection, chosen: bool, flagged: bool) -> int:
    among = " AND id IN (SELECT id FROM chosen_files)" if chosen else ""
    without = "" if flagged else f" AND NOT ({choice.FLAGGED})"
    rows = db.execute(
        "SELECT sha256, max(size) FROM live.files WHERE state IN ('quarantined', 'released')"  # noqa: S608 (own words)
        f"{among}{without} GROUP BY 1"
    )
    return sum(size for sha256, size in rows if not has_body(store.layout.blobs, sha256, size))


def _database_bytes(store: Store, sides: Sides) -> int:
    """The larger of the two contents, and the accounts."""
    paths = [path for path in (sides.live, sides.saved) if path is not None]
    return max(path.stat().st_size for path in paths) + store.box.path.stat().st_size
