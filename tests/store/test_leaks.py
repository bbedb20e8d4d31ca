"""Opening and closing, many times: no descriptor, thread or file is left behind."""

import threading
from pathlib import Path

from tests.store.rigs import Rig, bring, keep, say


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_fifty_boots_leave_nothing_open_and_one_folder(rig: Rig) -> None:
    store = rig.open()
    say(store, "saved")
    bring(store, b"saved")
    keep(store)
    store = rig.rebooted(store)
    store.close()
    before = (descriptors(), threading.active_count())
    for number in range(50):
        if number % 2:
            rig.new_boot()
        store = rig.open()
        if number % 10 == 0:
            keep(store)
        store.close()
        store.close()
    assert (descriptors(), threading.active_count()) == before
    live = [path for path in rig.layout.live.iterdir() if path.is_dir()]
    assert len(live) <= 2  # this one, and the first, in which something happened
    assert len(list(rig.layout.blobs.glob("??/*"))) == 1


def test_a_start_that_fails_lets_go_of_everything(rig: Rig) -> None:
    rig.open().close()
    rig.layout.box.write_bytes(b"garbage" * 1000)
    before = (descriptors(), threading.active_count())
    for _ in range(5):
        try:
            rig.open()
        except Exception as error:
            assert "box.db" in str(error)
    assert (descriptors(), threading.active_count()) == before
