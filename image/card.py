"""Puts boot partition, root and partition table together in one file. Reads nothing but its arguments."""

import re
from pathlib import Path

from box import layout

from image import HERE, fat
from image.tools import BuildError, run

MIB = 1024 * 1024
# Words of the vendor's kernel line that would boot another way than ours.
_DROPPED = re.compile(
    r"resize|quiet|splash|ro|rw|rootwait|boot=.*|init=.*|root=.*|rootfstype=.*|rootflags=.*|fsck\..*|panic=.*"
    r"|systemd\.run.*|plymouth\..*|ds=.*|cloud-init.*|cgroup_enable=.*|cgroup_disable=.*|consoleblank=.*"
)
# What a vendor's first boot, or somebody's Imager, leaves on the boot partition.
FIRST_BOOT = (
    *("user-data", "meta-data", "network-config", "rpi-preseed.toml", "firstrun.sh", "custom.toml"),
    *("ssh", "ssh.txt", "userconf", "userconf.txt", "wpa_supplicant.conf"),
    # Where it names pi-gen, Imager 1 has the kernel run a script of its own instead of starting the system.
    "issue.txt",
)
OURS = (
    f"boot=pichat root=PARTUUID={layout.DISK_ID:08x}-02 rootfstype=squashfs ro rootwait panic=10 "
    "cgroup_enable=memory consoleblank=0 quiet"
)


def kernel_line(vendors: str) -> str:
    """Theirs without what fights a read-only root, then ours."""
    kept = [word for word in vendors.split() if not _DROPPED.fullmatch(word)]
    return " ".join([*kept, OURS]) + "\n"


def lay_boot(boot: Path) -> None:
    """Our files on the boot partition; the first-boot files of the vendor go."""
    line = boot / "cmdline.txt"
    line.write_text(kernel_line(line.read_text()))
    for name in FIRST_BOOT:
        (boot / name).unlink(missing_ok=True)
    folder = boot / "pichat"
    folder.mkdir()
    for path in sorted((HERE / "bootfs/pichat").iterdir()):
        (folder / path.name).write_bytes(path.read_bytes())


def squash(root: Path, image: Path, epoch: int, compression: str) -> None:
    """The same bytes for the same tree. The times of the base are kept: its byte code names them."""
    options = ["-noappend", "-no-progress", "-quiet", "-mkfs-time", str(epoch), "-comp", compression]
    if compression == "zstd":
        options += ["-Xcompression-level", "12"]
    image.unlink(missing_ok=True)
    run("mksquashfs", root, image, *options)


def assemble(card: Path, boot: Path, root: Path, boot_span: tuple[int, int]) -> None:
    """Fixed places and numbers; the file ends where the root ends."""
    start, size = boot_span
    root_start = start + size
    root_size = -(-root.stat().st_size // MIB) * MIB
    if root_start + root_size > layout.DATA_START * layout.SECTOR:
        raise BuildError(
            "the root is too large: it would reach into the data of people who write the card anew"
        )
    with card.open("wb") as file:
        file.truncate(root_start + root_size)
    table = (
        f"label: dos\nlabel-id: 0x{layout.DISK_ID:08x}\nunit: sectors\n"
        f"start={start // layout.SECTOR}, size={size // layout.SECTOR}, type=c\n"
        f"start={root_start // layout.SECTOR}, size={root_size // layout.SECTOR}, type=83\n"
    )
    run("sfdisk", "--quiet", "--no-reread", "--no-tell-kernel", card, text=table)
    # Whoever writes only what the block map names keeps, elsewhere, what was on the card before: in the
    # tables of the FAT that would be files that are not there.
    paste(boot, card, start, fat.tables(boot))
    paste(root, card, root_start)
    run("sync", card)  # where its holes are is known once it is on the disk


def paste(source: Path, card: Path, offset: int, solid: int = 0) -> None:
    """Holes stay holes behind the first `solid` bytes, so the block map leaves them out."""
    said = [f"if={source}", f"of={card}", "bs=1M", f"seek={offset}", "oflag=seek_bytes"]
    run("dd", *said, "conv=notrunc,sparse")
    if solid:
        run("dd", *said, "iflag=count_bytes", f"count={solid}", "conv=notrunc")


def boot_image(folder: Path, image: Path, size: int, epoch: int) -> None:
    fat.make(image, size, layout.BOOT_LABEL, layout.DISK_ID, folder, epoch)
