"""The front end as it is served: addresses, compression, caches; and nothing but what belongs to it."""

import gzip
import re
from pathlib import Path
from typing import Any

import pytest

from appliance.base.errors import StartError
from appliance.server.assets import Assets
from tests.boxes import WEB
from tests.people import People, Person
from tests.server.raw import another_server, wire

ADDRESSES = ["/", "/claim", "/chat/r_abc", "/files", "/board", "/admin", "/admin/accounts", "/help", "/reset"]
ADDRESSES += ["/login", "/profile", "/chat/una%20sala", "/admin/rooms/r_1"]
FIRST_LOAD = 80 * 1024


async def test_each_page_has_an_address_of_its_own(box: Any) -> None:
    shell = (await Person(box).get("/")).text
    assert "<noscript>" in shell
    for path in ADDRESSES:
        answer = await Person(box).get(path, Accept="text/html")
        assert (answer.status, answer.text) == (200, shell), path
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


async def test_the_shell_names_its_files_by_version_and_they_keep_for_ever(box: Any) -> None:
    person = Person(box)
    shell = await person.get("/")
    paths = re.findall(r'(?:src|href)="(/static/[^"]+)"', shell.text)
    assert len(paths) >= 4
    versions = {path.split("/")[2] for path in paths}
    assert len(versions) == 1 and re.fullmatch(r"[0-9a-f]{12}", versions.pop())
    for path in paths:
        answer = await person.get(path)
        assert answer.status == 200, path
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    older = re.sub(r"/static/\w+/", "/static/0123456789ab/", paths[0])
    assert (await person.get(older)).headers["Cache-Control"] == "no-cache"


