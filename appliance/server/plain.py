"""Pages that stand alone: no script, no other file, both languages. Must not contain unescaped values."""

import base64
import hashlib
from html import escape

from appliance.base.ids import compared

STYLE = (
    "body{font:1.125rem/1.5 system-ui,sans-serif;max-width:34rem;margin:12vh auto;padding:0 1.25rem;"
    "color:#1c2321;background:#fbfaf7}h1{font-size:1.5rem;line-height:1.25}p{margin:.75rem 0}"
    "a{color:#0b6b58}hr{border:0;border-top:1px solid #d9d5cb;margin:2rem 0}"
    "label{display:block;margin:.75rem 0}input{font:inherit;width:100%;box-sizing:border-box;padding:.5rem}"
    "button{font:inherit;padding:.5rem 1.25rem;margin-top:.5rem}.problem{color:#a02a1c}"
    "@media(prefers-color-scheme:dark){body{color:#e8e6df;background:#171b1a}a{color:#6fd3bc}"
    "hr{border-color:#3a403e}.problem{color:#ff9b8a}}"
)
# The policy names this one style by its hash; nothing else inline is allowed.
STYLE_SOURCE = f"'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'"


def page(title: str, parts: str, language: str = "es") -> str:
    """A whole page; `parts` is HTML already made with the helpers below."""
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body><main>{parts}</main></body></html>"
    )


def said(title: str, *lines: str, language: str, links: tuple[tuple[str, str], ...] = ()) -> str:
    """A heading, sentences and links, in one language."""
    text = "".join(f"<p>{escape(line)}</p>" for line in lines)
    items = "".join(f'<p><a href="{escape(address)}">{escape(label)}</a></p>' for address, label in links)
    return f'<section lang="{language}"><h1>{escape(title)}</h1>{text}{items}</section>'


def both(spanish: str, english: str) -> str:
    return f"{spanish}<hr>{english}"


def misdirected(urls: list[str]) -> str:
    """The page for a name that is not ours: where the box really is."""
    links = tuple((url, url) for url in urls)
    spanish = said(
        "La caja no responde a este nombre",
        "Abre una de estas direcciones:",
        language="es",
        links=links,
    )
    english = said(
        "The box does not answer to this name", "Open one of these addresses:", language="en", links=links
    )
    return page("PiChat", both(spanish, english))


def tls_required(address: str, fingerprint: str | None) -> str:
    """What plain HTTP answers where HTTPS is a must: how to get there. `fingerprint`: of the box's own
    authority, where it has one.
    """
    if fingerprint is None:
        spanish = said(*_TLS["es"][:2], language="es", links=((address, address),))
        english = said(*_TLS["en"][:2], language="en", links=((address, address),))
        return page("PiChat", both(spanish, english))
    told = {}
    for language, (title, line, first, mark, get, how) in _TLS.items():
        links = ((AUTHORITY, get), ("/certificate", how), (address, address))
        lines = (line, first, mark.format(compared(fingerprint)))
        told[language] = said(title, *lines, language=language, links=links)
    return page("PiChat", both(told["es"], told["en"]))


AUTHORITY = "/api/certificate"
_TLS = {
    "es": (
        "Esta caja se abre por https",
        "Así nadie de la red puede leer lo que escribes. Abre la dirección que empieza por https.",
        "La primera vez, instala el certificado de la caja y compara su huella con la de la pantalla "
        "de la caja. Si no, el navegador avisa de que no la conoce.",
        "Huella (SHA-256): {}",
        "Descargar el certificado de la caja",
        "Cómo se instala, paso a paso",
    ),
    "en": (
        "This box opens over https",
        "So nobody on the network can read what you write. Open the address that starts with https.",
        "The first time, install the certificate of the box and compare its fingerprint with the one on "
        "the screen of the box. Otherwise the browser warns that it does not know it.",
        "Fingerprint (SHA-256): {}",
        "Download the certificate of the box",
        "How to install it, step by step",
    ),
}

_SENTENCES = {
    "unclaimed": (
        ("Esta caja todavía no tiene dueño", "Primero hay que reclamarla con su código.", "Reclamar"),
        ("Nobody has claimed this box yet", "It must be claimed with its code first.", "Claim it"),
        "/claim",
    ),
    "not_found": (
        ("Aquí no hay nada", "La dirección no existe, o lo que había ya no está.", "Ir al inicio"),
        ("There is nothing here", "The address does not exist, or what it showed is gone.", "Go home"),
        "/",
    ),
    "forbidden": (
        ("No puedes entrar aquí", "Tu cuenta no tiene permiso para esto.", "Ir al inicio"),
        ("You may not come in here", "Your account has no permission for this.", "Go home"),
        "/",
    ),
}
_OTHER = (
    ("No ha podido ser", "Vuelve a intentarlo dentro de un momento.", "Ir al inicio"),
    ("That did not work", "Try again in a moment.", "Go home"),
    "/",
)


def refusal(code: str, request_id: str) -> str:
    """A refusal as a page; the id helps an administrator to find it in the log."""
    (es_title, es_line, es_label), (en_title, en_line, en_label), address = _SENTENCES.get(code, _OTHER)
    spanish = said(es_title, es_line, language="es", links=((address, es_label),))
    english = said(en_title, en_line, language="en", links=((address, en_label),))
    mark = f"<hr><p><small>{escape(code)} · {escape(request_id)}</small></p>"
    return page("PiChat", both(spanish, english) + mark)
