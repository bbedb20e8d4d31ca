"""A box on a small disk of its own: a tmpfs that only its process sees, made without touching the machine."""

import os
import shutil
from pathlib import Path

from tests.served import CHOICES, Served


class SmallDisk(Served):
    """`pichat serve` whose data folder is a tmpfs of `megabytes`. `inside` is the folder as we reach it.

    `begins_with`: a data folder that is copied there before.
    """

    def __init__(self, data: Path, megabytes: int, begins_with: Path | None = None, **settings: str) -> None:
        data.mkdir()
        rights = ["--map-root-user"] if os.geteuid() else []
        fetch = f' && cp -a "{begins_with}/." "{data}"' if begins_with else ""
        mount = f'mount -t tmpfs -o size={megabytes}m tmpfs "{data}"{fetch} && exec "$@"'
        around = ("unshare", "--mount", *rights, "sh", "-c", mount, "sh")
        super().__init__(data, settings={**CHOICES, **settings}, around=around)

    @property
    def inside(self) -> Path:
        return Path(f"/proc/{self.process.pid}/root") / self.data.relative_to("/")

    @property
    def claim_code(self) -> str:
        return (self.inside / "claim.txt").read_text().strip()

    @property
    def free(self) -> int:
        return shutil.disk_usage(self.inside).free

    def fill(self, leave: int) -> Path:
        """Somebody else takes the space."""
        filler = self.inside.parent / self.data.name / "filler"
        with filler.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, self.free - leave)
        return filler
