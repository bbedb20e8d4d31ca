"""A finished card: read again by others than its maker, and what the lint finds of what was planted."""

import lzma
import os
import subprocess
import sys
from pathlib import Path

import pytest
from box import layout

from image import base, card, fat, lint
from image.tools import BuildError
from tests.image import small

ROOT = Path(__file__).parents[2]
PATH = f"{os.environ['PATH']}:/usr/sbin:/sbin"


def said(*words: str | Path) -> str:
    done = subprocess.run(
        [str(word) for word in words], capture_output=True, text=True, check=False, env={"PATH": PATH}
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def check_image(made: Path) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, ROOT / "scripts/check-image", made], capture_output=True, text=True, check=False
    )
    assert done.stdout == ""
    return done.returncode, [line.removeprefix("check-image: ") for line in done.stderr.splitlines()]


CAPABLE = bytes.fromhex("0100000200200000000000000000000000000000")  # cap_net_raw, as ping has it


def test_owners_capabilities_and_hard_links_of_the_base_reach_the_card(tmp_path: Path) -> None:
    tree, work = tmp_path / "tree", tmp_path / "work"
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin/ping").write_text("ping")
    os.chown(tree / "usr/bin/ping", 7, 8)
    os.setxattr(tree / "usr/bin/ping", "security.capability", CAPABLE)
    (tree / "usr/bin/again").hardlink_to(tree / "usr/bin/ping")
    work.mkdir()
    boot, root = base.extract(base.open_base(str(small.base_of(tmp_path, tree)), work), work)
    assert (boot / "config.txt").read_text() == "auto_initramfs=1\n"
    card.squash(root, tmp_path / "squashed", small.EPOCH, "gzip")
    said("unsquashfs", "-q", "-n", "-d", tmp_path / "card", tmp_path / "squashed")
    for place in (root, tmp_path / "card"):
        ping = place / "usr/bin/ping"
        assert (ping.stat().st_uid, ping.stat().st_gid) == (7, 8)
        assert os.getxattr(ping, "security.capability") == CAPABLE
        assert ping.samefile(place / "usr/bin/again")
    assert not os.path.ismount(work / "mount")


def test_a_base_that_is_damaged_inside_is_said_to_be_in_one_line(tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    image = small.base_of(tmp_path, tree)
    whole = image.read_bytes()
    start, behind = small.BOOT[0], sum(small.BOOT)
    for number, (at, length, what) in enumerate(
        [(start, 512, "boot partition"), (behind, 4096, "root"), (behind + 4096, 2 * small.MIB, "root")]
    ):
        work = tmp_path / str(number)
        work.mkdir()
        image.write_bytes(whole[:at] + b"\xee" * length + whole[at + length :])
        with pytest.raises(
            BuildError, match=f"the {what} of the base cannot be read, it may be dam"
        ) as refused:
            base.extract(base.open_base(str(image), work), work)
        assert "\n" not in str(refused.value)
        assert not os.path.ismount(work / "mount")


def test_two_cards_of_the_same_trees_are_the_same_and_nothing_is_wrong_with_them(tmp_path: Path) -> None:
    boot, root = small.trees(tmp_path)
    first = small.packed(tmp_path, boot, root).read_bytes()
    again = small.packed(tmp_path, boot, root)
    assert again.read_bytes() == first
    assert check_image(again) == (0, [])
    (tmp_path / "part").write_bytes(first[small.BOOT[0] : sum(small.BOOT)])
    assert "check-image" not in said("fsck.vfat", "-n", tmp_path / "part")


def plant_in_boot(boot: Path) -> None:
    line = boot / "cmdline.txt"
    line.write_text(
        line.read_text().replace("boot=pichat", "boot=local").replace("quiet", "resize init=/bin/sh")
    )
    (boot / "initramfs_2712").write_bytes(b"vendor")
    (boot / "user-data").touch()
    (boot / "pichat/LEEME.txt").unlink()
    (boot / "pichat/borrar-todo.txt").touch()


def plant_in_root(root: Path) -> None:
    etc = root / "etc"
    for name in (
        "etc/ssh/ssh_host_ed25519_key",
        "root/.ssh/authorized_keys",
        "etc/NetworkManager/system-connections/home.nmconnection",
        "home/pi/.bashrc",
    ):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("secret")
    (etc / "passwd").write_text((etc / "passwd").read_text() + "pi:x:1000:1000::/home/pi:/bin/bash\n")
    (etc / "shadow").write_text((etc / "shadow").read_text() + "pi:$y$secret:1:0::::\n")
    (etc / "fstab").write_text("PARTUUID=1-02 / ext4 defaults 0 1\n")
    (etc / "machine-id").write_text("0" * 32 + "\n")
    (etc / "systemd/system/ssh.service").unlink()
    (etc / "nftables.conf").unlink()
    (root / "var/lib/pichat").rmdir()


def test_what_somebody_planted_is_found(tmp_path: Path) -> None:
    boot, root = small.trees(tmp_path)
    plant_in_boot(boot)
    plant_in_root(root)
    status, lines = check_image(small.packed(tmp_path, boot, root))
    assert status == 1
    assert sorted(lines) == sorted(
        [
            "cmdline.txt lacks boot=pichat",
            "cmdline.txt still has resize",
            "cmdline.txt still has init=/bin/sh",
            "initramfs_2712 does not hold our segment",
            "user-data is on the boot partition",
            "no pichat/LEEME.txt",
            "pichat/borrar-todo.txt is on the boot partition",
            "/etc/ssh/ssh_host_ed25519_key is the same on every card",
            "/root/.ssh/authorized_keys is the same on every card",
            "/etc/NetworkManager/system-connections/home.nmconnection is the same on every card",
            "/home/pi is the same on every card",
            "/home/pi/.bashrc is the same on every card",
            "pi can sign in",
            "pi is a person's account",
            "fstab has a line for the root",
            "machine-id is not empty",
            "ssh.service is not masked",
            "/etc/nftables.conf is missing",
            "a place to mount on is missing",
        ]
    )


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ("start=16384, size=131072, type=c\n", "1 partitions in the image instead of two"),
        (
            "start=16384, size=131072, type=c\nstart=147456, size=2048, type=83\nstart=149504, type=83\n",
            "3 partitions in the image instead of two",
        ),
        ("", "0 partitions in the image instead of two"),
    ],
)
def test_another_table_is_found(tmp_path: Path, table: str, why: str) -> None:
    made = tmp_path / "card.img"
    with made.open("wb") as file:
        file.truncate(80 * small.MIB)
    text = f"label: dos\nlabel-id: 0x{layout.DISK_ID:08x}\n{table}"
    subprocess.run(
        ["sfdisk", "-q", str(made)],
        input=text,
        text=True,
        check=True,
        capture_output=True,
        env={"PATH": PATH},
    )
    assert lint.complaints(made)[0].startswith(why)
    assert all("\n" not in line for line in lint.complaints(made))


