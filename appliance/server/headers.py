"""The headers of every answer, and those of pages. Must not look at who asks."""

from collections.abc import Mapping

# Answers that are no page may do nothing at all in a browser that opens them as one.
COMMON: Mapping[str, str] = {
    "Server": "PiChat",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(self), payment=(), usb=()",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "Cache-Control": "no-store",
}

# A page that says "no-referrer" sends its own forms with "Origin: null", as a sandbox would.
PAGE_REFERRER = "same-origin"

# Sent over HTTPS alone: elsewhere browsers ignore it and write an error on the console.
SECURE: Mapping[str, str] = {"Cross-Origin-Opener-Policy": "same-origin"}

# tus clients in a page of another origin need to send and to read these.
CORS_SEND = (
    "Authorization, Content-Type, X-PiChat, Tus-Resumable, Upload-Length, Upload-Offset, "
    "Upload-Metadata, Upload-Checksum, Upload-Concat, Upload-Defer-Length, X-HTTP-Method-Override"
)
CORS_READ = (
    "Location, Retry-After, ETag, Content-Disposition, Tus-Resumable, Tus-Version, Tus-Extension, "
    "Tus-Max-Size, Tus-Checksum-Algorithm, Upload-Offset, Upload-Length, Upload-Expires, Upload-Metadata, "
    "Upload-Concat, Upload-Defer-Length, Upload-File, X-Request-Id"
)


def page_policy(host: str, secure: bool, style: str = "'self'") -> str:
    """The Content-Security-Policy of our pages. Safari before 15.4 does not count a WebSocket to this very
    host as 'self', so it is named; `host` has passed the allow-list. `style` is for pages that stand alone.
    """
    socket = f" {'wss' if secure else 'ws'}://{host}" if host else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src {style}; img-src 'self' blob: data:; "
        f"media-src 'self' blob:; font-src 'self'; connect-src 'self'{socket}; worker-src 'self'; "
        "manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        "object-src 'none'; require-trusted-types-for 'script'; trusted-types pichat"
    )
