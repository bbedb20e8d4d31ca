"""The data partition on real block devices: made, adopted, repaired, and never taken from somebody else."""

import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from box import data, layout, steps
from box.machine import Machine
from box.words import StepError

SIZE = 5 * 1024**3


def run(*command: str, text: str = "") -> str:
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


class Card(Machine):
    """A card in a file, seen through a loop device; its system lies on partition 2 of it."""

    def __init__(self, folder: Path, size: int = SIZE) -> None:
        super().__init__(folder / "root")
        self.file = folder / "card.img"
        self.card.mkdir(parents=True)
        self.root_dir.mkdir(parents=True)
        with self.file.open("wb") as file:
            file.truncate(size)
        self.loop = ""
        self.flash()

    def flash(self) -> None:
        """A new image: its own table, and not a byte beyond its root."""
        self.eject()
        table = f"label: dos\nlabel-id: 0x{layout.DISK_ID:08x}\nstart=16384, size=262144, type=c\n"
        table += "size=262144, type=83\n"
        run(
            "sfdisk",
            "--quiet",
            "--no-reread",
            "--no-tell-kernel",
            "--wipe",
            "never",
            str(self.file),
            text=table,
        )
        self.insert()

    def insert(self) -> None:
        self.loop = run("losetup", "-f", "--show", str(self.file)).strip()
        run("partx", "--update", self.loop)  # not every kernel reads the table of a loop device by itself
        (self.root_dir / "device").write_text(f"{self.loop}p2\n")

    def eject(self) -> None:
        if self.loop:
            run("losetup", "-d", self.loop)
            self.loop = ""

    def reboot(self) -> str:
        """The step of the next boot; how the data was had."""
        self.eject()
        self.insert()
        data.data(self)
        return str(self.noted("data")["how"])

    def mounted_at(self, folder: Path) -> Path:
        folder.mkdir(exist_ok=True)
        run("mount", f"{self.loop}p3", str(folder))
        return folder


@pytest.fixture
def card(tmp_path: Path) -> Iterator[Card]:
    one = Card(tmp_path)
    yield one
    one.eject()


def test_a_new_card_gets_its_data_partition_at_the_fixed_place_and_keeps_it(
    card: Card, tmp_path: Path
) -> None:
    data.data(card)
    assert card.noted("data")["how"] == "made"
    table = data.read_table(card, Path(card.loop))["partitions"]
    assert table[2]["start"] == layout.DATA_START
    folder = card.mounted_at(tmp_path / "data")
    (folder / "kept").write_text("kept")
    run("umount", str(folder))
    assert card.reboot() == "adopted"
    card.flash()
    assert card.reboot() == "adopted"
    assert (card.mounted_at(folder) / "kept").read_text() == "kept"
    run("umount", str(folder))


def test_what_is_not_ours_is_never_formatted(card: Card) -> None:
    data.data(card)
    run("mke2fs", "-q", "-F", "-t", "ext4", "-L", "FOTOS", f"{card.loop}p3")
    with pytest.raises(StepError) as refused:
        card.reboot()
    assert "ext4" in refused.value.said.es
    assert "FOTOS" in run("blkid", "-p", f"{card.loop}p3")
    assert steps.run(card, "data") == 1
    assert "no se ha tocado" in card.noted("trouble")["data"]["es"]


def test_somebody_s_label_may_be_of_any_letters(card: Card) -> None:
    data.data(card)
    with Path(f"{card.loop}p3").open("r+b") as disk:
        disk.write(bytes(layout.MIB))
        for group in (1, 3, 5, 7):
            disk.seek(group * 128 * layout.MIB)
            disk.write(bytes(4096))
    subprocess.run(["mkfs.vfat", "-n", "FOTOS", f"{card.loop}p3"], check=True, stdout=subprocess.DEVNULL)
    with Path(f"{card.loop}p3").open("r+b") as disk:
        head = bytearray(disk.read(512))
        disk.seek(0)
        disk.write(head.replace(b"FOTOS", b"FOT\xd3S"))
    with pytest.raises(StepError, match="was not touched"):
        data.data(card)


