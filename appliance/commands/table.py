"""How the commands on the content are called, for the parser of the command line."""

import argparse
from collections.abc import Callable
from typing import Any

from appliance.base.settings import Settings

Command = Callable[[Settings, argparse.Namespace], int]


def add(commands: Any) -> None:
    """`commands` are argparse's sub-parsers."""
    one = commands.add_parser("restore", help="do what a start does with the content")
    one.add_argument("--now", action="store_true", help="also within a boot: what came since is erased")
    one.add_argument(
        "--box", nargs="?", type=int, const=0, metavar="N", help="put saved accounts in place of damaged ones"
    )
    one.add_argument(
        "--empty", action="store_true", help="begin anew when nothing saved can be read; it is set aside"
    )
    one.set_defaults(run=_late("restore"))
    one = commands.add_parser("save", help="make everything there is the stable snapshot")
    one.add_argument("--note", default="", help="a few words to know it by")
    one.add_argument("--include-flagged", action="store_true", help="also files that look dangerous")
    one.set_defaults(run=_late("save"))
    one = commands.add_parser("generations", help="show what is saved")
    one.add_argument("--current", type=int, metavar="N", help="where a reboot leads from now on")
    one.set_defaults(run=_late("generations"))
    one = commands.add_parser("check", help="look whether everything is there")
    one.add_argument("--deep", action="store_true", help="read every byte")
    one.set_defaults(run=_late("check"))


def _late(name: str) -> Command:
    """Imports the command when it is run: the others start without it."""

    def run(settings: Settings, arguments: argparse.Namespace) -> int:
        from importlib import import_module  # noqa: PLC0415

        return int(import_module(f"appliance.commands.{name}").run(settings, arguments))

    return run
