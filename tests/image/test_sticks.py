"""A copy onto a USB stick, by the steps of root: real ext4 on loop devices, a pipe that the service fills.

FAT and exFAT go the same way, and were not tried: not every kernel that runs these tests has them.
"""

import json
import os
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from box import layout, steps, stick_copy, stick_job, sticks

import image
from tests.image.plugs import MIB, Port, run
from tests.served import eventually

NAME = "pichat-1-box.zip"
DATA = os.urandom(3 * MIB) * 4


@pytest.fixture
def port(tmp_path: Path) -> Iterator[Port]:
    one = Port(tmp_path)
    (one.data / "archives").mkdir()
    yield one
    one.close()


def copy(
    port: Port, data: bytes = DATA, midway: Callable[[], None] = lambda: None, **wish: Any
) -> dict[str, Any]:
    """As the service does: a pipe, a wish, bytes. What the page is told in the end."""
    pipe = port.data / "archives/out.pipe"
    os.mkfifo(pipe)

    def pour() -> None:
        try:
            with pipe.open("wb", buffering=0) as to:
                to.write(data[:MIB])
                midway()
                to.write(data[MIB:])
        except BrokenPipeError:
            pass

    pouring = threading.Thread(target=pour)
    pouring.start()
    wished = {"id": "w1", "stick": "", "pipe": pipe.name, "name": NAME, "size": len(data), **wish}
    port.page.ask("stick", wished)
    assert steps.run(port, "ask") == 0
    port.done()
    while pouring.is_alive():  # whoever still waits for a reader goes
        os.close(os.open(pipe, os.O_RDONLY | os.O_NONBLOCK))
        pouring.join(0.01)
    pipe.unlink()
    told: dict[str, Any] = port.page.noted("stick")
    assert (told["id"], told["total"]) == ("w1", wished["size"])
    assert port.noted("trouble") is None
    return told


def test_a_copy_lies_on_the_stick_whole_beside_what_was_there(port: Port, tmp_path: Path) -> None:
    stick = port.plug()
    stick.fill(tmp_path / "look", "fotos/playa.jpg", b"playa")
    stick.fill(tmp_path / "look", f"PiChat/{NAME}", b"the one of last week")
    stick.fill(tmp_path / "look", "PiChat/pichat-0-box.zip.part", bytes(15 * MIB))
    assert copy(port, stick=stick.id) | {"id": ""} == {
        "id": "",
        "stage": "done",
        "total": len(DATA),
        "name": "PiChat/pichat-1-box-2.zip",
    }
    assert stick.holds(tmp_path / "look") == {
        "fotos/playa.jpg": b"playa",
        f"PiChat/{NAME}": b"the one of last week",
        "PiChat/pichat-1-box-2.zip": DATA,
    }
    mounts = [command for command in port.mounts if command[0] == "mount"]
    assert [command[4].split(",")[0] for command in mounts] == ["rw", "ro", "rw"]
    assert all({"nosuid", "nodev", "noexec", "nosymfollow"} <= set(one[4].split(",")) for one in mounts)


def test_the_page_is_told_of_sticks_alone(port: Port) -> None:
    assert port.sees() == []
    stick = port.plug()
    system, data, foreign = port.plug("sdb"), port.plug("sdc"), port.plug("sdd")
    (port.root_dir).mkdir(parents=True)
    (port.root_dir / "device").write_text("/dev/sdb\n")
    (port.run_dir / "data-device").symlink_to("/dev/sdc")
    (port.root / "proc/self").mkdir(parents=True)
    number = (foreign.disk / "dev").read_text().strip()
    (port.root / "proc/self/mountinfo").write_text(f"40 1 {number} / /media rw - ext4 /dev/sdd rw\n")
    inside = port.root / "sys/devices/mmc/block/mmcblk0"
    inside.mkdir(parents=True)
    (inside / "size").write_text("100000\n")
    (port.root / "sys/block/mmcblk0").symlink_to(inside)
    port.plug("sde").says("size", 0)  # a reader without a card
    assert port.sees() == [
        {
            "id": stick.id,
            "name": "SanDisk Ultra Fit",
            "label": "FOTOS",
            "type": "ext4",
            "size": 24 * MIB,
            "why": "",
        }
    ]
    for one in (system, data, foreign):
        assert copy(port, stick=one.id)["problem"] == {"why": "no_stick"}
    stick.gone()
    assert port.sees() == []
    assert copy(port)["problem"] == {"why": "no_stick"}


def test_a_stick_in_the_same_place_is_another_one(port: Port) -> None:
    first = port.plug()
    first.gone()
    first.says("diskseq", 999)
    first.entry.symlink_to(first.disk)
    assert copy(port, stick=first.id)["problem"] == {"why": "no_stick"}
    assert [one["id"] for one in port.sees()] == ["999-sda"]


