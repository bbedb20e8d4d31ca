"""`pichat generations`: what is saved; `--current N` chooses where a reboot leads."""

import argparse
from typing import Any

from appliance.base.errors import Refusal, StartError
from appliance.base.settings import Settings
from appliance.commands.running import ask, in_words
from appliance.commands.words import moment, say, size
from appliance.store.disk import Disk
from appliance.store.snapshot import generations
from appliance.store.snapshot.layout import DataLock, Layout
from appliance.store.snapshot.manifest import Damaged, Manifest, read


def run(settings: Settings, arguments: argparse.Namespace) -> int:
    layout = Layout(settings.data.absolute())
    if arguments.current is not None:
        choose(layout, arguments.current)
    return show(layout)


def choose(layout: Layout, number: int) -> None:
    """Through the server when one runs, else by hand, under its lock."""
    if ask(layout, "current", generation=number) is not None:
        return
    if not layout.stable.is_dir():
        raise StartError("there is no such generation")
    lock = DataLock(layout)
    try:
        generations.make_current(layout, Disk(), number)
    except Refusal as refusal:
        raise StartError(in_words(refusal.code.value, refusal.params)) from refusal
    finally:
        lock.release()


def show(layout: Layout) -> int:
    """One line each, the newest first. Reads manifests alone, so it needs no lock."""
    numbers = generations.numbers(layout) if layout.stable.is_dir() else []
    if not numbers:
        say("nothing is saved yet: a reboot throws away whatever people brought")
        return 0
    current = generations.effective(layout)
    for number in reversed(numbers):
        mark = "*" if current and current.generation == number else " "
        try:
            say(f"{mark} {line(read(layout, number))}")
        except Damaged as damage:
            say(f"{mark} {number}: {damage}")
    say("a reboot leads to the one marked *")
    return 0


def line(manifest: Manifest) -> str:
    counts = f"{manifest.messages} messages, {manifest.files} files ({size(manifest.bytes)})"
    return said(manifest.generation, manifest.saved_at, manifest.by_name, manifest.note, counts)


def told(answer: dict[str, Any]) -> str:
    """The same for a generation as the server tells it."""
    counts = f"{answer['messages']} messages, {answer['files']} files ({size(answer['bytes'])})"
    return said(answer["generation"], answer["saved_at"], answer["by"], answer["note"], counts)


def said(number: int, at: int | None, by: str, note: str, counts: str) -> str:
    words = f" “{note}”" if note else ""
    return f"{number}: {moment(at)}, by {by}, {counts}{words}"
