"""The plug, pulled amid work: what was going on, and what the card holds afterwards. Starts no board."""

import contextlib
import http.client
import json
import random
import re
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.image.device import Failed, run
from tests.image.held import Held
from tests.image.visitor import Step, Visitor
from tests.served import Served, command

PASSWORD = "una clave larga de verdad"


class Cuts(Visitor):
    say: Callable[[str], None]
    _load: threading.Event | None = None
    _held = ""  # the session that was signed in when the board was put aside
    _saving: threading.Thread | None = None
    _answered = False  # the save amid which the plug was pulled had been answered

    def do_sign_in(self, _: Step) -> None:
        given = {"username": "admin", "password": PASSWORD}
        self.token = self.json("POST", "/api/users/login", given, 200)["access_token"]

    def do_upload(self, step: Step) -> None:
        raw = step["text"].encode() * step.get("times", 1)
        status, body = self.request("PUT", f"/api/uploads/{self.filled(step['name'])}", raw)
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
            self._save(step.get("note", ""))
        else:
            self._answered = False
            self._saving = threading.Thread(target=self._save_quietly, daemon=True)
            self._saving.start()

    def _save(self, note: str) -> None:
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
            self._save("cut")
            self._answered = True

    def do_cut(self, step: Step) -> None:
        """`after` seconds; of two, at any moment between them."""
        after = step.get("after", 0)
        time.sleep(random.uniform(*after) if isinstance(after, list) else after)
        self.board.cut()
        if self._load is not None:
            self._load.set()
            self._load = None
        if self._saving is not None:
            self._saving.join()  # what came back before the cut counts as promised
            self._saving = None
            self.say(f"          the save had {'' if self._answered else 'not '}been answered")

    def do_hold(self, _: Step) -> None:
        assert isinstance(self.board, Held)
        self.board.hold()
        self._held = self.token

    def do_resume(self, _: Step) -> None:
        assert isinstance(self.board, Held)
        self.board.resume()
        self.token = self._held

    # What is there

    def do_files(self, step: Step) -> None:
        """Exactly these names are there; `also` allows those that match. `promised` are there when the save
        amid which the plug was pulled had been answered.
        """
        found, page = set(), {"next": ""}
        while page["next"] is not None:  # a hundred cuts leave more than one page of them
            after = f"&after={quote(page['next'])}" if page["next"] else ""
            page = self.json("GET", f"/api/uploads?limit=100{after}", None, 200)
            found |= {item["name"] for item in page["items"]}
        others = {name for name in found if "also" in step and re.fullmatch(step["also"], name)}
        if found - others != set(step["names"]):
            raise Failed(f"files: {sorted(found)} instead of {step['names']}")
        promised = {self.filled(name) for name in step.get("promised", []) if self._answered}
        if not promised <= found:
            raise Failed(f"files: {sorted(found)} without {promised}, whose save had been answered")

    def do_check(self, _: Step) -> None:
        """`pichat check --deep` on the card."""
        with self._copied() as data:
            whole(data)

    def do_restored(self, step: Step) -> None:
        """The same; and what PiChat, started on this machine on what the card holds, has of files."""
        with self._copied() as data:
            whole(data)
            here = Served(data)
            board, self.board.port = self.board.port, here.port
            try:
                self.do_sign_in(step)
                self.do_files(step)
            finally:
                self.board.port = board
                here.kill()

    @contextmanager
    def _copied(self) -> Iterator[Path]:
        """The data of a card that is out of the board, with the journal of its file system replayed."""
        copy = self.board.folder / "copy"
        with self.board.data_mounted() as folder:
            run("cp", "-a", str(folder / "data"), str(copy))
        # The command becomes the owner of the data, and the box's need not find the way to it here.
        run("chown", "-R", "-h", "0:0", str(copy))
        try:
            yield copy
        finally:
            shutil.rmtree(copy)


def whole(data: Path) -> None:
    """Accounts and every generation. What a cut took from the session that it ended is no fault."""
    done = command("check", "--deep", "--data", str(data))
    lines = [line for line in done.stdout.splitlines() if line.startswith(("accounts", "generation"))]
    if len(lines) < 2 or any(not line.endswith(": ok") for line in lines):
        raise Failed(f"check: {done.stdout}{done.stderr}")
