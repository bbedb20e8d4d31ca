"""Updates for a card: its own product under another version, and one that crashes. Signed with the key that
lies beside the card.
"""

import shutil
from pathlib import Path

from appliance import __version__
from image import card, update
from image.lint import partitions
from tests.image.device import run

EPOCH = 1_800_000_000


def good(image: Path, folder: Path, version: str) -> Path:
    """All of the card's /opt/pichat, as `build-image --sign` packs it."""
    tree = folder / "tree"
    offset = partitions(image)[1][0]
    run("unsquashfs", "-q", "-n", "-o", str(offset), "-d", str(tree), str(image), "opt/pichat")
    product = tree / "opt/pichat"
    named = product / "lib/appliance/__init__.py"
    text = named.read_text()
    assert f'"{__version__}"' in text
    named.write_text(text.replace(f'"{__version__}"', f'"{version}"'))
    # Its byte code is not dated: it would stay in use.
    for path in named.parent.glob("__pycache__/__init__.*"):
        path.unlink()
    return signed(product, image, folder, version)


def broken(image: Path, folder: Path, version: str) -> Path:
    tree = folder / "tree"
    (tree / "bin").mkdir(parents=True)
    (tree / "bin/pichat").write_text("#!/bin/sh\nexit 1\n")
    (tree / "bin/pichat").chmod(0o755)
    return signed(tree, image, folder, version)


def signed(product: Path, image: Path, folder: Path, version: str) -> Path:
    squashed, target = folder / "squashed", folder / "made.pichat"
    card.squash(product, squashed, EPOCH, "gzip")
    update.write(squashed, target, image.with_name("key.pem"), version)
    shutil.rmtree(folder / "tree")
    squashed.unlink()
    return target
