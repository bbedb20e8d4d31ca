"""Bringing back and packing up as the box does it, without a server; a moment for trouble around commits."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

from appliance.base.clock import SystemClock
from appliance.base.errors import Code, Refusal
from appliance.domain.archive.exports import all_of, lay_out
from appliance.domain.archive.making import Wish
from appliance.domain.bringing import Bringing
from appliance.domain.directory import Directory
from appliance.domain.presence import Presence
from appliance.domain.previous_views import BroughtBack
from appliance.domain.quarantine import Quarantine
from appliance.domain.roster import Roster
from appliance.host.sniff import sniffer
from appliance.store import bringing, previous
from appliance.store.archive import source
from appliance.store.bringing import Choice
from appliance.store.database import Database
from appliance.store.disk import Disk
from appliance.store.homes import Homes
from appliance.store.opening import Store
from appliance.store.snapshot import sessions
from tests.store.rigs import column, keep


class Watched:
    """Content whose every commit is announced, before it and after it."""

    def __init__(self, content: Database, observe: Callable[[], None]) -> None:
        self._content = content
        self._observe = observe

    def __getattr__(self, name: str) -> Any:
        return getattr(self._content, name)

    async def write(self, work: Any) -> Any:
        self._observe()
        done = await self._content.write(work)
        self._observe()
        return done


def watched(store: Store, observe: Callable[[], None]) -> None:
    store.content = cast(Database, Watched(store.content, observe))


def whole_ones(store: Store) -> list[str]:
    """Sessions that a power cut ended and that can be looked at; damaged ones are erased."""
    whole = []
    for epoch in sessions.earlier(store.layout, but=store.epoch):
        try:
            with previous.opened(store, epoch) as past:
                if previous.is_whole(past):
                    whole.append(epoch)
                    continue
        except Refusal as refusal:
            assert refusal.code is Code.CONFLICT
        previous.erase(store, epoch)
    return whole


def assert_in_order(store: Store) -> None:
    """The numbers of every room are one row from 1, and its head is the last of them."""
    for room in column(store, "SELECT id FROM rooms"):
        seqs = column(store, f"SELECT seq FROM messages WHERE room = '{room}' ORDER BY seq")
        assert seqs == list(range(1, len(seqs) + 1))
        assert column(store, f"SELECT head FROM rooms WHERE id = '{room}'") == [len(seqs)]


def bring_all(store: Store, epoch: str) -> BroughtBack:
    """Everything of an earlier session. Refusal(conflict, damaged) when it cannot be looked at."""
    return asyncio.run(_bring(store, epoch))


async def _bring(store: Store, epoch: str) -> BroughtBack:
    directory, homes = Directory(store.box), Homes(store.content, 0)
    quarantine = Quarantine(store, sniffer(), None, SystemClock())
    hands = Bringing(store, quarantine, directory, Roster(directory, Presence(homes)))
    try:
        await quarantine.start(lambda events: None)
        with previous.opened(store, epoch) as past:
            return await hands.bring(past, bringing.pick(past, Choice(all=True)), lambda events: None)
    finally:
        await quarantine.close()
        homes.close()


def packed(store: Store, path: Path) -> Path:
    """What is there is saved, and becomes an archive."""
    wish = Wish(at=SystemClock().now(), by="Marta", name="A")
    people = store.box.read_now(source.people)
    one = lay_out(store.layout, Disk(), keep(store).generation, people, wish)
    path.write_bytes(b"".join(all_of(one)))
    return path


def second_room(store: Store) -> None:
    sql = "INSERT INTO rooms (id, kind, name, created) VALUES ('r_b', 'public', 'B', 1)"
    store.content.write_now(lambda db: db.execute(sql))