async def test_files_travel_compressed_where_the_browser_takes_it(box: Any) -> None:
    person = Person(box)
    path = re.findall(r'src="(/static/[^"]+main\.js)"', (await person.get("/")).text)[0]
    packed = await person.get(path, **{"Accept-Encoding": "gzip, deflate, br"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    plain = await person.get(path)
    assert "Content-Encoding" not in plain.headers
    assert gzip.decompress(packed.content) == plain.content
    assert plain.headers["Content-Type"] == "text/javascript; charset=utf-8"


async def test_an_unchanged_file_is_not_sent_again(box: Any) -> None:
    person = Person(box)
    shell = await person.get("/")
    again = await person.get("/", **{"If-None-Match": shell.headers["ETag"]})
    assert (again.status, again.content) == (304, b"")
    assert again.headers["ETag"] == shell.headers["ETag"]
    assert (await person.get("/", **{"If-None-Match": '"other"'})).status == 200


async def test_the_first_load_stays_small(box: Any) -> None:
    """What the shell names, and what those scripts import at once; lazy parts come later."""
    person = Person(box)
    shell = await person.get("/", **{"Accept-Encoding": "gzip"})
    total, seen = len(shell.content), set()
    waiting = re.findall(r'(?:src|href)="(/static/[^"]+)"', gzip.decompress(shell.content).decode())
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = await person.get(path, **{"Accept-Encoding": "gzip"})
        assert answer.status == 200, path
        total += len(answer.content)
        if path.endswith(".js"):
            packed = answer.headers.get("Content-Encoding") == "gzip"
            text = (gzip.decompress(answer.content) if packed else answer.content).decode()
            for found in re.findall(r'^(?:import|export)\b[^;]*?"(\.{1,2}/[^"]+)";', text, re.MULTILINE):
                waiting.append(resolved(path, found))
    assert len(seen) > 10
    assert total <= FIRST_LOAD, f"{total} bytes in {len(seen)} files"


def resolved(importer: str, path: str) -> str:
    parts = importer.split("/")[:-1]
    for piece in path.split("/"):
        if piece == "..":
            parts.pop()
        elif piece != ".":
            parts.append(piece)
    return "/".join(parts)


TRAVERSALS = [
    *["../appliance/__init__.py", "../../etc/passwd", "..%2f..%2fetc/passwd", "%2e%2e/%2e%2e/etc/passwd"],
    *["js/../../README.md", "js/..%5c..%5cREADME.md", "/etc/passwd", "//etc/passwd", "js/", "js", "", "."],
    *["js/main.js%00.png", "js/main.js/", "js//main.js", "JS/MAIN.JS", "js/main.js::$DATA", "package.json"],
    *[".env", "vendor/preact.d.ts", "index.html", "js/%6dain.js%20", "file:///etc/passwd", "%ff"],
]
# These name something that there is: a trailing slash makes no difference anywhere.
WHOLE = {"/static/x/js/main.js/", "/"}


async def test_nothing_else_on_the_disk_can_be_had(box: Any) -> None:
    for address in (f"{start}{path}" for path in TRAVERSALS for start in ("/static/x/", "/")):
        async with wire(box.port) as one:
            reply = await one.get(address)
            assert reply.status in (400, 404) or address in WHOLE, address
            assert b"root:" not in reply.content


def test_only_what_was_there_at_the_start_is_served(tmp_path: Path) -> None:
    folder = tmp_path / "web"
    (folder / "js").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "node_modules" / "x").mkdir(parents=True)
    rest = '</script><a href="/x">x</a><img src="none.png">'
    (folder / "index.html").write_text(f'<script src="js/a.js">{rest}')
    (tmp_path / "secret.js").write_text("secret")
    for name in ("js/a.js", ".git/a.js", "node_modules/x/a.js", "notes.md", "js/a.d.ts", "package.json"):
        (folder / name).write_text(name)
    (folder / "js" / "link.js").symlink_to(tmp_path / "secret.js")
    assets = Assets(folder)
    assert assets.names() == ["js/a.js"]
    shell = assets.index().content.decode()
    assert shell == f'<script src="/static/{assets.version}/js/a.js">{rest}'
    (folder / "js" / "b.js").write_text("late")
    assert assets.get("js/b.js") is None
    assert assets.index().content.decode() == shell


def test_the_shell_names_every_module_that_the_first_one_needs(tmp_path: Path) -> None:
    (tmp_path / "js" / "ui").mkdir(parents=True)
    (tmp_path / "index.html").write_text('<head><script type="module" src="js/main.js"></script></head>')
    (tmp_path / "js/main.js").write_text(
        'import { a } from "./ui/a.js";\nimport "./none.js";\nconst later = () => import("./later.js");\n'
    )
    (tmp_path / "js/ui/a.js").write_text('export {\n  b,\n} from "../b.js";\nimport "../../../etc/passwd";\n')
    (tmp_path / "js/b.js").write_text('import "./main.js";\n')
    (tmp_path / "js/later.js").write_text("")
    assets = Assets(tmp_path)
    named = re.findall(r'modulepreload" href="([^"]+)"', assets.index().content.decode())
    assert named == [f"/static/{assets.version}/js/{name}" for name in ("ui/a.js", "b.js", "main.js")]


def test_in_development_a_change_is_seen(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("one")
    assets = Assets(tmp_path, dev=True)
    first = assets.version
    (tmp_path / "index.html").write_text("three")
    (tmp_path / "a.js").write_text("late")
    assert assets.index().content == b"three"
    assert assets.get("a.js") is not None
    assert assets.version != first
    assert not assets.immutable


def test_a_folder_without_a_front_end_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"index\.html"):
        Assets(tmp_path)


async def test_in_development_nothing_is_kept(box: Any) -> None:
    async with another_server(box, dev=True) as port, wire(port) as one:
        path = re.findall(r'src="(/static/[^"]+main\.js)"', (await one.get("/")).content.decode())[0]
        assert (await one.get(path)).headers["cache-control"] == "no-cache"


async def test_the_icon_that_browsers_ask_for(people: People) -> None:
    answer = await people.uma.get("/favicon.ico")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("image/")
    assert (await people.uma.get("/robots.txt")).text == "User-agent: *\nDisallow: /\n"


def test_the_front_end_is_where_the_tests_look() -> None:
    assert (WEB / "index.html").is_file()
