"""A disk that remembers what a power cut may take, and every state that it may leave behind.

The model is meaner than any file system in use: a name (created, removed, renamed) is safe only once its
folder was synced, and until then any of the changes to that folder may be lost and the others not, for each
folder by itself; bytes are safe only once their file was synced, and until then the file may be empty, half
there or whole. What is done in the folder is also really done, so that the product's own code sees it.
"""

import itertools
import math
import random
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from pathlib import Path

from appliance.store.disk import Disk

Tree = dict[str, bytes | None]  # by path; None is a folder
Where = Callable[[str], bool]
MANY = 5  # above so many changes to one folder they are lost in order alone, the last one first


class File:
    """Bytes, and what a power cut would leave of them."""

    def __init__(self, data: bytes, *, safe: bool) -> None:
        self.data = data
        self.safe = data if safe else b""
        self.is_safe = safe

    def choices(self) -> Sequence[object]:
        if self.is_safe:
            return [self.data]
        return list(dict.fromkeys([self.safe, self.data[: len(self.data) // 2], self.data]))


class Folder:
    """Names, the safe ones and the changes since."""

    def __init__(self) -> None:
        self.safe: dict[str, Node] = {}
        self.changes: list[list[tuple[str, Node | None]]] = []

    def after(self, kept: Iterable[int]) -> dict[str, "Node"]:
        names = dict(self.safe)
        for number in kept:
            for name, node in self.changes[number]:
                if node is None:
                    names.pop(name, None)
                else:
                    names[name] = node
        return names

    def choices(self) -> Sequence[object]:
        """Which of the changes are there after the cut."""
        numbers = range(len(self.changes))
        if len(numbers) > MANY:
            return [tuple(range(count)) for count in range(len(numbers) + 1)]
        return [some for count in range(len(numbers) + 1) for some in itertools.combinations(numbers, count)]

    @property
    def seen(self) -> dict[str, "Node"]:
        return self.after(range(len(self.changes)))


Node = File | Folder


class CrashDisk(Disk):
    """A real disk with a memory. `observe` is called before each sync: no state of before lies beyond it."""

    def __init__(
        self,
        root: Path,
        *,
        syncs_files: Callable[[Path], bool] = lambda path: True,
        syncs_folders: Callable[[Path], bool] = lambda path: True,
    ) -> None:
        self.root = root
        self.top = _loaded(root)
        self.observe: Callable[[], None] = lambda: None
        self.syncs_files = syncs_files
        self.syncs_folders = syncs_folders
        self.calls: list[tuple[str, str]] = []

    def mkdir(self, path: Path) -> None:
        is_new = not path.exists()
        super().mkdir(path)
        if is_new:
            self._change(path, Folder())

    def write(self, path: Path, data: bytes, mode: int = 0o600) -> None:
        super().write(path, data, mode)
        self._change(path, File(data, safe=False))

    def copy(self, source: Path, target: Path, mode: int = 0o600) -> str:
        found = super().copy(source, target, mode)
        self._change(target, File(target.read_bytes(), safe=False))
        return found

    def make(self, path: Path, maker: Callable[[Path], None], mode: int = 0o600) -> None:
        """Of a file that is there already: the same one with other bytes."""
        was_there = path.exists()
        super().make(path, maker, mode)
        if was_there:
            file = self._file(path)
            file.data, file.is_safe = path.read_bytes(), False
        else:
            self._change(path, File(path.read_bytes(), safe=False))

    def sync(self, path: Path) -> None:
        self.observe()
        super().sync(path)
        self.calls.append(("sync", self._name(path)))
        if self.syncs_files(path):
            file = self._file(path)
            file.data = file.safe = path.read_bytes()
            file.is_safe = True

    def sync_folder(self, path: Path) -> None:
        self.observe()
        super().sync_folder(path)
        self.calls.append(("sync_folder", self._name(path)))
        if self.syncs_folders(path):
            folder = self._folder(path)
            folder.safe, folder.changes = folder.seen, []

    def rename(self, old: Path, new: Path) -> None:
        node = self._find(old)
        super().rename(old, new)
        self.calls.append(("rename", self._name(new)))
        if old.parent == new.parent:
            self._folder(old.parent).changes.append([(old.name, None), (new.name, node)])
        else:
            self._change(new, node)
            self._change(old, None)

    def link(self, old: Path, new: Path) -> None:
        file = self._file(old)
        super().link(old, new)
        self._change(new, file)

    def remove(self, path: Path) -> None:
        if path.exists():
            self._forget(path)
        super().remove(path)

    def _forget(self, path: Path) -> None:
        """A tree goes file by file: a power cut may leave any part of it."""
        if path.is_dir() and isinstance(self._find(path), Folder):
            for inner in sorted(path.iterdir()):
                self._forget(inner)
        self._change(path, None)

    def _change(self, path: Path, node: Node | None) -> None:
        self._folder(path.parent).changes.append([(path.name, node)])

    def _find(self, path: Path) -> Node:
        node: Node = self.top
        for name in path.relative_to(self.root).parts:
            assert isinstance(node, Folder)
            node = node.seen[name]
        return node

    def _folder(self, path: Path) -> Folder:
        node = self._find(path)
        assert isinstance(node, Folder)
        return node

    def _file(self, path: Path) -> File:
        """Bodies and databases in the live folder are written past us, and nobody syncs them."""
        try:
            node = self._find(path)
        except KeyError:
            node = File(path.read_bytes(), safe=False)
        assert isinstance(node, File)
        return node

    def take_in(self, folder: Path) -> None:
        """What was written past us below a folder: bodies, databases. Nobody synced any of it."""
        if not folder.exists():
            return
        inodes = {path.stat().st_ino: node for path, node in self._all(self.root, self.top) if path.exists()}
        for path in sorted(folder.rglob("*")):
            if path.name.endswith(("-wal", "-shm", "-journal")):
                continue
            try:
                node: Node = self._find(path)
            except KeyError:
                node = Folder() if path.is_dir() else inodes.get(path.stat().st_ino) or File(b"", safe=False)
                self._change(path, node)
            if isinstance(node, File) and not (node.is_safe and path.stat().st_nlink > 1):
                data = database_bytes(path) if path.suffix == ".db" else path.read_bytes()
                node.data, node.is_safe = data, node.is_safe and data == node.data
        for path, _ in self._all(folder, self._find(folder)):
            if not path.exists():
                self._change(path, None)

    def _all(self, path: Path, node: Node) -> list[tuple[Path, Node]]:
        """Every name below a folder as it is now, the innermost first."""
        if isinstance(node, File):
            return []
        inner = [(path / name, one) for name, one in node.seen.items()]
        return [*(below for one in inner for below in self._all(*one)), *inner]

    def whole(self, path: Path) -> bytes | None:
        """What a file would hold if nothing of it were lost."""
        try:
            node = self._find(path)
        except KeyError:
            return None
        return node.data if isinstance(node, File) else None

    def _name(self, path: Path) -> str:
        return str(path.relative_to(self.root))

    def count(self, only: Where) -> int:
        """How many states there are at this moment."""
        return math.prod(len(node.choices()) for node in _undecided(self.top, only))

    def states(self, only: Where, limit: int) -> Iterator[Tree]:
        """What a power cut at this moment may leave, where there are more than `limit` a throw of the dice.

        Choices are made for the paths of `only`; elsewhere nothing is lost.
        """
        nodes = _undecided(self.top, only)
        choices = [node.choices() for node in nodes]
        picks: Iterable[tuple[object, ...]] = itertools.product(*choices)
        if self.count(only) > limit:
            dice = random.Random(7)
            picks = (tuple(dice.choice(one) for one in choices) for _ in range(limit))
        for pick in picks:
            decided = {id(node): choice for node, choice in zip(nodes, pick, strict=True)}
            tree: Tree = {}
            _grow(self.top, "", decided, tree)
            yield tree


def _loaded(path: Path) -> Folder:
    """Everything that lies there is safe."""
    folder = Folder()
    for inner in path.iterdir():
        if inner.is_dir():
            folder.safe[inner.name] = _loaded(inner)
        elif inner.is_file():
            folder.safe[inner.name] = File(inner.read_bytes(), safe=True)
    return folder


def _undecided(top: Folder, only: Where) -> list[Node]:
    """The folders and files that a power cut may leave in more than one way."""
    found: dict[int, Node] = {}

    def visit(node: Node, path: str) -> None:
        if len(node.choices()) > 1 and only(path):
            found[id(node)] = node
        if isinstance(node, Folder):
            new = [(name, inner) for change in node.changes for name, inner in change if inner is not None]
            for name, inner in [*node.safe.items(), *new]:
                visit(inner, f"{path}/{name}")

    visit(top, "")
    return list(found.values())


def _grow(node: Folder, path: str, decided: dict[int, object], tree: Tree) -> None:
    kept = decided.get(id(node), range(len(node.changes)))
    assert isinstance(kept, tuple | range)
    for name, inner in node.after(kept).items():
        where = f"{path}/{name}"
        if isinstance(inner, Folder):
            tree[where] = None
            _grow(inner, where, decided, tree)
        else:
            data = decided.get(id(inner), inner.data)
            assert isinstance(data, bytes)
            tree[where] = data


def lay_out(tree: Tree, root: Path) -> None:
    """Makes a state real."""
    for name, data in sorted(tree.items()):
        path = root / name.lstrip("/")
        if data is None:
            path.mkdir(parents=True)
        else:
            path.write_bytes(data)


def database_bytes(path: Path) -> bytes:
    """A database as SQLite itself would have it after a power cut: what was committed in full."""
    with closing(sqlite3.connect(path)) as db, closing(sqlite3.connect(":memory:")) as copy:
        db.backup(copy)
        return copy.serialize()