def test_what_is_no_card_at_all_and_half_of_one_are_a_line_each(tmp_path: Path) -> None:
    assert check_image(tmp_path / "nowhere.img") == (1, [f"there is no image {tmp_path}/nowhere.img"])
    packed = tmp_path / "card.img.xz"
    packed.write_bytes(lzma.compress(b"card"))
    assert check_image(packed) == (1, [f"card.img.xz is packed; unpack it: xz -dk {packed}"])
    rubbish = tmp_path / "rubbish.img"
    rubbish.write_bytes(os.urandom(100_000))
    status, lines = check_image(rubbish)
    assert (status, len(lines)) == (1, 1)
    assert "partition table cannot be read" in lines[0]
    boot, root = small.trees(tmp_path)
    made = small.packed(tmp_path, boot, root)
    os.truncate(made, sum(small.BOOT) + 4096)
    status, lines = check_image(made)
    assert lines[0] == "the image is cut off"
    assert any(line.startswith("the root cannot be read") for line in lines)


def test_who_writes_only_what_the_block_map_names_over_a_used_card_gets_a_sound_one(tmp_path: Path) -> None:
    """Zeros in the tables of the FAT say what is free: left out, old entries of another system would stay."""
    boot, root = small.trees(tmp_path)
    start, size = small.BOOT[0], 320 * small.MIB
    made = small.packed(tmp_path, boot, root, (start, size))
    block_map, used = tmp_path / "card.bmap", tmp_path / "used"
    said("bmaptool", "-q", "create", "-o", block_map, made)
    with used.open("wb") as file:
        file.write(b"\xff" * (start + 8 * small.MIB))
        file.truncate(made.stat().st_size)
    device = said("losetup", "-f", "--show", used).strip()
    try:
        said("bmaptool", "-q", "copy", "--bmap", block_map, made, device)
    finally:
        said("losetup", "-d", device)
    tables = fat.tables(tmp_path / "boot.fat")
    assert tables > 4 * small.MIB
    with made.open("rb") as whole, used.open("rb") as copied:
        assert copied.read(start + tables)[start:] == whole.read(start + tables)[start:]
    assert lint.complaints(used) == []
