"""What every step of the build uses: programs, one clear line on failure, where things are kept."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import FrameType

PACKAGES = {
    "mcopy": "mtools",
    "mtype": "mtools",
    "mdir": "mtools",
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
    "openssl": "openssl",
    "lsblk": "util-linux",
    "umount": "mount",
}


class BuildError(Exception):
    """What stops a build, in one line that says what to do."""


class Stopped(BaseException):
    """Somebody ended it, from the keyboard or from outside."""


class _Start:
    """Whether a program is just being started; what asks us to stop meanwhile is heeded afterwards."""

    def __init__(self) -> None:
        self.amid = False
        self.asked = 0

    def over(self) -> None:
        self.amid, asked, self.asked = False, self.asked, 0
        if asked:
            raise Stopped(asked)


_start = _Start()


def run(*command: str | Path, text: str | None = None, env: dict[str, str] | None = None) -> str:
    """Runs a program to its end; its complaint is the line. None outlives us, and none can ask anything."""
    words = [str(word) for word in command]
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    pipe = subprocess.PIPE
    _start.amid = True  # a program that is just being started nobody could end
    try:
        running = subprocess.Popen(
            words,
            stdin=subprocess.DEVNULL if text is None else pipe,
            stdout=pipe,
            stderr=pipe,
            text=True,
            start_new_session=True,
            env={**os.environ, "PATH": path, "LC_ALL": "C.UTF-8", **(env or {})},
        )
    except OSError as error:
        _start.over()
        if isinstance(error, FileNotFoundError):
            raise BuildError(f"{words[0]} is missing; install {PACKAGES.get(words[0], words[0])}") from None
        raise
    with running:
        try:
            _start.over()
            out, err = running.communicate(text)
        except BaseException:
            end(running)
            raise
    if running.returncode:
        said = (err or out).strip().splitlines() or [f"exit {running.returncode}"]
        raise BuildError(f"{words[0]}: {said[-1].removeprefix(f'{words[0]}: ')}")
    return out


def end(running: subprocess.Popen[str]) -> None:
    """It and all that it started: asked first, so that it puts its things away, killed after a while."""
    for number, patience in ((signal.SIGTERM, 20), (signal.SIGKILL, None)):
        with contextlib.suppress(subprocess.TimeoutExpired, ProcessLookupError):
            os.killpg(running.pid, number)
            running.wait(patience)
            return


def need(*programs: str) -> None:
    """Everything that is missing, in one line, before anything is done."""
    installed(*programs)
    if os.geteuid():
        raise BuildError("owners and rights of the base must be kept: run it as root")


def installed(*programs: str) -> None:
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    missing = {PACKAGES[name] for name in programs if shutil.which(name, path=path) is None}
    if missing:
        raise BuildError(f"tools are missing; type: apt-get install {' '.join(sorted(missing))}")


def cache() -> Path:
    """Outside the checkout: what is costly and can be had again."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    folder = Path(base, "pichat")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextlib.contextmanager
def filling(folder: Path) -> Iterator[Path]:
    """A folder that has its name only when all of it is there."""
    part = folder.with_name(f"{folder.name}.{os.getpid()}.part")
    part.mkdir()
    try:
        yield part
        part.rename(folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def progress(line: str, began: float = time.monotonic()) -> None:
    print(f"{time.monotonic() - began:6.1f} s  {line}", file=sys.stderr, flush=True)


def main(work: object, arguments: Sequence[str]) -> int:
    """Runs a command of ours; a failure is one line and no traceback."""
    assert callable(work)
    name = Path(sys.argv[0]).name
    heed_signals()
    try:
        return work(arguments) or 0
    except BuildError as error:
        print(f"{name}: {error}", file=sys.stderr)
    except OSError as error:
        print(f"{name}: {error.strerror or error}: {error.filename or ''}".rstrip(": "), file=sys.stderr)
    except Stopped as stopped:
        print(f"{name}: stopped", file=sys.stderr)
        return 128 + int(stopped.args[0])
    return 1


def heed_signals() -> None:
    """The first one lets the work put its things away; nothing interrupts that."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup
        numbers.append(signal.SIGHUP)

    def stop(number: int, _: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        if not _start.amid:
            raise Stopped(number)
        _start.asked = number

    for number in numbers:
        signal.signal(number, stop)


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
