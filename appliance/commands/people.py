"""`pichat adduser | passwd | recover`: accounts from a shell, through the server when one runs."""

import argparse
import asyncio
import getpass
import sys
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

from appliance.base.errors import Refusal, StartError
from appliance.base.settings import Settings
from appliance.commands.alone import accounts_alone
from appliance.commands.running import ask, in_words
from appliance.commands.words import say
from appliance.domain.actor import BOX, Role
from appliance.store.snapshot.layout import Layout

T = TypeVar("T")


def adduser(settings: Settings, arguments: argparse.Namespace) -> int:
    """Without `--password` the newcomer gets a one-time address to choose one."""
    wish: dict[str, Any] = {"username": arguments.username, "role": arguments.role, "name": arguments.name}
    if arguments.password:
        wish["password"] = typed_password()
    answer = ask(Layout(settings.data.absolute()), "adduser", **wish)
    urls: Sequence[str] = ()
    if answer is None:
        with accounts_alone(settings) as alone:
            role = Role(wish.pop("role"))
            made = done(alone.accounts.administration.create(BOX, role=role, **wish)).value
            username, link = made.account.username, made.reset_link
    else:
        username, link, urls = answer["username"], answer["link"], answer["urls"]
    say(f"{username} has an account now ({arguments.role})")
    if link:
        say(*address(settings, link, urls))
    return 0


def passwd(settings: Settings, arguments: argparse.Namespace) -> int:
    """Ends every session of that account."""
    password = typed_password()
    layout = Layout(settings.data.absolute())
    if ask(layout, "passwd", username=arguments.username, password=password) is None:
        with accounts_alone(settings) as alone:
            done(alone.accounts.administration.set_password(BOX, arguments.username, password))
    say(f"{arguments.username} has a new password; every session of that account is over")
    return 0


def recover(settings: Settings, arguments: argparse.Namespace) -> int:
    """The box answers whoever stands before it: no password is asked for."""
    answer = ask(Layout(settings.data.absolute()), "recover", username=arguments.username)
    if answer is None:
        with accounts_alone(settings) as alone:
            way = done(alone.recovery.recover(BOX, arguments.username)).value
            username, link, created, urls = way.username, way.link, way.created, ()
    else:
        username, link, created = (answer["way"][key] for key in ("username", "link", "created"))
        urls = answer["urls"]
    if created:
        say("no administrator was left: there is a new account")
    say(f"administrator: {username}", *address(settings, link, urls))
    return 0


def address(settings: Settings, link: str, urls: Sequence[str]) -> list[str]:
    """Where the password is chosen; without a server nobody knows the addresses of this machine."""
    path, _, code = link.partition("#")
    secure = settings.tls_alone or settings.tls == "required"
    number = settings.tls_port if settings.tls == "required" else settings.port
    port = "" if number == (443 if secure else 80) else f":{number}"
    scheme = "https" if secure else "http"
    where = [url.rstrip("/") for url in urls] or [f"{scheme}://<address of this box>{port}"]
    lines = ["choose a password, once, at one of these addresses:"]
    lines += [f"  {one}{path}#{code}" for one in where]
    return [*lines, f"code: {code}", f"it ends after {settings.reset_link_hours} h or when another is made"]


def typed_password() -> str:
    """Asked for twice at a terminal; otherwise the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    password = getpass.getpass("new password: ")
    if getpass.getpass("again: ") != password:
        raise StartError("the two are not the same; nothing was changed")
    return password


def done(deed: Coroutine[Any, Any, T]) -> T:
    """Its result, or what it refuses as one line."""
    try:
        return asyncio.run(deed)
    except Refusal as refusal:
        raise StartError(in_words(refusal.code.value, refusal.params)) from refusal
