"""Performs a play: reads sentences, drives real clients, compares what they hear. See README.md."""

import asyncio
import json
import re
import shlex
from dataclasses import dataclass, field
from typing import Any

from tests.boxes import Boxes
from tests.people import People, Person, Socket

GENERAL = "r_general"
_NAME = re.compile(r"<(\w+)>")


class Stumble(AssertionError):
    """A sentence that did not come true: which line, and what was there instead."""


@dataclass
class Player:
    """One person of the play, with the connection of the moment."""

    person: Person
    socket: Socket | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)
    cursor: str = ""
    epoch: str = ""

    @property
    def on(self) -> Socket:
        assert self.socket is not None, "is not connected"
        return self.socket


class Performance:
    """One play on one box."""

    def __init__(self, boxes: Boxes, people: People) -> None:
        self.boxes = boxes
        self.people = people
        self.players: dict[str, Player] = {}
        self.kept: dict[str, Any] = {}
        self.number = 100

    async def perform(self, text: str) -> None:
        for number, line in enumerate(text.splitlines(), 1):
            sentence = line.split(" #")[0].strip()
            if not sentence or sentence.startswith("#"):
                continue
            try:
                await self.sentence(sentence)
            except (AssertionError, TimeoutError) as problem:
                raise Stumble(f"line {number}: {sentence}\n  {problem}") from problem

    async def sentence(self, sentence: str) -> None:
        if sentence in ("the box restarts", "the box boots"):
            if sentence == "the box boots":
                self.boxes.new_boot()
            await self.restart()
            return
        name, verb, *words = _words(sentence)
        if verb == "enters":
            await self.enters(name, words)
            return
        player = self.players.setdefault(name, Player(self.somebody(name)))
        await getattr(self, f"do_{verb}")(player, words)

    def somebody(self, name: str) -> Person:
        """One of the company, or a guest who has entered."""
        if name in self.players:
            return self.players[name].person
        person: Person = getattr(self.people, name)
        return person

    async def enters(self, name: str, words: list[str]) -> None:
        """Somebody without an account, by a room's code. The answer is received, whatever it is."""
        guest = Person(self.people.box)
        player = self.players[name] = Player(guest)
        await self.do_asks(player, ["POST", "/api/enter", f"name={name.title()}", *words])
        body = player.heard[-1]["body"]
        guest.token, guest.me = body.get("access_token", ""), body.get("user", {})

    async def do_connects(self, player: Player, words: list[str]) -> None:
        hello = {"client": words[1]} if words[:1] == ["as"] else {}
        await self.enter(player, hello)
        assert player.on.welcome["mode"] == "fresh", player.on.welcome

    async def do_returns(self, player: Player, words: list[str]) -> None:
        await self.enter(player, {"resume": player.cursor})
        welcome = player.on.welcome
        assert welcome["mode"] == words[0], f"mode is {welcome['mode']}"
        if welcome["mode"] == "resumed":
            batch = await player.on.wait("batch")
            for frame in batch["events"]:
                player.on.frames.put_nowait(frame)

    async def enter(self, player: Player, hello: dict[str, Any]) -> None:
        if player.socket is not None:
            player.heard += _taken(player.socket)
        player.socket = await player.person.connect(**hello)
        welcome = player.on.welcome
        assert welcome["type"] == "welcome", welcome
        player.epoch = welcome["epoch"]
        if not hello.get("resume") or welcome["mode"] != "resumed":
            player.cursor = f"{welcome['epoch']}.{welcome['ev']}"

    async def do_disconnects(self, player: Player, words: list[str]) -> None:
        await player.on.close()

    async def do_vanishes(self, player: Player, words: list[str]) -> None:
        player.on.connection.transport.abort()
        await player.on.connection.wait_closed()

    async def do_sends(self, player: Player, words: list[str]) -> None:
        self.number += 1
        await player.on.send({"type": words[0], "id": self.number, **self.fields(words[1:])})

    async def do_asks(self, player: Player, words: list[str]) -> None:
        method, path, *rest = words
        body = self.fields(rest) if rest or method not in ("GET", "DELETE") else None
        answer = await player.person.request(method, self.filled(path), body)
        frame = {"type": "answer", "status": answer.status}
        if answer.content:
            frame["body"] = answer.json
        player.heard.append(frame)

    async def do_receives(self, player: Player, words: list[str]) -> None:
        kind, wanted = words[0], self.pairs(words[1:])
        deadline = asyncio.get_running_loop().time() + 10
        while True:
            for frame in player.heard:
                if frame["type"] == kind and all(self.matches(frame, k, v) for k, v in wanted):
                    player.heard.remove(frame)
                    self.keep(frame, wanted)
                    return
            left = deadline - asyncio.get_running_loop().time()
            try:
                async with asyncio.timeout(max(0, left)):
                    self.hear(player, await player.on.frames.get())
            except TimeoutError:
                raise AssertionError(f"heard only {player.heard}") from None

    async def do_hears(self, player: Player, words: list[str]) -> None:
        assert words == ["nothing"], words
        self.number += 1
        await player.on.send({"type": "ping", "id": self.number})
        while True:
            async with asyncio.timeout(10):
                frame = await player.on.frames.get()
            if frame.get("type") == "pong" and frame.get("id") == self.number:
                break
            self.hear(player, frame)
        assert not player.heard, f"heard {player.heard}"

    async def do_forgets(self, player: Player, words: list[str]) -> None:
        """Whatever was heard so far is of no interest to the play."""
        assert words == ["everything"], words
        self.number += 1
        await player.on.ask({"type": "ping"})
        for frame in _taken(player.on):
            self.hear(player, frame)
        player.heard.clear()

    async def do_is(self, player: Player, words: list[str]) -> None:
        if words[:2] == ["welcomed", "with"]:
            welcome = player.on.welcome
            for key, wanted in self.pairs(words[2:]):
                assert self.matches(welcome, key, wanted), f"welcome says {key}={_inside(welcome, key)}"
            return
        code = await player.on.closed()
        assert words[:2] == ["closed", "with"] and code == int(words[2]), f"closed with {code}"

    def hear(self, player: Player, frame: dict[str, Any]) -> None:
        player.heard.append(frame)
        if "ev" in frame:
            player.cursor = f"{player.epoch}.{frame['ev']}"

    async def restart(self) -> None:
        box = await self.boxes.again(self.people.box)
        self.people.box = box
        for person in (self.people.admin, self.people.ana, self.people.beto, self.people.uma):
            person.box = box
        for player in self.players.values():
            player.person.box = box
            if player.socket is not None:
                await player.socket.connection.wait_closed()

    def fields(self, words: list[str]) -> dict[str, Any]:
        return {key: self.value(text) for key, text in (word.split("=", 1) for word in words)}

    def pairs(self, words: list[str]) -> list[tuple[str, Any]]:
        return [
            (key, text if text.startswith("?") else self.value(text))
            for key, text in (word.split("=", 1) for word in words)
        ]

    def value(self, text: str) -> Any:
        if text == "General":
            return GENERAL
        if re.fullmatch(r"@\w+", text):
            return self.somebody(text[1:]).me["id"]
        if match := _NAME.fullmatch(text):
            return self.kept[match[1]]
        if text.startswith("[") and text.endswith("]") and '"' not in text:
            return [self.value(one) for one in text[1:-1].split(",") if one]
        try:
            return json.loads(text)
        except ValueError:
            return text

    def filled(self, text: str) -> str:
        """A path with the names in it replaced."""
        text = re.sub(r"@(\w+)", lambda m: str(self.somebody(m[1]).me["id"]), text)
        return _NAME.sub(lambda m: str(self.kept[m[1]]), text.replace("General", GENERAL))

    def matches(self, frame: dict[str, Any], key: str, wanted: Any) -> bool:
        if isinstance(wanted, str) and wanted.startswith("?"):
            return _inside(frame, key) is not None
        return bool(_inside(frame, key) == wanted)

    def keep(self, frame: dict[str, Any], wanted: list[tuple[str, Any]]) -> None:
        for key, text in wanted:
            if isinstance(text, str) and text.startswith("?"):
                self.kept[text[1:]] = _inside(frame, key)


def _inside(frame: Any, path: str) -> Any:
    for step in path.split("."):
        if step == "#":
            frame = len(frame)
        elif isinstance(frame, list):
            frame = frame[int(step)] if step.lstrip("-").isdigit() and int(step) < len(frame) else None
        elif isinstance(frame, dict):
            frame = frame.get(step)
        else:
            return None
    return frame


def _words(sentence: str) -> list[str]:
    """As a shell splits it; JSON objects and lists are best put between single quotes."""
    lexer = shlex.shlex(sentence, posix=True, punctuation_chars="")
    lexer.whitespace_split = True
    lexer.commenters = ""
    return list(lexer)


def _taken(socket: Socket) -> list[dict[str, Any]]:
    return [socket.frames.get_nowait() for _ in range(socket.frames.qsize())]
