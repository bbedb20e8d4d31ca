"""The parts of the build that need no base: what it refuses, and the segment that every initramfs gets."""

import hashlib
import json
import lzma
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from image import base, build, emit, initrd, product, tools, tree, update
from image.standin import native
from image.tools import BuildError
from tests.image import run

MIB = 1024 * 1024


def table(path: Path, text: str, size: int = 64 * MIB) -> Path:
    with path.open("wb") as file:
        file.truncate(size)
    subprocess.run(
        ["/usr/sbin/sfdisk", "-q", str(path)], input=text, text=True, check=True, capture_output=True
    )
    return path


PI = "label: dos\nstart=8192, size=32768, type=c\nstart=40960, size=65536, type=83\n"


def test_a_base_is_known_by_its_table_packed_or_not(tmp_path: Path) -> None:
    image = table(tmp_path / "base.img", PI)
    sha = hashlib.sha256(image.read_bytes()).hexdigest()
    found = base.open_base(f"{image}#{sha}", tmp_path)
    assert found.boot == (8192 * 512, 32768 * 512)
    packed = tmp_path / "packed.img.xz"
    packed.write_bytes(lzma.compress(image.read_bytes(), preset=0))
    assert base.open_base(str(packed), tmp_path).root == (40960 * 512, 65536 * 512)


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda path: None, "no base image"),
        (lambda path: path.write_bytes(b"\0" * MIB), "no partition table"),
        (lambda path: path.write_bytes(b"rubbish" * 100_000), "no partition table"),
        (lambda path: table(path, "label: gpt\nsize=20480\n"), "not laid out"),
        (lambda path: table(path, "label: dos\nsize=20480, type=83\n"), "not laid out"),
        (lambda path: path.write_bytes(table(path, PI).read_bytes()[: 32 * MIB]), "cut off"),
    ],
)
def test_what_is_no_base_is_one_line(tmp_path: Path, make: object, why: str) -> None:
    assert callable(make)
    image = tmp_path / "base.img"
    make(image)
    with pytest.raises(BuildError, match=why) as refused:
        base.open_base(str(image), tmp_path)
    assert "\n" not in str(refused.value)


def test_a_damaged_base_is_refused(tmp_path: Path) -> None:
    image = table(tmp_path / "base.img", PI)
    with pytest.raises(BuildError, match="damaged"):
        base.open_base(f"{image}#{'0' * 64}", tmp_path)
    packed = tmp_path / "packed.img.xz"
    packed.write_bytes(lzma.compress(image.read_bytes(), preset=0)[:-30])
    with pytest.raises(BuildError, match=r"packed.img.xz cannot be unpacked: Unexpected end of input"):
        base.open_base(str(packed), tmp_path)
    with pytest.raises(BuildError, match="no SHA-256: it has 64 digits"):
        base.open_base(f"{image}#1234", tmp_path)


def test_another_system_is_refused_with_the_whole_list(tmp_path: Path) -> None:
    boot, root = tmp_path / "boot", tmp_path / "root"
    boot.mkdir()
    (root / "usr/lib").mkdir(parents=True)
    (root / "usr/lib/os-release").write_text('PRETTY_NAME="Debian 12"\nVERSION_CODENAME=bookworm\n')
    with pytest.raises(BuildError) as refused:
        base.probe(boot, root)
    for part in ("Debian 12", "usr/sbin/nft", "cmdline.txt", "initramfs", "kernel"):
        assert part in str(refused.value)


def test_programs_for_32_bits_and_a_kernel_without_its_initramfs_are_refused(tmp_path: Path) -> None:
    boot, root = tmp_path / "boot", tmp_path / "root"
    boot.mkdir()
    python = root / "usr/bin/python3.13"
    python.parent.mkdir(parents=True)
    python.write_bytes(b"\x7fELF\x01\x01\x01".ljust(18, b"\0") + b"\x28\x00")
    for name in ("kernel8.img", "kernel_2712.img", "initramfs8"):
        (boot / name).touch()
    (boot / "config.txt").write_text("#auto_initramfs=1\n")
    with pytest.raises(BuildError) as refused:
        base.probe(boot, root)
    for part in ("not for arm64", "no initramfs_2712 for its kernel", "config.txt loads no initramfs"):
        assert part in str(refused.value)
    python.write_bytes(b"\x7fELF\x02\x01\x01".ljust(18, b"\0") + b"\xb7\x00")
    (boot / "initramfs_2712").touch()
    (boot / "config.txt").write_text("[all]\nauto_initramfs=1\n")
    with pytest.raises(BuildError) as refused:
        base.probe(boot, root)
    for part in ("arm64", "initramfs_2712", "loads no initramfs"):
        assert part not in str(refused.value)


