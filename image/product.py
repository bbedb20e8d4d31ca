"""Lays the product and its pinned packages into the tree: wheels by scripts/locks, netifaces from Debian."""

import hashlib
import json
import platform
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from image import HERE
from image.download import digest, kept
from image.tools import BuildError, cache, debian, filling, progress, run

ROOT = HERE.parent
LOCK = ROOT / "scripts/locks/run.txt"
DEBS = HERE / "debs.json"
PYTHON = "3.13"
_UNUSED = re.compile(r"\.data/|/tests?/")  # scripts and tests of the packages
NEWEST_GLIBC = 41  # of Debian 13
CARD = "aarch64"  # the processor of the boards
DEBIAN = {"aarch64": "arm64", "x86_64": "amd64"}  # what Debian calls a processor


def lay(root: Path, processor: str = CARD) -> list[dict[str, Any]]:
    """The product under /opt/pichat; returns what was installed, for the list of contents."""
    if processor not in DEBIAN:
        raise BuildError(f"there are no packages for {processor}")
    product = root / "opt/pichat"
    packages, parts = installed(root, processor)
    run("cp", "-a", f"{packages}/.", product)
    for name in files("appliance"):
        copy(ROOT / name, product / "lib" / name)
    for name in files("web"):
        copy(ROOT / name, product / name)
    copy(ROOT / "LICENSE", product / "LICENSE")
    copy(ROOT / "README.md", product / "README.md")
    compile_all(root, product / "lib/appliance", root, processor)
    compile_all(root, root / "usr/lib/pichat/box", root, processor)
    return parts


def installed(root: Path, processor: str) -> tuple[Path, list[dict[str, Any]]]:
    """Packages of others, unpacked and compiled; kept in the cache, for compiling under emulation is slow."""
    debs = json.loads(DEBS.read_text())
    python = digest(root / f"usr/bin/python{PYTHON}")
    key = hashlib.sha256("".join([digest(LOCK), digest(DEBS), python]).encode()).hexdigest()[:16]
    folder = cache() / f"packages-{key}"
    if not folder.exists():
        progress("unpacking and compiling Python packages")
        with filling(folder) as part:
            lib = part / "opt/pichat/lib"
            lib.mkdir(parents=True)
            parts = [unpack(wheel, lib) for wheel in wheels(processor)]
            parts += [unpack_deb(entry, lib.parent, processor) for entry in debs]
            compile_all(root, lib, part, processor)
            (part / "parts.json").write_text(json.dumps(parts))
    return folder / "opt/pichat", json.loads((folder / "parts.json").read_text())


def files(folder: str) -> list[str]:
    """What the repository holds; without git, what lies there."""
    try:
        listed = run("git", "-C", ROOT, "ls-files", "-z", "-co", "--exclude-standard", folder).split("\0")
    except BuildError:
        listed = [str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*") if path.is_file()]
    return sorted(name for name in listed if name and "__pycache__" not in name and (ROOT / name).exists())


def copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    target.chmod(0o644)


def entries() -> list[str]:
    """The requirements of the lock, each with its hashes; netifaces has no wheel."""
    parts = [part.strip() for part in re.split(r"\n(?=[a-zA-Z])", LOCK.read_text())]
    return [part for part in parts if not part.startswith(("#", "netifaces=="))]


def wheels(processor: str) -> list[Path]:
    """By pip, for the card's Python, nothing but what the lock names; kept in the cache."""
    folder = cache() / f"wheels-{PYTHON}-{processor}-{digest(LOCK)[:16]}"
    if not folder.exists():
        progress("Python packages")
        with filling(folder) as part:
            wanted = part / "lock.txt"
            wanted.write_text("\n".join(entries()))
            run(*pip_download(processor), "-d", part, "-r", wanted)
            wanted.unlink()
    return sorted(folder.glob("*.whl"))


def pip_download(processor: str) -> list[str]:
    """Finished wheels for the card's Python and nothing else."""
    abi = f"cp{PYTHON.replace('.', '')}"
    tags = [f"manylinux_2_{minor}_{processor}" for minor in range(17, NEWEST_GLIBC + 1)]
    return [
        *(python_with_pip(), "-m", "pip", "download", "-qq", "--disable-pip-version-check"),
        *("--no-deps", "--require-hashes", "--only-binary", ":all:"),
        *("--implementation", "cp", "--python-version", PYTHON),
        *(f"--abi={name}" for name in (abi, "abi3", "none")),
        *(f"--platform={tag}" for tag in [*tags, f"manylinux2014_{processor}"]),
    ]


def python_with_pip() -> str:
    ours = ROOT / ".venv/bin/python"
    return str(ours) if ours.exists() else sys.executable


def unpack(wheel: Path, lib: Path) -> dict[str, str]:
    """Wheels of ours are plain: no scripts, no data, nothing beside the packages themselves."""
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            if name.startswith("/") or ".." in name:
                raise BuildError(f"{wheel.name} holds a path that leads out: {name}")
            if not name.endswith("/") and not _UNUSED.search(name):
                target = lib / name
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(archive.read(name))
                target.chmod(0o644)
    name, version = wheel.name.split("-")[:2]
    return {"name": name, "version": version, "type": "pypi", "sha256": digest(wheel)}


def unpack_deb(entry: dict[str, Any], product: Path, processor: str) -> dict[str, str]:
    """One Debian package, by place and checksum, kept in the cache; the files that are named, no more."""
    names = {"debian": DEBIAN[processor], "processor": processor}
    pool, sha256 = entry["pool"].format(**names), entry["sha256"][DEBIAN[processor]]
    kept = package(pool, sha256)
    folder = product / "unpacked"
    run("dpkg-deb", "-x", kept, folder)
    for pattern, target in entry["files"].items():
        name = pattern.format(**names)
        if not (folder / name).exists():
            raise BuildError(f"{kept.name} holds no {name}")
        copy(folder / name, product / target / Path(name).name)
    shutil.rmtree(folder)
    return {"name": entry["name"], "version": entry["version"], "type": "deb", "sha256": sha256}


def package(pool: str, sha256: str) -> Path:
    """One file of the Debian archive, kept in the cache."""
    return kept(f"{debian()}/{pool}", pool.rpartition("/")[2], sha256)


def compile_all(root: Path, folder: Path, top: Path, processor: str) -> None:
    """Byte code by the card's own Python, not dated: a root that cannot be written would never keep any."""
    command = [
        *runner(root, processor),
        str(root / f"usr/bin/python{PYTHON}"),
        "-I",
        "-S",
        "-m",
        "compileall",
        "-qq",
    ]
    command += ["--invalidation-mode", "unchecked-hash", "-s", str(top), "-p", "/", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(
            f"the card's Python cannot compile {folder.name}: {(done.stdout + done.stderr)[-300:]}"
        )


def runner(root: Path, processor: str) -> list[str]:
    """What runs a program of the tree with the tree's own libraries."""
    if program := emulator(processor):
        return [*program, "-L", str(root)]
    [loader] = [path for path in root.glob("usr/lib*/ld-linux-*.so.*") if path.exists()]
    return [str(loader), "--library-path", str(root / f"usr/lib/{processor}-linux-gnu")]


def emulator(processor: str) -> list[str]:
    """The program that runs those of another processor; empty on a machine of that kind."""
    return [] if platform.machine() == processor else [f"qemu-{processor}-static"]
