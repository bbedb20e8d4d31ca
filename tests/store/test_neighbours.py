"""Other processes look at the databases of a running box: they take nothing away from it."""

import subprocess
import sys

from tests.store.rigs import Rig, said, say

LOOK = """
import sqlite3, sys
db = sqlite3.connect(sys.argv[1])
db.execute("SELECT count(*) FROM meta").fetchall()
db.close()
"""


def test_whoever_looks_at_the_live_content_does_not_take_its_log_away(rig: Rig, tmp_path) -> None:
    """Closing any descriptor of a file drops the process's locks on it, SQLite's own too. A process that
    looks and leaves would then believe to be the last one, and unlink the log that we still write to.
    """
    store = rig.open()  # has tidied
    say(store, "one")
    for path in (store.content.path, store.box.path):
        subprocess.run([sys.executable, "-c", LOOK, str(path)], check=True, timeout=30)
        assert path.with_name(f"{path.name}-wal").exists()
    say(store, "two")
    (tmp_path / "twin").mkdir()
    killed = rig.twin(tmp_path / "twin")
    assert said(killed.open()) == ["one", "two"]
    killed.close()