def test_of_several_one_is_named(port: Port, tmp_path: Path) -> None:
    one, other = port.plug(), port.plug("sdb")
    assert copy(port)["problem"] == {"why": "several_sticks"}
    assert copy(port, stick=other.id)["stage"] == "done"
    assert (len(one.holds(tmp_path / "a")), len(other.holds(tmp_path / "b"))) == (0, 1)


def ntfs(file: Path) -> None:
    """As much of it as tells it: a boot sector, and where its table begins."""
    boot = bytearray(512)
    boot[3:11] = b"NTFS    "
    struct.pack_into("<HB", boot, 11, 512, 8)
    boot[21] = 0xF8
    struct.pack_into("<QQQb", boot, 40, 40_000, 4, 8, -10)
    struct.pack_into("<bQ", boot, 68, 1, 7)
    boot[510:] = b"\x55\xaa"
    with file.open("r+b") as to:
        to.write(boot)
        to.seek(4 * 4096)
        to.write((b"FILE" + bytes(1020)) * 4)


def test_what_cannot_be_written_says_why(port: Port, tmp_path: Path) -> None:
    windows, blank = port.plug("sda", made=""), port.plug("sdb", made="")
    ntfs(windows.file)
    other, locked, card = port.plug("sdc", made="ext2"), port.plug("sdd"), port.plug("sde")
    locked.says("ro", 1)
    steps_of = {windows: "NTFS", blank: "", other: "ext2"}
    run("e2label", card.loop, layout.DATA_LABEL)
    told = {one["id"]: (one["why"], one["type"]) for one in port.sees()}
    assert told == {
        **{one.id: ("filesystem", name) for one, name in steps_of.items()},
        locked.id: ("read_only", "ext4"),
        card.id: ("pichat", "ext4"),
    }
    for one, name in steps_of.items():
        assert copy(port, stick=one.id)["problem"] == {"why": "filesystem", "type": name}
    assert copy(port, stick=locked.id)["problem"]["why"] == "read_only"
    assert copy(port, stick=card.id)["problem"]["why"] == "pichat"
    assert port.mounts == []
    assert NAME not in str(card.holds(tmp_path / "look"))


def test_the_largest_volume_of_a_stick_that_can_be_written_counts(port: Port) -> None:
    stick = port.plug()
    stick.says("sda1/partition", 1)
    stick.says("sda1/size", 100)
    stick.says("sda2/partition", 2)
    stick.says("sda2/size", 40_000)
    (port.root / "dev/sda1").symlink_to(stick.loop)
    (port.root / "dev/sda2").symlink_to(stick.loop)
    assert [one.volume for one in sticks.found(port)] == ["sda2"]
    stick.says("sda2/ro", 1)
    assert [one.why for one in sticks.found(port)] == ["read_only"]


