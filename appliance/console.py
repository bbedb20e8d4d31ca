"""What the console says as the box comes up: addresses, mode, QR code, claim code. Prints nothing itself."""

import io
from collections.abc import Sequence

import segno

from appliance.base.ids import compared, grouped
from appliance.base.settings import Settings


def greeting(
    settings: Settings,
    urls: Sequence[str],
    stable: int | None,
    code: str | None,
    *,
    https: Sequence[str] = (),
    fingerprint: str | None = None,
) -> list[str]:
    """The lines of a start; `stable` is the generation that a reboot leads to, `code` claims the box, `https`
    are the addresses of HTTPS beside HTTP, `fingerprint` that of the box's own authority.
    """
    first = urls[0]
    lines = ["", f"  {settings.name} is up. Open one of these on any phone or computer of this network:", ""]
    lines += [f"    {url}" for url in urls]
    lines += ["", *qr(first), ""]
    lines += [f"  {line}" for line in mode(settings)]
    if https and https[0] != first:
        lines.append(f"  by HTTPS: {https[0]}")
    if fingerprint:
        lines.append(f"  certificate (SHA-256): {compared(fingerprint)}")
    leads = "nothing is saved yet, a reboot erases what people brought"
    lines.append(f"  stable: {f'generation {stable}' if stable else leads}")
    if code:
        lines += [
            "",
            "  Nobody has claimed this box yet. Open the address and type this code:",
            f"    {grouped(code)}",
            f"  (it is also in {settings.data / 'claim.txt'}, and stays the same until it is used)",
        ]
    if settings.demo:
        lines += [
            "",
            "  DEMONSTRATION: admin/admin123, cliente/cliente123, usuario/usuario123 can sign in.",
            "  Everybody knows these passwords. Never use this store for real work.",
        ]
    return [*lines, "", "  Ctrl+C stops it.", ""]


def mode(settings: Settings) -> list[str]:
    """How the box was started, one fact a line."""
    origins = ", ".join(settings.allowed_origins) or "its own pages only"
    content = "at each start" if settings.restore == "start" else "when the machine starts again"
    return [
        f"transport: {transport(settings)}",
        f"allowed origins: {origins}",
        f"back to the stable snapshot: {content}",
        f"data: {settings.data}",
    ]


def transport(settings: Settings) -> str:
    beside = {"off": "HTTP", "optional": "HTTP and HTTPS", "required": "HTTPS; HTTP only leads there"}
    return "HTTPS" if settings.tls_alone else beside[settings.tls]


def qr(text: str) -> list[str]:
    """A QR code of `text` in half blocks, for a terminal."""
    drawn = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(drawn, border=2, compact=True)
    return ["    " + line for line in drawn.getvalue().splitlines()]
