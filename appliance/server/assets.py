"""The front end in memory: every file once, compressed once, under an address that changes with its content.

Only files that were there when it was read can be served; no path of a request reaches the disk.
"""

import gzip
import hashlib
import posixpath
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from appliance.base.errors import StartError

PREFIX = "/static/"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json; charset=utf-8",
    ".mp3": "audio/mpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webmanifest": "application/manifest+json; charset=utf-8",
    ".woff2": "font/woff2",
}
_COMPRESSED_ALREADY = {".mp3", ".png", ".woff2"}
_MODULE = re.compile(r'<script type="module" src="([^"]+)"')
_IMPORT = re.compile(r'^(?:import|export)\b[^;"]*"(\.{1,2}/[^"]+)";', re.MULTILINE)
# What an address in the shell looks like when it names a file of ours.
_REFERENCE = re.compile(r'\b(src|href)="(?:\./|/static/)?((?!/|[a-z]+:|#)[^"?#]+)([^"]*)"')


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    packed: bytes | None
    type: str
    etag: str


class Assets:
    """The folder of the front end. With `dev` it is read again whenever a file has changed."""

    def __init__(self, folder: Path, dev: bool = False) -> None:
        self._folder = folder
        self._dev = dev
        self._stamp: tuple[int, int] = (0, 0)
        self._load()

    @property
    def version(self) -> str:
        return self._version

    @property
    def immutable(self) -> bool:
        """Whether a versioned address may be kept for ever."""
        return not self._dev

    def index(self) -> Asset:
        """The shell of every page, with versioned addresses."""
        self._refresh()
        return self._index

    def get(self, path: str) -> Asset | None:
        return self._assets.get(path)

    def names(self) -> list[str]:
        return sorted(self._assets)

    def _refresh(self) -> None:
        if self._dev and self._stamp != self._newest():
            self._load()

    def _newest(self) -> tuple[int, int]:
        stats = [path.stat() for path in _files(self._folder)]
        return len(stats), max((stat.st_mtime_ns for stat in stats), default=0)

    def _load(self) -> None:
        if not (self._folder / "index.html").is_file():
            raise StartError(f"the front end is not in {self._folder}: there is no index.html")
        self._stamp = self._newest()
        contents = {
            path.relative_to(self._folder).as_posix(): path.read_bytes() for path in _files(self._folder)
        }
        digest = hashlib.sha256()
        for name, content in sorted(contents.items()):
            digest.update(f"{name}\0{len(content)}\0".encode() + content)
        self._version = digest.hexdigest()[:12]
        shell = with_preloads(contents.pop("index.html").decode(), contents)
        self._assets = {name: _asset(name, content) for name, content in contents.items()}
        self._index = _asset("index.html", self._with_versions(shell).encode())

    def _with_versions(self, shell: str) -> str:
        def versioned(match: re.Match[str]) -> str:
            attribute, path, rest = match.groups()
            if path not in self._assets:
                return match[0]
            return f'{attribute}="{PREFIX}{self._version}/{path}{rest}"'

        return _REFERENCE.sub(versioned, shell)


def with_preloads(shell: str, contents: Mapping[str, bytes]) -> str:
    """Names every module that the first script needs, or the browser would find them one level at a time."""
    script = _MODULE.search(shell)
    if script is None:
        return shell
    needed: dict[str, None] = {}
    waiting = [script[1]]
    for name in waiting:
        folder = posixpath.dirname(name)
        for path in _IMPORT.findall(contents.get(name, b"").decode()):
            found = posixpath.normpath(posixpath.join(folder, path))
            if found in contents and found not in needed:
                needed[found] = None
                waiting.append(found)
    links = "".join(f'<link rel="modulepreload" href="{name}" />' for name in needed)
    return shell.replace("</head>", f"{links}</head>", 1)


def _files(folder: Path) -> Iterator[Path]:
    """What may be served: known kinds, nothing hidden, nothing that is only for development."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder)
        hidden = any(part.startswith(".") or part == "node_modules" for part in inner.parts)
        if hidden or path.is_symlink() or not path.is_file():
            continue
        if path.suffix in TYPES and not path.name.endswith(".d.ts") and path.name != "package.json":
            yield path


def _asset(name: str, content: bytes) -> Asset:
    suffix = Path(name).suffix
    packed = None if suffix in _COMPRESSED_ALREADY else gzip.compress(content, 9, mtime=0)
    if packed is not None and len(packed) >= len(content):
        packed = None
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    return Asset(content, packed, TYPES[suffix], etag)
