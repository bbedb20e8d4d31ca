"""Carries out a scenario file: a list of steps, each one thing that a person or the mains does to a card."""

import contextlib
import http.client
import json
import random
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from box import layout

from tests.image import made
from tests.image.chat import chat
from tests.image.device import Device, Failed, run
from tests.image.onlooker import Onlooker
from tests.image.stick import Stick
from tests.image.visitor import Step

PASSWORD = "una clave larga de verdad"


class Scenario(Onlooker):
    """`do` names the method."""

    def __init__(self, path: Path, board: Device, say: Callable[[str], None]) -> None:
        self.plan = tomllib.loads(path.read_text())
        super().__init__(board, {"password": PASSWORD})
        self.say = say
        self._load: threading.Event | None = None
        self._stick: Stick | None = None

    def play(self, times: int = 1) -> None:
        """`step` once, then `again`, if there is such a list, so many times."""
        for step in [*self.plan["step"], *(self.plan.get("again", []) * times)]:
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

    def do_cut(self, step: Step) -> None:
        """`after` seconds; of two, at any moment between them."""
        after = step.get("after", 0)
        time.sleep(random.uniform(*after) if isinstance(after, list) else after)
        self.board.cut()
        if self._load is not None:
            self._load.set()
            self._load = None

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

    def do_check(self, _: Step) -> None:
        """`pichat check --deep` on the card: accounts and every generation are whole. What a cut took from
        the session that it ended is no fault."""
        copy = self.board.folder / "copy"
        with self.board.data_mounted() as folder:
            run("cp", "-a", str(folder / "data"), str(copy))
        # The command becomes the owner of the data, and the box's need not find the way to it here.
        run("chown", "-R", "-h", "0:0", str(copy))
        command = [sys.executable, "-m", "appliance", "check", "--deep", "--data", str(copy)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        shutil.rmtree(copy)
        lines = [line for line in done.stdout.splitlines() if line.startswith(("accounts", "generation"))]
        if len(lines) < 2 or any(not line.endswith(": ok") for line in lines):
            raise Failed(f"check: {done.stdout}{done.stderr}")

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

    def do_sign_in(self, _: Step) -> None:
        given = {"username": "admin", "password": PASSWORD}
        self.token = self.json("POST", "/api/users/login", given, 200)["access_token"]

    def do_upload(self, step: Step) -> None:
        raw = step["text"].encode() * step.get("times", 1)
        status, body = self.request("PUT", f"/api/uploads/{step['name']}", raw)
        if status != 201:
            raise Failed(f"upload: {status} {body[:300]!r}")

    def do_load(self, step: Step) -> None:
        """Uploads without end, until the plug is pulled."""
        stop = self._load = threading.Event()

        def work() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                with contextlib.suppress(OSError, http.client.HTTPException):
                    self.request("PUT", f"/api/uploads/load-{number}.txt", b"x" * step.get("bytes", 200_000))

        threading.Thread(target=work, daemon=True).start()

    def do_save(self, step: Step) -> None:
        """`wait = false` sends the request and does not stay for the answer."""
        if step.get("wait", True):
            self._saved(step.get("note", ""))
        else:
            threading.Thread(target=self._save_quietly, daemon=True).start()

    def _saved(self, note: str) -> None:
        """A slow board answers 202, and is asked until it is done."""
        status, body = self.request("POST", "/api/stable", json.dumps({"note": note}).encode())
        if status not in (201, 202):
            raise Failed(f"save: {status} {body[:300]!r}")
        told = json.loads(body)
        while "task" in told and not told.get("finished"):
            self.board.in_time()
            time.sleep(1)
            told = self.json("GET", f"/api/stable/progress?task={told['task']}", None, 200)
        if told.get("error"):
            raise Failed(f"save: {told['error']}")

    def _save_quietly(self) -> None:
        with contextlib.suppress(OSError, http.client.HTTPException, ValueError, Failed):
            self._saved("cut")

    def do_files(self, step: Step) -> None:
        """Exactly these names are there; `also` allows those that match."""
        found, page = set(), {"next": ""}
        while page["next"] is not None:  # a hundred cuts leave more than one page of them
            after = f"&after={quote(page['next'])}" if page["next"] else ""
            page = self.json("GET", f"/api/uploads?limit=100{after}", None, 200)
            found |= {item["name"] for item in page["items"]}
        others = {name for name in found if "also" in step and re.fullmatch(step["also"], name)}
        if found - others != set(step["names"]):
            raise Failed(f"files: {sorted(found)} instead of {step['names']}")
