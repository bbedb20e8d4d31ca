"""How the commands on the content are called, for the parser of the command line."""

import argparse
from collections.abc import Callable
from typing import Any

from appliance.base.settings import Settings
from appliance.commands.owner import acting_for

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
    one.add_argument(
        "--only",
        nargs="+",
        metavar="WHAT",
        help="files, messages, rooms, members, kept (files approved to be kept), or ids of rooms and files",
    )
    one.set_defaults(run=_late("save"))
    one = commands.add_parser("generations", help="show what is saved")
    one.add_argument("--current", type=int, metavar="N", help="where a reboot leads from now on")
    one.set_defaults(run=_late("generations"))
    one = commands.add_parser("check", help="look whether everything is there")
    one.add_argument("--deep", action="store_true", help="read every byte")
    one.set_defaults(run=_late("check"))
    one = commands.add_parser("export", help="write what is saved into one signed archive")
    one.add_argument("target", help="a file, or a folder: a USB stick")
    one.add_argument("--generation", type=int, metavar="N", help="which; the current one when left out")
    one.add_argument("--passwords", action="store_true", help="passwords too, to rebuild a box from it")
    one.add_argument("--private-rooms", action="store_true", help="pages of private rooms too")
    one.set_defaults(run=_late("export"))
    one = commands.add_parser("import", help="merge an archive into this box, or rebuild a box from it")
    one.add_argument("file", help="the archive")
    one.add_argument("--trust", action="store_true", help="although nobody here knows the box that signed it")
    one.add_argument("--rebuild", action="store_true", help="accounts too, into an empty data folder")
    one.set_defaults(run=_late("importing"))
    _add_people(commands)
    one = commands.add_parser("factory-reset", help="erase everything: the box as it was delivered")
    one.add_argument("--yes", action="store_true", help="do not ask for the word")
    one.set_defaults(run=_late("factory_reset"))


def _add_people(commands: Any) -> None:
    one = commands.add_parser("adduser", help="make an account; prints a one-time address for its password")
    one.add_argument("username")
    one.add_argument("--role", choices=("administrator", "cliente", "usuario"), default="usuario")
    one.add_argument("--name", default="", help="how people see it; the user name when left out")
    one.add_argument("--password", action="store_true", help="ask for the password here, or read it")
    one.set_defaults(run=_late("people", "adduser"))
    one = commands.add_parser("passwd", help="set a password, asked for or read from standard input")
    one.add_argument("username")
    one.set_defaults(run=_late("people", "passwd"))
    one = commands.add_parser("recover", help="lost password: a one-time code for an administrator")
    one.add_argument("username", nargs="?", default="", help="which; the first one when left out")
    one.set_defaults(run=_late("people", "recover"))


def _late(name: str, function: str = "run") -> Command:
    """Imports the command when it is run: the others start without it. What it makes is the owner's."""

    def run(settings: Settings, arguments: argparse.Namespace) -> int:
        from importlib import import_module  # noqa: PLC0415

        command = getattr(import_module(f"appliance.commands.{name}"), function)
        with acting_for(settings.data):
            return int(command(settings, arguments))

    return run
