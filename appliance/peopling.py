"""The part of the assembly that knows who is who: for the server, and for commands without one."""

from appliance.base.clock import Clock
from appliance.base.settings import Settings
from appliance.domain.accounts import Accounts
from appliance.domain.directory import Directory
from appliance.domain.guest_book import GuestBook
from appliance.domain.passwords import Hasher
from appliance.domain.ripples import Ripples
from appliance.domain.sessions import Sessions
from appliance.domain.throttle import Throttle
from appliance.store.database import Database


def peopling(
    *,
    box: Database,
    hasher: Hasher,
    directory: Directory,
    throttle: Throttle,
    settings: Settings,
    clock: Clock,
    guests: GuestBook | None = None,
    ripples: Ripples | None = None,
) -> tuple[Sessions, Accounts]:
    """Where no content is open there are neither guests nor `ripples` of what becomes of people."""
    sessions = Sessions(box, directory, throttle, settings, clock, guests=guests)
    accounts = Accounts(
        box=box,
        hasher=hasher,
        directory=directory,
        sessions=sessions,
        throttle=throttle,
        settings=settings,
        clock=clock,
        ripples=ripples,
    )
    return sessions, accounts