def test_a_base_whose_links_lead_out_cannot_touch_the_machine_that_builds(tmp_path: Path) -> None:
    root, victim = tmp_path / "root", tmp_path / "victim"
    (victim / "ana").mkdir(parents=True)
    (root / "etc").mkdir(parents=True)
    (root / "home").symlink_to(victim)
    with pytest.raises(BuildError, match="/home is a link that leads out"):
        tree.lay(root, "pichat 1\n", 0)
    assert (victim / "ana").exists()
    (root / "home").unlink()
    (root / "etc/passwd").symlink_to(victim / "passwd")
    with pytest.raises(BuildError, match="/etc/passwd is a link that leads out"):
        tree.lay(root, "pichat 1\n", 0)


def test_nothing_half_made_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "need", lambda *_: None)
    with pytest.raises(BuildError):
        build.build(["--base", str(tmp_path / "nowhere.img"), "--out", str(tmp_path / "out")])
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize("kind", ["nothing", "rubbish", "rsa", "public", "locked"])
def test_a_key_that_cannot_sign_is_refused_before_anything_is_built(tmp_path: Path, kind: str) -> None:
    key, good = tmp_path / "key.pem", tmp_path / "good.pem"
    made = {
        "rsa": ["genpkey", "-algorithm", "rsa", "-pkeyopt", "rsa_keygen_bits:1024", "-out", key],
        "public": ["pkey", "-in", good, "-pubout", "-out", key],
        "locked": ["pkey", "-in", good, "-aes128", "-passout", "pass:word", "-out", key],
    }
    tools.run("openssl", "genpkey", "-algorithm", "ed25519", "-out", good)
    update.check_key(good)
    if kind == "rubbish":
        key.write_text("rubbish")
    elif kind in made:
        tools.run("openssl", *made[kind])
    with pytest.raises(BuildError, match="no Ed25519 key without a password"):
        update.check_key(key)


def test_missing_tools_are_named_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tools.shutil, "which", lambda *_, **__: None)
    with pytest.raises(BuildError, match="apt-get install mtools squashfs-tools"):
        tools.need("mksquashfs", "mcopy")


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("cp", "/nowhere", "/"), r"^cp: cannot stat '/nowhere'"),
        (("sh", "-c", "echo first >&2; echo last >&2; exit 1"), "^sh: last$"),
        (("sh", "-c", "echo said; exit 3"), "^sh: said$"),
        (("sh", "-c", "exit 3"), "^sh: exit 3$"),
        (("mkfs.nothing",), "^mkfs.nothing is missing; install mkfs.nothing$"),
    ],
)
def test_a_program_that_fails_is_one_line(words: tuple[str, ...], line: str) -> None:
    with pytest.raises(BuildError, match=line):
        tools.run(*words)


def kernel(root: Path, version: str, dep: str, builtin: str = "") -> None:
    folder = root / "usr/lib/modules" / version
    folder.mkdir(parents=True)
    (folder / "modules.dep").write_text(dep)
    (folder / "modules.builtin").write_text(builtin)
    for line in dep.splitlines():
        name = line.partition(":")[0]
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(lzma.compress(f"module {path.name}: zstd\0 xz\0".encode()))


DEP = """kernel/fs/squashfs/squashfs.ko.xz: kernel/lib/b.ko.xz kernel/lib/a.ko.xz
kernel/lib/b.ko.xz: kernel/lib/a.ko.xz
kernel/lib/a.ko.xz:
kernel/fs/overlayfs/overlay.ko.xz:
"""


def names(archive: bytes) -> Iterator[str]:
    """The names in a cpio archive, read as the kernel reads it."""
    at = 0
    while True:
        assert archive[at : at + 6] == b"070701"
        fields = [int(archive[at + 6 + 8 * number : at + 14 + 8 * number], 16) for number in range(13)]
        size, length = fields[6], fields[11]
        name = archive[at + 110 : at + 110 + length - 1].decode()
        if name == "TRAILER!!!":
            return
        yield name
        at = (at + 110 + length + 3) // 4 * 4
        at = (at + size + 3) // 4 * 4


def test_the_segment_holds_the_modules_of_every_kernel_in_loading_order(tmp_path: Path) -> None:
    kernel(tmp_path, "6.12-v8", DEP)
    kernel(tmp_path, "6.12-2712", "kernel/fs/squashfs/squashfs.ko.xz:\n", "kernel/fs/overlayfs/overlay.ko\n")
    segment = initrd.segment(tmp_path, 1_700_000_000)
    assert segment == initrd.segment(tmp_path, 1_700_000_000)
    assert list(names(segment)) == [
        "scripts/pichat",
        "pichat",
        "pichat/6.12-2712",
        "pichat/6.12-2712/00-squashfs.ko",
        "pichat/6.12-v8",
        *(f"pichat/6.12-v8/{name}.ko" for name in ("00-a", "01-b", "02-squashfs", "03-overlay")),
    ]
    assert initrd.compression(tmp_path) == "zstd"


