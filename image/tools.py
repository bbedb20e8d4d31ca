"""What every step of the build uses: programs, one clear line on failure, where things are kept."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

PACKAGES = {
    "mcopy": "mtools",
    "mkfs.vfat": "dosfstools",
    "fuse2fs": "fuse2fs",
    "mksquashfs": "squashfs-tools",
    "unsquashfs": "squashfs-tools",
    "sfdisk": "fdisk",
    "xz": "xz-utils",
    "zstd": "zstd",
    "bmaptool": "bmap-tools",
    "mmdebstrap": "mmdebstrap",
    "mke2fs": "e2fsprogs",
    "qemu-aarch64-static": "qemu-user-static",
    "qemu-system-aarch64": "qemu-system-arm",
    "dpkg-deb": "dpkg",
    "systemd-nspawn": "systemd-container",
    "losetup": "mount",
    "partx": "util-linux",
    "ip": "iproute2",
}


class BuildError(Exception):
    """What stops a build, in one line that says what to do."""


def run(*command: str | Path, text: str | None = None, env: dict[str, str] | None = None) -> str:
    """Runs a program to its end; its complaint is the line."""
    words = [str(word) for word in command]
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    try:
        done = subprocess.run(
            words,
            input=text,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PATH": path, "LC_ALL": "C.UTF-8", **(env or {})},
        )
    except FileNotFoundError:
        raise BuildError(f"{words[0]} is missing; install {PACKAGES.get(words[0], words[0])}") from None
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise BuildError(f"{words[0]}: {said[-1] if said else f'exit {done.returncode}'}")
    return done.stdout


def need(*programs: str) -> None:
    """Everything that is missing, in one line, before anything is done."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    missing = {PACKAGES[name] for name in programs if shutil.which(name, path=path) is None}
    if missing:
        raise BuildError(f"tools are missing; type: apt-get install {' '.join(sorted(missing))}")
    if os.geteuid():
        raise BuildError("owners and rights of the base must be kept: run it as root")


def cache() -> Path:
    """Outside the checkout: what is costly and can be had again."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base, "pichat")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def progress(line: str, began: float = time.monotonic()) -> None:
    print(f"{time.monotonic() - began:6.1f} s  {line}", file=sys.stderr, flush=True)


def main(work: object, arguments: Sequence[str]) -> int:
    """Runs a command of ours; a failure is one line and no traceback."""
    assert callable(work)
    name = Path(sys.argv[0]).name
    try:
        return work(arguments) or 0
    except BuildError as error:
        print(f"{name}: {error}", file=sys.stderr)
    except OSError as error:
        print(f"{name}: {error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


def debian() -> str:
    """The Debian archive that this machine installs from, or the one that PICHAT_DEBIAN names."""
    if named := os.environ.get("PICHAT_DEBIAN"):
        return named.rstrip("/")
    command = ["apt-get", "indextargets", "--format", "$(ORIGIN) $(LABEL) $(REPO_URI)"]
    listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    found = [line.split()[-1] for line in listed if line.startswith("Debian Debian http")]
    if not found:
        raise BuildError("no Debian archive is known: run apt-get update, or name one in PICHAT_DEBIAN")
    return found[0].rstrip("/")
