"""Carries out a scenario file: a list of steps, each one thing that a person or the mains does to a card."""

import contextlib
import http.client
import subprocess
import time
import tomllib
from collections.abc import Callable
from pathlib import Path

from box import layout

from tests.image import made
from tests.image.chat import chat
from tests.image.cuts import PASSWORD, Cuts
from tests.image.device import Device, Failed, run
from tests.image.onlooker import Onlooker
from tests.image.stick import Stick
from tests.image.visitor import Step


class Scenario(Cuts, Onlooker):
    """`do` names the method."""

    def __init__(self, path: Path, board: Device, say: Callable[[str], None]) -> None:
        self.plan = tomllib.loads(path.read_text())
        super().__init__(board, {"password": PASSWORD})
        self.say = say
        self._stick: Stick | None = None

    def play(self, times: int = 1) -> None:
        """`step` once, then `again`, if there is such a list, so many times; `sometimes` after every tenth of
        them, and after the last.
        """
        self._do(self.plan["step"])
        for turn in range(1, times + 1):
            self.values["turn"] = str(turn)
            self._do(self.plan.get("again", []))
            if turn % 10 == 0 or turn == times:
                self._do(self.plan.get("sometimes", []))

    def _do(self, steps: list[Step]) -> None:
        for step in steps:
            self.board.in_time()
            began = time.monotonic()
            getattr(self, f"do_{step['do'].replace('-', '_')}")(step)
            words = " ".join(f"{key}={value!r}" for key, value in step.items())
            self.say(f"{time.monotonic() - began:6.1f} s  {words[:110]}")

    # The mains

    def do_boot(self, step: Step) -> None:
        """Until PiChat answers that it is well, or shows the safe page when that is what should come."""
        self.board.start(step.get("append", ""))
        wanted = step.get("health", 200)
        end = time.monotonic() + self.board.patience
        while True:
            self.board.in_time()
            with contextlib.suppress(OSError, http.client.HTTPException):
                status, body = self.request("GET", "/health")
                if status == wanted:
                    return
                if b"cannot start" in body:
                    raise Failed(f"the safe page: {body.decode()}\n{self.board.tail()}")
            if time.monotonic() > end:
                raise Failed(f"no answer {wanted} within {self.board.patience:.0f} s\n{self.board.tail()}")
            if self.board.log.exists() and "Kernel panic" in self.board.said():
                raise Failed(f"the kernel gave up\n{self.board.tail()}")
            if self.board.stopped():
                raise Failed(f"the board stopped before it answered\n{self.board.tail()}")
            time.sleep(1)

    def do_start(self, step: Step) -> None:
        """For a boot that is not to answer."""
        self.board.start(step.get("append", ""))

    def do_flash(self, _: Step) -> None:
        self.board.flash()

    def do_foreign(self, step: Step) -> None:
        """Somebody else's file system at the place of the data, as on a card that was used for photos."""
        offset = str(layout.DATA_START * layout.SECTOR)
        run("mke2fs", "-q", "-F", "-L", step["label"], "-E", f"offset={offset}", str(self.board.card), "200M")

    def do_still_foreign(self, step: Step) -> None:
        with self.board.card.open("rb") as file:
            file.seek(layout.DATA_START * layout.SECTOR + 1024)
            if step["label"].encode() not in file.read(1024):
                raise Failed("somebody's file system is gone")

    def do_stopped(self, step: Step) -> None:
        """The board went down by itself, cleanly."""
        self.board.wait_stopped(step.get("seconds", self.board.patience))

    # The card reader

    def do_card_write(self, step: Step) -> None:
        self.board.write(step["file"], self.filled(step["text"]).encode())

    def do_update(self, step: Step) -> None:
        """The card's own product under another version, or one that `crashes` at once; signed as it should
        be. Laid down as `file` of the boot partition, or kept as made.pichat to be sent.
        """
        make = made.broken if step.get("crashes") else made.good
        path = make(self.board.image, self.board.folder, step["version"])
        if "file" in step:
            self.board.write(step["file"], path.read_bytes())

    def do_card_rename(self, step: Step) -> None:
        raw = self.board.read(step["file"])
        self.board.remove(step["file"])
        self.board.write(step["to"], raw)

    def do_card_read(self, step: Step) -> None:
        """`seconds` waits for a file that the running box is about to write."""
        end = time.monotonic() + step.get("seconds", 0)
        while True:
            text = self.board.read(step["file"]).decode("utf-8-sig", "replace")
            try:
                self.expect(text, step, step["file"])
            except Failed:
                if time.monotonic() > end:
                    raise
                time.sleep(1)
            else:
                return

    def do_data(self, step: Step) -> None:
        """A file of the data partition, with the card out of the board."""
        with self.board.data_mounted() as folder:
            text = (folder / step["file"]).read_text()
        self.expect(text, step, step["file"])

    # The serial cable

    def do_serial(self, step: Step) -> None:
        found = self.board.wait_for(step["expect"], step.get("seconds", self.board.patience))
        if "into" in step:
            self.values[step["into"]] = found[1]

    # Whoever laid a key on the card

    def do_key(self, _: Step) -> None:
        """A new key pair, its public half in `{public_key}`."""
        path = self.board.folder / "key"
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(path))
        self.values["public_key"] = path.with_suffix(".pub").read_text().strip()

    def do_ssh(self, step: Step) -> None:
        """A command on the board; `cut_off`: the board may go down under it."""
        options = (
            "StrictHostKeyChecking=no",
            "UserKnownHostsFile=/dev/null",
            "ConnectTimeout=60",
            "BatchMode=yes",
        )
        command = ["ssh", "-F", "none", "-i", str(self.board.folder / "key"), "-p", str(self.board.ssh_port)]
        command += [*(f"-o{option}" for option in options), f"root@{self.board.host}", step["run"]]
        end = time.monotonic() + self.board.patience
        while True:
            self.board.in_time()
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            if done.returncode != 255 or step.get("cut_off"):
                break
            if time.monotonic() > end:
                raise Failed(f"ssh: {done.stderr[-400:]}")
            time.sleep(2)
        self.expect(done.stdout + done.stderr, step, step["run"])

    def do_shown(self, step: Step) -> None:
        """The letters on the screen; `seconds` waits for them."""
        end = time.monotonic() + step.get("seconds", 0)
        read = "open('/dev/vcsu1', 'rb').read().decode('utf-32-le')"
        while True:
            try:
                self.do_ssh({**step, "run": f'python3 -ISc "print({read})"'})
            except Failed:
                if time.monotonic() > end:
                    raise
                time.sleep(1)
            else:
                return

    # The USB of a container

    def do_stick(self, _: Step) -> None:
        self._stick = Stick(self.board.folder)
        self.do_ssh({"run": self._stick.plug})

    def do_stick_holds(self, step: Step) -> None:
        assert self._stick is not None
        self.expect(self._stick.holds(), step, "stick")

    # People

    def do_chat(self, _: Step) -> None:
        """Two accounts, each on a connection of its own: what one writes the other reads."""
        account = {"username": "berta", "role": "cliente", "name": "Berta", "password": PASSWORD}
        self.json("POST", "/api/users", account, 201)
        given = {"username": "berta", "password": PASSWORD}
        other = self.json("POST", "/api/users/login", given, 200)["access_token"]
        chat(f"{self.board.host}:{self.board.port}", self.token, other)

    def do_claim(self, _: Step) -> None:
        given = {"code": self.values["code"], "username": "admin", "password": PASSWORD, "name": "Admin"}
        self.token = self.json("POST", "/api/claim", given, 201)["access_token"]
