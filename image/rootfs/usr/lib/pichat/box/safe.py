"""Step `safe`: one small page in place of PiChat that says what is wrong and what to do. Changes nothing."""

import socket
import time
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from box import words
from box.machine import Machine

PORT = 80
_PAGE = """<!doctype html><html lang="es"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>PiChat</title>
<style>body{{font:18px/1.5 sans-serif;max-width:38em;margin:3em auto;padding:0 1em}}
small{{color:#666}}</style><h1>PiChat no puede arrancar</h1>{es}{nothing_es}
<div lang="en"><h1>PiChat cannot start</h1>{en}{nothing_en}</div>{detail}</html>"""


def page(machine: Machine) -> bytes:
    """Every trouble of this boot, in both languages."""
    told = list((machine.noted("trouble") or {}).values())
    told = told or [{"es": words.NO_ANSWER.es, "en": words.NO_ANSWER.en, "detail": ""}]
    spanish = "".join(f"<p>{escape(one['es'])}</p>" for one in told)
    english = "".join(f"<p>{escape(one['en'])}</p>" for one in told)
    detail = "".join(f"<p><small>{escape(one['detail'])}</small></p>" for one in told if one["detail"])
    erased = (machine.noted("data") or {}).get("how") == "erased"
    nothing = ("", "") if erased else ("<p>No se ha borrado nada.</p>", "<p>Nothing was erased.</p>")
    return _PAGE.format(
        es=spanish, en=english, detail=detail, nothing_es=nothing[0], nothing_en=nothing[1]
    ).encode()


def server(machine: Machine, port: int = PORT) -> ThreadingHTTPServer:
    """Answers every address with the page and 503, so that no program takes it for PiChat."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 20

        def do_GET(self) -> None:
            body = page(machine)
            self.send_response(HTTPStatus.SERVICE_UNAVAILABLE)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_HEAD = do_POST = do_PUT = do_GET

        def log_message(self, *_: object) -> None:
            """The journal has no use for it."""

    class Both(ThreadingHTTPServer):
        address_family = socket.AF_INET6
        daemon_threads = True

        def server_bind(self) -> None:
            self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
            super().server_bind()

    return Both(("::", port), Handler)


def safe(machine: Machine) -> None:
    for patience in range(20, -1, -1):
        try:
            one = server(machine)
        except OSError:  # PiChat's own socket is just being closed
            if not patience:
                raise
            time.sleep(0.5)
        else:
            machine.say("serving the safe page")
            one.serve_forever()
