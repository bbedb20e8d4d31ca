"""A box that is built anew goes on with the listening sockets: nobody is refused meanwhile."""

from dataclasses import replace
from typing import Any

from appliance.server.app import make_app
from appliance.server.doors import Doors
from appliance.server.front import Front
from appliance.server.rescue import Rescue
from tests.server.raw import wire


async def test_the_next_box_goes_on_with_the_sockets_of_the_last(box: Any) -> None:
    settings = replace(box.settings, port=0)
    app, tls = make_app(box.services, box.hub), box.services.tls
    first = Front(app, settings, app.doors, tls)
    port = first.port
    async with wire(port) as early:
        assert (await early.get("/health")).status == 200
        first.stop()
        await first.close_all_connections()
        kept = first.keep()
        first.close()
        assert await early.rest() == b""
    async with wire(port) as waiting:
        await waiting.send("GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        second = Front(app, settings, app.doors, tls, kept)
        assert second.port == port
        assert (await waiting.reply()).status == 200
    second.stop()
    await second.close_all_connections()
    second.close()


async def test_the_rescue_page_answers_everything_and_opens_nothing(box: Any) -> None:
    settings = replace(box.settings, port=0)
    doors = Doors(settings, "pichat")
    front = Front(Rescue(settings, doors, "2 <generations>"), settings, doors, box.services.tls)
    async with wire(front.port) as one:
        page = await one.get("/chat/x", "Accept: text/html")
        assert page.status == 503
        assert "No se ha borrado nada" in page.content.decode()
        assert "Nothing was deleted" in page.content.decode()
        assert b"2 &lt;generations&gt;" in page.content
        assert "default-src 'none'" in page.headers["content-security-policy"]
        api = await one.get("/api/users/me")
        assert (api.status, api.code, api.headers["retry-after"]) == (503, "busy", "60")
        health = await one.get("/health")
        assert (health.status, health.json) == (503, {"status": "ill", "problems": ["no_generation"]})
        assert (await one.get("/", host="evil.example")).code == "misdirected"
    front.stop()
    await front.close_all_connections()
    front.close()