def test_the_wipe_is_explicit_and_done_once(card: Card, tmp_path: Path) -> None:
    data.data(card)
    folder = card.mounted_at(tmp_path / "data")
    (folder / "system").mkdir()
    run("umount", str(folder))
    (card.card / data.WIPE).write_text("")
    assert card.reboot() == "erased"
    folder = card.mounted_at(tmp_path / "data")
    assert not (folder / "system").exists()
    (folder / "system").mkdir()
    (folder / "system" / data.WIPED).write_text(data.wipe_mark(card))  # as the next step does
    run("umount", str(folder))
    assert card.reboot() == "adopted"


def test_a_damaged_file_system_is_repaired_and_told(card: Card) -> None:
    data.data(card)
    run("debugfs", "-w", "-R", "clri <2>", f"{card.loop}p3")
    run("tune2fs", "-E", "force_fsck", f"{card.loop}p3")
    assert card.reboot() == "repaired"
    assert "reparado" in card.noted("trouble")["data"]["es"]


@pytest.mark.parametrize("how", ["a bit", "the first block", "more"])
def test_a_spoilt_beginning_does_not_make_it_a_blank_card(card: Card, tmp_path: Path, how: str) -> None:
    data.data(card)
    folder = card.mounted_at(tmp_path / "data")
    (folder / "kept").write_text("kept")
    run("umount", str(folder))
    with Path(f"{card.loop}p3").open("r+b") as disk:
        if how == "a bit":
            disk.seek(1024 + 0x18)
            disk.write(b"\x07")  # blkid of Debian 13 knows it no more, nor does the kernel
        else:
            disk.write(bytes(4096 if how == "the first block" else 65536))
            assert data.look(card, Path(f"{card.loop}p3")) == ("", "")
    assert card.reboot() == "repaired"
    folder = card.mounted_at(folder)
    found = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    run("umount", str(folder))
    assert found == ["kept"]
    assert "reparado" in card.noted("trouble")["data"]["es"]
    assert card.reboot() == "adopted"


def test_a_journal_that_was_cut_short_is_replayed(card: Card, tmp_path: Path) -> None:
    data.data(card)
    folder = card.mounted_at(tmp_path / "data")
    (folder / "kept").write_text("kept")
    run("sync", "-f", str(folder))
    held = os.open(folder, os.O_RDONLY)
    fcntl.ioctl(held, 0x8004587D, struct.pack("I", 2))  # nothing that is not on the disk will ever be
    os.close(held)
    run("umount", str(folder))
    assert "needs_recovery" in run("dumpe2fs", "-h", f"{card.loop}p3")
    assert card.reboot() == "adopted"
    assert "needs_recovery" not in run("dumpe2fs", "-h", f"{card.loop}p3")
    assert (card.mounted_at(folder) / "kept").read_text() == "kept"
    run("umount", str(folder))


def test_a_larger_card_is_filled(card: Card) -> None:
    data.data(card)
    before = data.blocks(card, Path(f"{card.loop}p3"))
    card.eject()
    with card.file.open("r+b") as file:
        file.truncate(SIZE + 1024**3)
    card.flash()
    assert card.reboot() == "adopted"
    assert data.blocks(card, Path(f"{card.loop}p3")) > before + 200_000


def test_a_larger_card_that_cannot_be_filled_and_odd_answers_of_the_checker_keep_no_box_from_starting(
    card: Card, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data.data(card)
    card.eject()
    with card.file.open("r+b") as file:
        file.truncate(SIZE + 1024**3)
    card.flash()
    programs = tmp_path / "programs"
    programs.mkdir()
    checker = "case $1 in -p) exit 5 ;; -fp) exit 12 ;; *) exit 1 ;; esac"
    for name, script in (("resize2fs", "exit 1"), ("e2fsck", checker)):
        (programs / name).write_text(f"#!/bin/sh\n{script}\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    assert card.reboot() == "repaired"


def test_a_small_card_a_strange_table_and_no_card_are_said_in_words(tmp_path: Path) -> None:
    small = Card(tmp_path, 4096 * layout.MIB + 10 * layout.MIB)
    try:
        with pytest.raises(StepError, match="too small"):
            data.data(small)
        run("sfdisk", "--quiet", "--disk-id", small.loop, "0x12345678")
        with pytest.raises(StepError, match="not PiChat's"):
            data.data(small)
        (small.root_dir / "device").unlink()
        with pytest.raises(StepError, match="cannot be found"):
            data.data(small)
    finally:
        small.eject()
