"""A board whose image takes updates, and what its people and its service do meanwhile."""

import os
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from box import package, steps

from appliance.host.machine import Machine
from image import update as maker
from tests.image.test_asks import Obedient

OWN = "1.2.0"


def made_key(path: Path) -> Path:
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", str(path)], check=True)
    return path


class Fitted(Obedient):
    """A board whose image takes updates of one key."""

    def __init__(self, root: Path, key: Path) -> None:
        (root / "usr/lib/pichat").mkdir(parents=True)
        maker.lay_key(root, key)
        (root / "etc").mkdir()
        (root / "etc/pichat-release").write_text(f"pichat {OWN}\n")
        super().__init__(root)
        self.key = key
        self.boot()

    def boot(self) -> None:
        """As after the plug: /run is empty, and what was mounted is not."""
        self.told.clear()
        for name in ("update", "crashes", "trouble"):
            (self.run_dir / f"{name}.json").unlink(missing_ok=True)
        assert steps.run(self, "update") == 0

    @property
    def mounted_file(self) -> Path | None:
        found = [Path(command[-2]) for command in self.told if command[0] == "mount"]
        return found[-1] if found else None

    @property
    def reboots(self) -> int:
        return self.told.count(("systemctl", "--no-block", "reboot"))

    def made(self, version: str, *, key: Path | None = None, needs: str = "", text: bytes = b"x") -> bytes:
        squashed, target = self.root / "body", self.root / "made.pichat"
        squashed.write_bytes(text * 5000 + version.encode())
        maker.write(squashed, target, key or self.key, version, needs or package.needed())
        return target.read_bytes()

    def bring(self, raw: bytes) -> dict[str, object]:
        """By the page; answers what the page is told."""
        (self.data / "update.pichat").write_bytes(raw)
        Machine(self.run_dir).ask("update", {"id": "u1"})
        assert steps.run(self, "ask") == 0
        assert not (self.data / "update.pichat").exists()
        return self.facts

    def drop(self) -> dict[str, object]:
        """An administrator takes back what waits."""
        Machine(self.run_dir).ask("update", {"id": "u2", "drop": True})
        assert steps.run(self, "ask") == 0
        return self.facts

    @property
    def facts(self) -> dict[str, object]:
        found: dict[str, object] = self.noted("update")
        return found

    def kept(self) -> list[str]:
        return sorted(path.name for path in (self.system / "updates").glob("*.pichat"))


def crash(board: Fitted, times: int = 1) -> None:
    os.environ["SERVICE_RESULT"] = "exit-code"
    try:
        for _ in range(times):
            assert steps.run(board, "update-crash") == 0
    finally:
        del os.environ["SERVICE_RESULT"]


def joined(board: Fitted, name: str) -> None:
    with closing(sqlite3.connect(board.data / "box.db")) as db:
        db.execute("CREATE TABLE IF NOT EXISTS people (name)")
        db.execute("INSERT INTO people VALUES (?)", (name,))
        db.commit()


def people(board: Fitted) -> list[str]:
    with closing(sqlite3.connect(board.data / "box.db")) as db:
        return [name for (name,) in db.execute("SELECT name FROM people ORDER BY rowid")]
