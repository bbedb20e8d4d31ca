"""The house rules that a machine can check: who imports whom, how long things are, what nobody may write."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "appliance"
MODULES = sorted(PACKAGE.rglob("*.py"))
SCRIPTS = sorted((ROOT / "web" / "js").rglob("*.js"))

# A floor may import itself and these. A module directly in the package is a floor of its own.
ALLOWED = {
    "base": {"base"},
    "store": {"base", "store"},
    "host": {"base", "host"},
    "domain": {"base", "store", "host", "domain"},
    "server": {"base", "store", "host", "domain", "server"},
    "console": {"base"},
    "commands": {"base", "store", "host", "domain", "peopling", "commands"},
    "reloading": {"base"},
    "chatting": {"base", "store", "domain"},
    "peopling": {"base", "store", "domain"},
    "filing": {"base", "store", "host", "domain"},
    "archiving": {"base", "store", "host", "domain", "chatting", "filing"},
    "lasting": {"base", "store", "domain", "chatting", "filing"},
    "tending": {"base", "store", "host", "domain", "chatting"},
    "assembly": {
        "base",
        "store",
        "host",
        "domain",
        "server",
        "chatting",
        "peopling",
        "filing",
        "archiving",
        "lasting",
        "tending",
        "assembly",
        "console",
    },
    "serving": {"base", "store", "host", "domain", "server", "assembly", "console", "serving"},
    "__main__": {
        "base",
        "store",
        "host",
        "domain",
        "server",
        "assembly",
        "console",
        "commands",
        "serving",
        "reloading",
        "__main__",
    },
}
# Where a library may be imported.
HOMES = {
    "sqlite3": {"store"},
    "tornado": {"server", "assembly", "__main__"},
    "netifaces": {"host"},
    "psutil": {"host"},
    "argon2": {"domain"},
    "cryptography": {"store", "host"},
    "magic": {"host"},
    "multipart": {"server"},
}
# The only modules that ask the machine for the time.
CLOCKS = {
    ("time", "time"),
    ("time", "time_ns"),
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("date", "today"),
}
LONGEST_MODULE = 300
LONGEST_FUNCTION = 60


def floor(path: Path) -> str:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return parts[0]


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def imports(path: Path) -> Iterator[tuple[str, str]]:
    """Every imported module, and the name taken from it where there is one."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            yield from ((str(node.module), alias.name) for alias in node.names)


def floors_used(path: Path) -> set[str]:
    """The floors that a module takes something from; the package's own version belongs to everybody."""
    used = set()
    for module, name in imports(path):
        parts = module.split(".")
        if parts[0] == "appliance":
            used.add(parts[1] if len(parts) > 1 else name)
    return used - {"__version__"}


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


every_module = pytest.mark.parametrize("path", MODULES, ids=label)


def test_every_floor_is_known() -> None:
    assert {floor(path) for path in MODULES} - {"__init__"} <= set(ALLOWED)


@every_module
def test_imports_go_down_only(path: Path) -> None:
    allowed = ALLOWED.get(floor(path), set())
    assert not floors_used(path) - allowed


@every_module
def test_each_library_stays_in_its_home(path: Path) -> None:
    for module, _ in imports(path):
        home = HOMES.get(module.split(".")[0])
        assert home is None or floor(path) in home, f"{module} belongs in {home}"


@every_module
def test_nothing_private_is_taken_from_elsewhere(path: Path) -> None:
    for module, name in imports(path):
        if module.split(".")[0] != "appliance":
            continue
        private = [part for part in (*module.split("."), name) if part.startswith("_")]
        assert set(private) <= {"__version__"}, f"{module} {name}"


@every_module
def test_a_module_says_what_it_is_and_stays_short(path: Path) -> None:
    text = path.read_text()
    assert ast.get_docstring(tree(path)), "no docstring"
    assert text.count("\n") <= LONGEST_MODULE


@every_module
def test_functions_stay_short(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name}: {length} lines"


@every_module
def test_what_nobody_writes(path: Path) -> None:
    for node in ast.walk(tree(path)):
        where = f"line {getattr(node, 'lineno', 0)}"
        assert not isinstance(node, ast.Global), f"{where}: global"
        assert not (isinstance(node, ast.ExceptHandler) and node.type is None), f"{where}: bare except"
        if path != PACKAGE / "base" / "clock.py":
            assert not asks_the_time(node), f"{where}: time comes from base/clock"


def asks_the_time(node: ast.AST) -> bool:
    """`time.time()`, `datetime.now()` and their like, however the class was reached."""
    if isinstance(node, ast.ImportFrom) and node.module == "time":
        return any(("time", alias.name) in CLOCKS for alias in node.names)
    if not isinstance(node, ast.Attribute):
        return False
    owner = node.value
    name = owner.attr if isinstance(owner, ast.Attribute) else owner.id if isinstance(owner, ast.Name) else ""
    return (name, node.attr) in CLOCKS


@pytest.mark.parametrize("path", [*SCRIPTS, *sorted((ROOT / "tests").rglob("test_*.py"))], ids=label)
def test_scripts_of_the_pages_and_tests_stay_short_too(path: Path) -> None:
    limit = LONGEST_MODULE if path.suffix == ".js" else 2 * LONGEST_MODULE
    assert path.read_text().count("\n") <= limit


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("import time\ntime.time()", True),
        ("import datetime\ndatetime.datetime.now()", True),
        ("from datetime import datetime\ndatetime.now()", True),
        ("from time import time", True),
        ("import time\ntime.monotonic()", False),
        ("clock.now()", False),
    ],
)
def test_the_time_rule_sees_what_it_should(line: str, caught: bool) -> None:
    assert any(asks_the_time(node) for node in ast.walk(ast.parse(line))) is caught