def test_a_full_stick_and_a_file_too_large_for_fat_are_said_before_a_byte(
    port: Port, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = port.plug()
    problem = copy(port, size=30 * MIB)["problem"]
    assert (problem["why"], problem["size"]) == ("no_room", 30 * MIB)
    assert 10 * MIB < problem["left"] < 24 * MIB
    monkeypatch.setitem(sticks.GOOD, "ext4", "FAT")  # this kernel mounts none
    problem = copy(port, size=4 * 1024**3)["problem"]
    assert problem == {"why": "fat", "size": 4 * 1024**3, "maximum": 4 * 1024**3 - 1}
    assert stick.holds(tmp_path / "look") == {}


def test_a_stick_that_fails_in_the_middle_or_is_pulled_out(port: Port) -> None:
    failing, pulled = port.plug(), port.plug("sdb")

    def pull() -> None:
        pulled.fails()
        pulled.gone()

    assert copy(port, midway=failing.fails, stick=failing.id)["problem"] == {"why": "broken"}
    assert copy(port, midway=pull, stick=pulled.id)["problem"] == {"why": "pulled_out"}


def test_what_is_read_again_is_not_what_was_written(port: Port, tmp_path: Path) -> None:
    stick = port.plug()

    def spoil() -> None:
        place = stick.file.read_bytes().index(DATA[:512])
        with stick.file.open("r+b") as file:
            file.seek(place + 100)
            file.write(b"?" * 8)

    port.before_reading = spoil
    assert copy(port)["problem"] == {"why": "verification"}
    assert stick.holds(tmp_path / "look") == {}


def test_one_that_is_stopped_while_it_is_read_again_does_not_stay(port: Port, tmp_path: Path) -> None:
    stick = port.plug()
    port.before_reading = lambda: stick_copy.stopped(signal.SIGTERM, None)
    assert copy(port)["problem"] == {"why": "stopped"}
    assert stick.holds(tmp_path / "look") == {}
    port.before_reading = lambda: None
    assert copy(port)["stage"] == "done"


def test_a_service_that_does_not_keep_its_word_leaves_nothing(
    port: Port, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = port.plug()
    for size in (len(DATA) - 1, len(DATA) + 1):
        assert copy(port, size=size)["problem"] == {"why": "source"}
    monkeypatch.setattr(stick_job, "PATIENCE", 0.01)

    def silent() -> None:
        eventually(lambda: port.noted("stick")["stage"] == "failed", 60)

    assert copy(port, midway=silent)["problem"] == {"why": "source"}
    assert stick.holds(tmp_path / "look") == {}


def test_root_reads_nothing_but_a_pipe_in_its_place(port: Port, tmp_path: Path) -> None:
    stick = port.plug()
    secret = port.root / "secret"
    secret.write_bytes(DATA)
    folder = port.data / "archives"
    (folder / "link.pipe").symlink_to(secret)
    (folder / "file.pipe").hardlink_to(secret)
    os.mkfifo(folder / "far.pipe")
    (folder / "toward.pipe").symlink_to("far.pipe")
    for name in ("link.pipe", "file.pipe", "toward.pipe", "nothing.pipe"):
        assert copy(port, pipe=name)["problem"] == {"why": "source"}, name
    folder.rename(port.data / "elsewhere")
    folder.symlink_to("elsewhere")
    assert copy(port)["problem"] == {"why": "source"}
    assert stick.holds(tmp_path / "look") == {}


def test_a_link_on_the_stick_leads_nowhere(port: Port, tmp_path: Path) -> None:
    stick = port.plug()
    stick.fill(tmp_path / "look", "PiChat@")
    assert copy(port)["problem"] == {"why": "folder"}
    other = port.plug("sdb")
    other.fill(tmp_path / "look", "PiChat", b"a file")
    assert copy(port, stick=other.id)["problem"] == {"why": "folder"}


WISH = {"id": "w1", "stick": "", "pipe": "out.pipe", "name": NAME, "size": 5}


@pytest.mark.parametrize(
    "wish",
    [
        {**WISH, "name": "../etc/passwd.zip"},
        {**WISH, "name": ".hidden.zip"},
        {**WISH, "name": "pichat.exe"},
        {**WISH, "name": "a" * 200 + ".zip"},
        {**WISH, "pipe": "../box.pipe"},
        {**WISH, "pipe": "out"},
        {**WISH, "size": 0},
        {**WISH, "size": "many"},
        {**WISH, "id": "w" * 65},
        {**WISH, "size": None},
        {"id": "w1"},
        {"stop": 1},
        ["stop"],
        "stop",
    ],
)
def test_a_wish_that_cannot_be_is_thrown_away(port: Port, wish: object) -> None:
    (port.run_dir / "ask/stick").write_text(json.dumps(wish))
    assert steps.run(port, "ask") == 0
    assert port.told == []
    assert not (port.run_dir / stick_job.JOB).exists()
    assert port.noted("stick") is None


def test_a_copy_is_stopped_and_a_page_waits_for_no_word_of_a_step_that_was_killed(
    port: Port, tmp_path: Path
) -> None:
    """The step as systemd runs it: a process of its own."""
    stick = port.plug()
    port.page.ask("stick", {"stop": True})
    assert steps.run(port, "ask") == 0
    assert port.told[-1] == ("systemctl", "--no-block", "stop", "pichat-stick-copy.service")
    job = stick_job.Job("w2", "", "out.pipe", NAME, len(DATA))
    (port.run_dir / stick_job.JOB).write_text(json.dumps(asdict(job)))
    os.mkfifo(port.data / "archives/out.pipe")
    program = Path(image.__file__).parent / "rootfs/usr/lib/pichat/step"
    for number in (signal.SIGTERM, signal.SIGKILL):
        step = subprocess.Popen(
            ["unshare", "--mount", sys.executable, program, "stick-copy"],
            env={**os.environ, "PICHAT_ROOT": str(port.root)},
            stdout=subprocess.DEVNULL,
        )
        with (port.data / "archives/out.pipe").open("wb", buffering=0) as pipe:
            pipe.write(DATA[: 9 * MIB])
            step.send_signal(number)
            step.wait()
        if number == signal.SIGTERM:
            assert port.noted("stick")["problem"] == {"why": "stopped"}
            assert stick.holds(tmp_path / "look") == {}
    assert port.noted("stick")["stage"] == "copying"
    assert steps.run(port, "stick-over") == 0
    assert (port.noted("stick")["stage"], port.noted("stick")["problem"]) == ("failed", {"why": "stopped"})
    (port.data / "archives/out.pipe").unlink()
    assert copy(port)["stage"] == "done"
    assert steps.run(port, "stick-over") == 0
    assert port.noted("stick")["stage"] == "done"
    assert list(stick.holds(tmp_path / "look")) == [f"PiChat/{NAME}"]
