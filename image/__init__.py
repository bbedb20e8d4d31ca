"""The recipe of the card. The builder runs build.py; what lies under rootfs/ runs on the box."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent

# Builder and box share one layout of the card: it lives on the box.
sys.path.insert(0, str(HERE / "rootfs/usr/lib/pichat"))
