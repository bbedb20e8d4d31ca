"""`pichat check`: is everything there that should be? `--deep` reads every byte. Changes nothing."""

import argparse

from appliance.base.settings import Settings
from appliance.commands.words import say
from appliance.store.snapshot import check, generations, sessions
from appliance.store.snapshot.check import Finding
from appliance.store.snapshot.layout import Layout


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    """1 when anything is wrong. May run beside the server."""
    layout, deep = Layout(settings.data.absolute()), arguments.deep
    if not layout.stable.is_dir():
        say(f"{layout.data}: nothing is there yet")
        return 0
    well = told("accounts", check.box(layout))
    live = sessions.current(layout)
    if live is not None:
        well &= told(f"content of epoch {live.epoch}", check.session(layout, live.epoch, deep=deep))
    current = generations.effective(layout)
    for number in generations.numbers(layout):
        mark = " (current)" if current and current.generation == number else ""
        well &= told(f"generation {number}{mark}", check.generation(layout, number, deep=deep))
    return 0 if well else 1


def told(what: str, found: list[Finding]) -> bool:
    """One line, or one for each finding."""
    say(*(f"{what}: {one}" for one in found) if found else (f"{what}: ok",))
    return not found
