"""The accounts of a box that does not run, opened by themselves: content may be damaged, they are not."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from appliance.base.clock import SystemClock
from appliance.base.settings import Settings
from appliance.domain.accounts import Accounts
from appliance.domain.directory import Directory
from appliance.domain.passwords import Hasher
from appliance.domain.recovery import Recovery
from appliance.domain.throttle import Throttle
from appliance.host.memory import total_bytes
from appliance.peopling import peopling
from appliance.store import wipe
from appliance.store.database import Database
from appliance.store.disk import Disk
from appliance.store.snapshot.boxfile import open_box
from appliance.store.snapshot.layout import DataLock, Layout


@dataclass(frozen=True, slots=True)
class Alone:
    """What the commands on people need."""

    box: Database
    accounts: Accounts
    recovery: Recovery


@contextlib.contextmanager
def accounts_alone(settings: Settings) -> Iterator[Alone]:
    """Under the lock of the data folder, which is made if there is none. Raises StartError."""
    layout, disk, clock = Layout(settings.data.absolute()), Disk(), SystemClock()
    layout.make(disk)
    with contextlib.ExitStack() as undo:
        undo.callback(DataLock(layout).release)
        wipe.finish(layout, disk)
        box = open_box(layout, disk)
        undo.callback(box.close)
        hasher = Hasher(settings, box, memory_bytes=total_bytes())
        undo.callback(hasher.close)
        sessions, accounts = peopling(
            box=box,
            hasher=hasher,
            directory=Directory(box),
            throttle=Throttle(clock),
            settings=settings,
            clock=clock,
        )
        undo.callback(sessions.close)
        yield Alone(box, accounts, Recovery(box, accounts.administration))
