"""The readable part of an archive: pages without a script, and the same as lines of JSON. Reads no disk.

Both are made twice, once to be measured and once to be sent, so they must come out the same.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from html import escape
from urllib.parse import quote

from appliance.domain.archive.manifest import Counts, Maker
from appliance.store.archive.source import Said
from appliance.store.files import FileRow
from appliance.store.rooms import RoomRow
from appliance.store.snapshot.manifest import Manifest as Saved

Name = Callable[[str, str], str]  # of a person: id and the name that was written down
_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:46em;margin:2em auto;padding:0 1em;overflow-wrap:anywhere}"
    "article{margin:.8em 0}time,small{color:#555}p{margin:.1em 0;white-space:pre-wrap}"
    "td,th{padding:.2em .6em .2em 0;text-align:left;vertical-align:top}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def page(title: str, body: Iterable[str]) -> Iterator[bytes]:
    """One HTML document, piece by piece."""
    yield (
        '<!doctype html>\n<html lang="es"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n<h1>{escape(title)}</h1>\n"
    ).encode()
    for piece in body:
        yield piece.encode("utf-8", "replace")
    yield b"</body></html>\n"


def room_page(
    room: RoomRow, said: Iterable[Said], files: Mapping[str, FileRow], paths: Mapping[str, str], name: Name
) -> Iterator[bytes]:
    """A room from its first word to its last."""

    def body() -> Iterator[str]:
        yield '<p><a href="../LEEME.html">LEEME</a></p>\n'
        for one in said:
            yield _message(one, files, paths, name)

    return page(room.name or room.id, body())


def room_lines(
    said: Iterable[Said], files: Mapping[str, FileRow], paths: Mapping[str, str], name: Name
) -> Iterator[bytes]:
    """One JSON object a line."""
    for one in said:
        row = one.row
        told = {
            "id": row.id,
            "seq": row.seq,
            "ts": row.ts,
            "from": {"id": row.sender, "name": name(row.sender, row.sender_name)},
            "body": row.body,
            "reply_to": row.reply_to,
            "edited": row.edited,
            "files": [_attached(files[file], paths) for file in one.files if file in files],
            "reactions": one.reactions,
        }
        yield json.dumps(told, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def index(
    maker: Maker,
    saved: Saved,
    counts: Counts,
    *,
    rooms: Iterable[tuple[RoomRow, str, int]],
    files: Iterable[FileRow],
    paths: Mapping[str, str],
    hidden: int,
) -> Iterator[bytes]:
    """`LEEME.html`: what this is, in both languages, and where everything lies."""

    def body() -> Iterator[str]:
        yield (
            f"<p>Copia de la caja PiChat «{escape(maker.name)}» ({escape(maker.id)}), guardada"
            f" {_when(saved.saved_at)} UTC: {counts.messages} mensajes, {counts.files} archivos."
            " En otra caja: <code>pichat import</code>.</p>\n"
            f"<p lang=en>A copy of the PiChat box “{escape(maker.name)}”, saved {_when(saved.saved_at)} UTC."
            " On another box: <code>pichat import</code>. <code>manifest.json</code> has the SHA-256 of every"
            " file here and is signed by the box.</p>\n<h2>Salas · Rooms</h2>\n<ul>\n"
        )
        for room, path, count in rooms:
            yield f'<li><a href="{quote(path)}">{escape(room.name)}</a> <small>{count}</small></li>\n'
        yield "</ul>\n"
        if hidden:
            yield (
                f"<p>{hidden} salas privadas no se muestran aquí; están en <code>content.db</code>."
                f" <span lang=en>{hidden} private rooms are in the database alone.</span></p>\n"
            )
        yield "<h2>Archivos · Files</h2>\n<table>\n"
        for row in files:
            yield _file(row, paths)
        yield "</table>\n"

    return page(f"PiChat: {maker.name}", body())


def _message(one: Said, files: Mapping[str, FileRow], paths: Mapping[str, str], name: Name) -> str:
    row = one.row
    linked = "".join(
        f"<p>{_link(files[file].name, paths.get(files[file].sha256), '../')}</p>"
        for file in one.files
        if file in files
    )
    reacted = " ".join(f"{escape(emoji)} {len(users)}" for emoji, users in one.reactions.items())
    reply = f" <small>↩ {row.reply_to}</small>" if row.reply_to else ""
    return (
        f'<article id="m{row.seq}"><b>{escape(name(row.sender, row.sender_name))}</b>'
        f" <time>{_when(row.ts)}</time>{reply}<p>{escape(row.body)}</p>{linked}"
        f"<small>{reacted}</small></article>\n"
    )


def _file(row: FileRow, paths: Mapping[str, str]) -> str:
    shown = f"{row.folder}/{row.name}" if row.folder else row.name
    return (
        f"<tr><td>{_link(shown, paths.get(row.sha256))}</td><td>{row.size}</td>"
        f"<td>{escape(row.owner_name)}</td><td>{_when(row.created)}</td></tr>\n"
    )


def _attached(row: FileRow, paths: Mapping[str, str]) -> dict[str, str | None]:
    return {"id": row.id, "name": row.name, "path": paths.get(row.sha256)}


def _link(name: str, path: str | None, up: str = "") -> str:
    """What is held back has no link: nobody opens it by a slip of the finger."""
    if path is None or path.startswith("retenidos/"):
        return escape(name)
    return f'<a href="{up}{quote(path)}">{escape(name)}</a>'


def _when(at: int) -> str:
    """Milliseconds since 1970 as a UTC time; whatever the clock of a Pi said."""
    try:
        return datetime.fromtimestamp(at / 1000, UTC).strftime("%Y-%m-%d %H:%M")
    except (OverflowError, ValueError, OSError):
        return "?"
