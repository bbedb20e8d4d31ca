"""Whatever the audit log writes down, its page says in words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# What writes a deed down, or passes its name on to what does.
WRITERS = {"record.write", "audit.write", "self._record.write", "self._audit", "self._note"}


def deeds() -> Iterator[str]:
    for path in (ROOT / "appliance").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).removeprefix("services.") in WRITERS:
                said = [one.value for one in node.args if isinstance(one, ast.Constant)]
                yield from (one for one in said if isinstance(one, str) and one)


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_deed_has_its_words(language: str) -> None:
    found = set(deeds())
    assert {"sign_in", "exported", "stable_saved", "file_released"} <= found
    words = (ROOT / f"web/i18n/{language}/rooms.js").read_text()
    found |= {"restored", "factory"}  # what a start does
    assert found <= set(re.findall(r'"audit\.(\w+)":', words))
