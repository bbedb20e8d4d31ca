"""What goes with a card: packed form, checksums, block map, list of contents, Imager's manifest, report."""

import json
import subprocess
import urllib.parse
import uuid
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from image import HERE
from image.download import digest
from image.tools import run

VENDORED = HERE.parent / "web/vendor/vendor.json"
MANIFEST = ".rpi-imager-manifest"
# What Raspberry Pi Imager asks for first, by its own tags: without this list nobody gets past that page.
BOARDS = {
    "Raspberry Pi 5": ("5, 500, Compute Module 5", "pi5-64bit"),
    "Raspberry Pi 4": ("4, 400, Compute Module 4", "pi4-64bit"),
    "Raspberry Pi 3": ("3A+, 3B, 3B+, Compute Module 3", "pi3-64bit"),
    "Raspberry Pi Zero 2 W": ("Zero 2 W", "pi3-64bit"),
}


def pack(card: Path) -> Path:
    """xz in blocks of its own, whatever the number of processors: the same bytes everywhere."""
    packed = card.with_name(card.name + ".xz")
    run("xz", "-k", "-T2", "--block-size=32MiB", "-6", card)
    return packed


def checksums(card: Path, packed: Path) -> Path:
    path = packed.with_name(packed.name + ".sha256")
    path.write_text(f"{digest(packed)}  {packed.name}\n{digest(card)}  {card.name}\n")
    return path


def block_map(card: Path) -> Path:
    """Which blocks hold something."""
    path = card.with_suffix(".img.bmap")
    run("bmaptool", "create", "-o", path, card)
    return path


def sign(packed: Path, key: Path) -> Path:
    """Ed25519 over the packed image, checked with `openssl pkeyutl -verify -rawin`."""
    path = packed.with_name(packed.name + ".sig")
    run("openssl", "pkeyutl", "-sign", "-rawin", "-inkey", key, "-in", packed, "-out", path)
    return path


def contents(root: Path, parts: list[dict[str, Any]], path: Path, version: str) -> Path:
    """CycloneDX: every package of the base from its own records, and ours from the locks and web/vendor."""
    components = [component(part) for part in [*debian(root), *parts, *vendored()]]
    identity = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(components, sort_keys=True))
    document = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{identity}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "operating-system",
                "name": "pichat",
                "version": version,
                "bom-ref": f"pichat@{version}",
            }
        },
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


def vendored() -> list[dict[str, str]]:
    """What of others lies in web/."""
    packages = json.loads(VENDORED.read_text())
    return [{"name": part["name"], "version": part["version"], "type": "npm"} for part in packages]


def component(part: dict[str, str]) -> dict[str, Any]:
    """One package; its address as the package-url rules spell it."""
    name = part["name"]
    if part["type"] == "pypi":
        name = name.lower().replace("_", "-")
    kind = {"deb": "deb/debian"}.get(part["type"], part["type"])
    address = (
        f"pkg:{kind}/{urllib.parse.quote(name, safe='')}@{urllib.parse.quote(part['version'], safe=':')}"
    )
    about: dict[str, Any] = {
        "type": "library",
        "name": part["name"],
        "version": part["version"],
        "purl": address,
        "bom-ref": f"{address}#{part['sha256'][:16]}" if "sha256" in part else address,
    }
    if "sha256" in part:
        about["hashes"] = [{"alg": "SHA-256", "content": part["sha256"]}]
    return about


def manifest(card: Path, packed: Path, version: str, date: str, url: str) -> Path:
    """Opened with a double click, it gives Raspberry Pi Imager its pages for host name and Wi-Fi.

    `url`: where the packed image is. Imager understands no address that is relative to the manifest.
    """
    entry = {
        "name": f"PiChat {version}",
        "description": "Chat y archivos para una red local / chat and files for a local network. "
        "Not yet checked on hardware.",
        "icon": "",
        "url": url,
        "extract_size": card.stat().st_size,
        "extract_sha256": digest(card),
        "image_download_size": packed.stat().st_size,
        "image_download_sha256": digest(packed),
        "release_date": date,
        "init_format": "cloudinit-rpi",
        "devices": sorted({tag for _, tag in BOARDS.values()}, reverse=True),
        "architecture": "armv8",
        "capabilities": [],  # no buses, no remote shell of theirs: fewer pages
    }
    boards = [
        {"name": name, "description": about, "tags": [tag], "matching_type": "exclusive"}
        for name, (about, tag) in BOARDS.items()
    ]
    path = packed.with_name(packed.name.removesuffix(".img.xz") + MANIFEST)
    path.write_text(json.dumps({"imager": {"devices": boards}, "os_list": [entry]}, indent=1) + "\n")
    return path


def tools(packages: Iterable[str]) -> dict[str, str]:
    """The versions of what made the card: another one may make other bytes."""
    command = ["dpkg-query", "-W", "-f", "${Package} ${Version}\n", *sorted(set(packages))]
    said = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return dict(line.split() for line in said.splitlines() if len(line.split()) == 2)


def report(path: Path, **facts: Any) -> Path:
    """What went in and what came out."""
    path.write_text(json.dumps(facts, indent=1, sort_keys=True) + "\n")
    return path
