"""The machine under the box, where it takes wishes: one folder with what root noted and one for what we ask.

Asking needs no privilege: a small file is laid down, which a step of root's reads. Must not decide who asks.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ASK = "ask"
_MOST = 64 * 1024


class Machine:
    """`folder` None: nobody can be asked, as on a laptop."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def can(self) -> frozenset[str]:
        """What may be asked for, by name; nothing when nobody would read it."""
        if self._folder is None or not (self._folder / ASK).is_dir():
            return frozenset()
        names = self.noted("can")
        return (
            frozenset(name for name in names if isinstance(name, str))
            if isinstance(names, list)
            else frozenset()
        )

    def ask(self, what: str, wish: Mapping[str, object]) -> None:
        """Lays the wish down, whole or not at all. Raises OSError."""
        assert self._folder is not None
        path = self._folder / ASK / what
        new = path.with_name(f".{what}")  # whoever looks passes over what begins with a dot
        descriptor = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(wish, file)
        new.replace(path)

    def noted(self, name: str) -> Any:
        """What root has written down of this boot; None when it has not."""
        if self._folder is None:
            return None
        try:
            with (self._folder / f"{name}.json").open("rb") as file:
                return json.loads(file.read(_MOST))
        except (OSError, ValueError):
            return None

    def warnings(self) -> list[str]:
        """What ails the board, by name: low_voltage, hot, failing_card."""
        found = self.noted("board/warnings")
        return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
