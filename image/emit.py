"""What goes with a card: packed form, checksums, block map, list of contents, Imager's manifest, report."""

import json
import lzma
import uuid
from pathlib import Path
from typing import Any

from image.base import digest
from image.tools import run

DEVICES = ["pi5-64bit", "pi4-64bit", "pi3-64bit", "pi-zero2-64bit"]


def pack(card: Path, fast: bool) -> Path:
    """xz in blocks of its own, whatever the number of processors: the same bytes everywhere."""
    packed = card.with_name(card.name + ".xz")
    run("xz", "-k", "-T2", "--block-size=32MiB", "-0" if fast else "-6", card)
    return packed


def checksums(card: Path, packed: Path) -> Path:
    path = packed.with_name(packed.name + ".sha256")
    path.write_text(f"{digest(packed)}  {packed.name}\n{digest(card)}  {card.name}\n")
    return path


def block_map(card: Path) -> Path:
    """Which blocks hold something; without the line that says when it was made."""
    path = card.with_suffix(".img.bmap")
    run("bmaptool", "create", "-o", path, card)
    return path


def sign(packed: Path, key: Path) -> Path:
    """Ed25519 over the packed image, checked with `openssl pkeyutl -verify -rawin`."""
    path = packed.with_name(packed.name + ".sig")
    run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", packed, "-out", path)
    return path


def contents(root: Path, parts: list[dict[str, Any]], path: Path, version: str) -> Path:
    """CycloneDX: every package of the base from its own records, and ours from the locks."""
    components = [component(part) for part in [*debian(root), *parts]]
    identity = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components, sort_keys=True))
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{identity}",
        "version": 1,
        "metadata": {"component": {"type": "operating-system", "name": "pichat", "version": version}},
        "components": components,
    }
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")
    return path


def debian(root: Path) -> list[dict[str, str]]:
    """The installed packages of dpkg's status file."""
    found = []
    for block in (root / "var/lib/dpkg/status").read_text().split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if ": " in line and line[0] != " ")
        if fields.get("Status") == "install ok installed":
            found.append({"name": fields["Package"], "version": fields["Version"], "type": "deb"})
    return sorted(found, key=lambda part: part["name"])


def component(part: dict[str, str]) -> dict[str, Any]:
    kind = "deb/debian" if part["type"] == "deb" else "pypi"
    about: dict[str, Any] = {
        "type": "library",
        "name": part["name"],
        "version": part["version"],
        "purl": f"pkg:{kind}/{part['name']}@{part['version']}",
    }
    if "sha256" in part:
        about["hashes"] = [{"alg": "SHA-256", "content": part["sha256"]}]
    return about


def manifest(card: Path, packed: Path, version: str, date: str) -> Path:
    """Opened with a double click, it gives Raspberry Pi Imager its page for host name and Wi-Fi."""
    entry = {
        "name": f"PiChat {version}",
        "description": "Chat y archivos para una red local / chat and files for a local network. "
        "Not yet checked on hardware.",
        "icon": "",
        "url": packed.name,
        "extract_size": card.stat().st_size,
        "extract_sha256": digest(card),
        "image_download_size": packed.stat().st_size,
        "image_download_sha256": digest(packed),
        "release_date": date,
        "init_format": "cloudinit-rpi",
        "devices": DEVICES,
        "architecture": "armv8",
    }
    path = packed.with_name(packed.name.removesuffix(".img.xz") + ".rpi-imager-manifest")
    path.write_text(json.dumps({"os_list": [entry]}, indent=1) + "\n")
    return path


def report(path: Path, **facts: Any) -> Path:
    """What went in and what came out."""
    path.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")
    return path


def readable(packed: Path) -> bool:
    """Whether the first bytes come out again."""
    with lzma.open(packed) as file:
        return len(file.read(512)) == 512
