"""The chat's part of the assembly: rooms, members, guests, messages, moderation and what they stand on."""

from dataclasses import dataclass

from appliance.base.clock import Clock
from appliance.base.settings import Settings
from appliance.domain.accounts import Accounts
from appliance.domain.changes import Changes
from appliance.domain.codes import Codes
from appliance.domain.departures import Departures
from appliance.domain.directory import Directory
from appliance.domain.guest_book import GuestBook
from appliance.domain.guests import Guests
from appliance.domain.leftovers import Leftovers
from appliance.domain.members import Members
from appliance.domain.messages import Messages
from appliance.domain.moderation import Moderation
from appliance.domain.passwords import Hasher
from appliance.domain.presence import Presence
from appliance.domain.receipts import ReadingMarks
from appliance.domain.record import Record
from appliance.domain.reports import Reports
from appliance.domain.ripples import Ripples
from appliance.domain.rooms import Rooms
from appliance.domain.roster import Roster
from appliance.domain.throttle import Throttle
from appliance.store.homes import Homes
from appliance.store.opening import Store


class Ground:
    """What the chat stands on, and accounts need too."""

    def __init__(
        self, settings: Settings, clock: Clock, store: Store, hasher: Hasher, directory: Directory
    ) -> None:
        self.settings = settings
        self.clock = clock
        self.directory = directory
        self.throttle = Throttle(clock)
        self.homes = Homes(store.content, settings.ephemeral_bytes)
        self.book = GuestBook(store.content, directory, clock)
        self.presence = Presence(self.homes)
        self.roster = Roster(directory, self.presence)
        self.leftovers = Leftovers(store.content, clock, settings.resumable_hours)
        self.departures = Departures(
            directory=directory,
            presence=self.presence,
            roster=self.roster,
            book=self.book,
            leftovers=self.leftovers,
            clock=clock,
        )
        self.presence.when_gone(self.departures.deserted)
        self.codes = Codes(self.homes, hasher, self.throttle, settings, clock)
        self.record = Record(store.box, clock)
        self.ripples = Ripples(self.homes, self.departures, self.presence)


@dataclass(frozen=True, slots=True)
class Chat:
    """What handlers are given of it."""

    rooms: Rooms
    members: Members
    guests: Guests
    messages: Messages
    changes: Changes
    marks: ReadingMarks
    moderation: Moderation
    reports: Reports


def chat(ground: Ground, accounts: Accounts) -> Chat:
    homes, directory, settings, clock = ground.homes, ground.directory, ground.settings, ground.clock
    rooms = Rooms(
        homes=homes,
        directory=directory,
        presence=ground.presence,
        roster=ground.roster,
        departures=ground.departures,
        codes=ground.codes,
        record=ground.record,
        clock=clock,
        settings=settings,
    )
    members = Members(
        homes=homes,
        directory=directory,
        presence=ground.presence,
        roster=ground.roster,
        departures=ground.departures,
        codes=ground.codes,
        clock=clock,
        settings=settings,
    )
    guests = Guests(
        homes=homes,
        directory=directory,
        presence=ground.presence,
        roster=ground.roster,
        departures=ground.departures,
        book=ground.book,
        codes=ground.codes,
        clock=clock,
        settings=settings,
    )
    messages = Messages(homes, directory, ground.throttle, clock, settings)
    reports = Reports(homes, directory, ground.record, ground.throttle, clock)
    changes = Changes(
        homes=homes,
        directory=directory,
        record=ground.record,
        leftovers=ground.leftovers,
        pace=messages.pace,
        clock=clock,
        settings=settings,
    )
    marks = ReadingMarks(homes, directory)
    judges = moderation(ground, accounts)
    return Chat(rooms, members, guests, messages, changes, marks, judges, reports)


def moderation(ground: Ground, accounts: Accounts) -> Moderation:
    return Moderation(
        homes=ground.homes,
        administration=accounts.administration,
        directory=ground.directory,
        presence=ground.presence,
        roster=ground.roster,
        departures=ground.departures,
        book=ground.book,
        record=ground.record,
        clock=ground.clock,
    )
