"""The front end's shell at every address that has one, and its files. Renders nothing that people wrote."""

from typing import Any

from appliance.base.errors import Code, Refusal
from appliance.server.assets import Asset, Assets
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route
from appliance.server.status import state

FOREVER = "public, max-age=31536000, immutable"
CHECKED = "no-cache"  # kept, and asked about each time


class AssetHandler(BaseHandler):
    """Sends one file of the front end, compressed where the browser takes it."""

    def send_asset(self, asset: Asset, cache: str) -> None:
        self.set_header("Cache-Control", cache)
        self.set_header("ETag", asset.etag)
        self.add_header("Vary", "Accept-Encoding")
        if self.check_etag_header():
            self.set_status(304)
            self.finish()
            return
        packed = asset.packed if "gzip" in self.request.headers.get("Accept-Encoding", "") else None
        if packed is not None:
            self.set_header("Content-Encoding", "gzip")
        self.set_header("Content-Type", asset.type)
        self.finish(packed or asset.content)

    @property
    def assets(self) -> Assets:
        return self.house.assets


class ShellAnswers(AssetHandler):
    """Sends the one page of the front end; it reads the address and shows what belongs there."""

    def send_shell(self) -> None:
        self.set_page_headers()
        self.send_asset(self.assets.index(), CHECKED)


class Shell(ShellAnswers):
    """An address of the front end that the server has nothing to say about."""

    async def get(self, **_: str) -> None:
        self.send_shell()


class Home(ShellAnswers):
    """`/`: the page, or for a program that asks for JSON the state of the box."""

    async def get(self, **_: str) -> None:
        self.add_header("Vary", "Accept")
        if "application/json" in self.request.headers.get("Accept", ""):
            self.answer(await state(self))
        else:
            self.send_shell()


class Static(AssetHandler):
    """`/static/<version>/<path>`: for ever when the version is this one's, else only for now."""

    async def get(self, version: str, path: str) -> None:
        asset = self.assets.get(path)
        if asset is None:
            raise Refusal(Code.NOT_FOUND)
        current = version == self.assets.version and self.assets.immutable
        self.send_asset(asset, FOREVER if current else CHECKED)


class Icon(AssetHandler):
    """The addresses that browsers ask for by themselves."""

    async def get(self, **_: str) -> None:
        asset = self.assets.get("img/favicon.ico") or self.assets.get("img/icon.svg")
        if asset is None:
            raise Refusal(Code.NOT_FOUND)
        self.send_asset(asset, CHECKED)


class Robots(BaseHandler):
    """Nobody's index needs what is on this box."""

    async def get(self) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish("User-agent: *\nDisallow: /\n")


def _page(path: str, summary: str, **more: Any) -> Route:
    return Route("GET", path, Shell, Access.ALL, summary, **more)


ROUTES = (
    Route("GET", "/", Home, Access.ALL, "The page, or the state of the box", unclaimed=True),
    _page("/claim", "The page that claims a new box", unclaimed=True),
    _page("/chat/{rest...}", "A room"),
    _page("/entrar", "A room by its code, which stands behind the #"),
    _page("/enter", "The same, in English"),
    _page("/files", "Files"),
    _page("/files/{rest...}", "One file"),
    _page("/board", "The notice board"),
    _page("/board/{rest...}", "One post"),
    _page("/admin", "Administration"),
    _page("/admin/{rest...}", "Administration, one part"),
    _page("/help", "Help"),
    _page("/certificate", "How to trust the box's certificate", unclaimed=True, plain=True),
    _page("/profile", "One's own account"),
    _page("/reset", "A new password, by a one-time link"),
    Route(
        "GET",
        "/static/{version}/{path...}",
        Static,
        Access.ALL,
        "Files of the front end",
        unclaimed=True,
        plain=True,
    ),
    Route("GET", "/favicon.ico", Icon, Access.ALL, "The icon", unclaimed=True, plain=True),
    Route("GET", "/robots.txt", Robots, Access.ALL, "Keeps indexes away", unclaimed=True, plain=True),
)
