"""The command line: `pichat serve`, and what an administrator does from a shell. Decides nothing itself."""

import argparse
import asyncio
import os
import sys
from pathlib import Path

from appliance import __version__, reloading
from appliance.base import log
from appliance.base.errors import Refusal, StartError
from appliance.base.settings import Settings
from appliance.base.sources import load
from appliance.commands import table as store_commands


def main(argv: list[str] | None = None) -> int:
    """Runs one command; returns its exit code. Every failure is one clear line."""
    arguments = parser().parse_args(argv)
    try:
        settings = load(overrides(arguments), os.environ, Path.cwd())
        log.set_up("debug" if settings.debug else settings.log)
        return int(arguments.run(settings, arguments))
    except (StartError, Refusal) as error:
        sys.stderr.write(f"pichat: {log.printable(str(error))}\n")
        return 1
    except KeyboardInterrupt:
        return 130


def parser() -> argparse.ArgumentParser:
    """All commands. Any setting can be given as `--set name=value`."""
    top = argparse.ArgumentParser(prog="pichat", description="Chat and files for a local network.")
    top.add_argument("--version", action="version", version=f"pichat {__version__}")
    commands = top.add_subparsers(required=True, metavar="command")
    run = commands.add_parser("serve", help="serve the box until a signal")
    run.add_argument("--port", help="TCP port; 0 takes a free one")
    run.add_argument("--host", help="address to listen on; every one when left out")
    run.add_argument("--demo", action="store_const", const="yes", help="three well-known accounts, to try it")
    run.add_argument("--dev", action="store_const", const="yes", help="start again when the program changes")
    run.set_defaults(run=serve)
    store_commands.add(commands)
    for command in commands.choices.values():
        command.add_argument("--data", help="folder of everything that lasts")
        command.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE", help="any setting of the table"
        )
    return top


def overrides(arguments: argparse.Namespace) -> dict[str, str]:
    """What the command line says about settings."""
    given = {}
    for pair in arguments.set:
        name, equals, value = pair.partition("=")
        if not equals:
            raise StartError(f"--set {pair}: write it as NAME=VALUE")
        given[name] = value
    for name in ("port", "host", "data", "demo", "dev"):
        value = getattr(arguments, name, None)
        if value is not None:
            given[name] = value
    return given


def serve(settings: Settings, _: argparse.Namespace) -> int:
    """Imports late: the other commands start without the server."""
    if settings.dev and not reloading.is_child():
        return reloading.serve_again_and_again()
    from appliance.serving import serve as serving  # noqa: PLC0415

    asyncio.run(serving(settings))
    return 0


if __name__ == "__main__":
    sys.exit(main())