def test_a_kernel_without_the_modules_is_refused(tmp_path: Path) -> None:
    kernel(tmp_path, "6.12-v8", "kernel/fs/squashfs/squashfs.ko.xz:\n")
    with pytest.raises(BuildError, match="has no overlay"):
        initrd.segment(tmp_path, 0)


def test_the_vendors_initramfs_stays_as_it_is_before_ours(tmp_path: Path) -> None:
    path = tmp_path / "initramfs8"
    path.write_bytes(b"vendor!")
    initrd.append(path, b"ours")
    raw = path.read_bytes()
    assert raw.startswith(b"vendor!\0")
    assert raw.index(b"ours") % 4 == 0


def test_nobody_of_the_base_can_sign_in(tmp_path: Path) -> None:
    etc = tmp_path / "etc"
    etc.mkdir()
    (etc / "passwd").write_text("root:x:0:0:root:/root:/bin/bash\npi:x:1000:1000::/home/pi:/bin/bash\n")
    (etc / "shadow").write_text("root:$y$secret:1:0::::\npi:$y$secret:1:0::::\n")
    (etc / "group").write_text("root:x:0:\nsudo:x:27:pi,ana\npi:x:1000:\n")
    (etc / "gshadow").write_text("root:*::\nsudo:*::pi\npi:!::\n")
    (etc / "shadow-").write_text("old")
    tree.accounts(tmp_path)
    assert (etc / "passwd").read_text().splitlines()[-1].startswith("pichat:x:900:900:")
    assert "pi:x:1000" not in (etc / "passwd").read_text()
    assert "secret" not in (etc / "shadow").read_text()
    assert "sudo:x:27:ana\n" in (etc / "group").read_text()
    assert not (etc / "shadow-").exists()
    with pytest.raises(BuildError, match="already has an account"):
        tree.accounts(tmp_path)


def test_every_package_of_the_lock_comes_with_hashes_and_no_address() -> None:
    entries = product.entries()
    assert {"tornado", "msgspec", "psutil"} <= {entry.partition("==")[0] for entry in entries}
    assert all("--hash=sha256:" in entry and "://" not in entry for entry in entries)
    for entry in json.loads(product.DEBS.read_text()):
        assert entry["sha256"].keys() == set(product.DEBIAN.values())
        assert all(len(sha256) == 64 for sha256 in entry["sha256"].values())


def test_the_tree_for_a_container_has_the_packages_of_the_stand_in_without_its_kernel() -> None:
    packages = native.packages()
    assert {"systemd", "network-manager", "nftables", "python3"} <= set(packages)
    assert not any(name.startswith(("linux-", "initramfs", "#")) for name in packages)


def test_the_list_of_contents_is_the_same_for_the_same_tree(tmp_path: Path) -> None:
    status = tmp_path / "var/lib/dpkg/status"
    status.parent.mkdir(parents=True)
    status.write_text(
        "Package: libstdc++6\nStatus: install ok installed\nVersion: 1:14.2~rc1+b1\n\n"
        "Package: gone\nStatus: deinstall ok config-files\nVersion: 1\n"
    )
    parts = [{"name": "argon2_cffi", "version": "6.6.1", "type": "pypi", "sha256": "0" * 64}]
    first = emit.contents(tmp_path, parts, tmp_path / "a", "1").read_bytes()
    assert emit.contents(tmp_path, parts, tmp_path / "b", "1").read_bytes() == first
    found = json.loads(first)["components"]
    assert [part["purl"] for part in found[:2]] == [
        "pkg:deb/debian/libstdc%2B%2B6@1:14.2~rc1%2Bb1",
        "pkg:pypi/argon2-cffi@6.6.1",
    ]
    assert "pkg:npm/preact@" in str(found[2:])
    assert len({part["bom-ref"] for part in found}) == len(found)


def test_imager_gets_past_its_page_of_boards_and_finds_the_image(tmp_path: Path) -> None:
    """What its schema asks for, and what its program does: no board without a list, no relative address."""
    made, packed = tmp_path / "pichat-1-arm64.img", tmp_path / "pichat-1-arm64.img.xz"
    made.write_bytes(b"card")
    packed.write_bytes(b"packed")
    path = emit.manifest(made, packed, "1", "2026-11-21", "https://example.org/1/pichat-1-arm64.img.xz")
    assert path.name == "pichat-1-arm64.rpi-imager-manifest"
    said = json.loads(path.read_text())
    [entry] = said["os_list"]
    assert entry["url"] == "https://example.org/1/pichat-1-arm64.img.xz"
    assert entry["init_format"] == "cloudinit-rpi"
    assert entry["extract_size"] == 4
    assert entry["image_download_size"] == 6
    for board in said["imager"]["devices"]:
        assert set(board["tags"]) & set(entry["devices"]), board["name"]
        assert board["name"] and board["description"]


def test_what_takes_longer_than_ci_has_is_ended_and_said_in_one_line() -> None:
    with pytest.raises(BuildError, match=r"make-base did not end in time .*slow archive"):
        run.script(time.monotonic(), "make-base")
