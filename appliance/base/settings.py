"""Every number and choice of the box: name, default, unit, one line of help. Must not read anything.

`base/sources` fills it from the file, the environment and the command line.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB
SHOWN_SIZES = ((GIB, "GB"), (MIB, "MB"), (KIB, "KB"))


def setting(
    default: Any,
    text: str,
    unit: str = "",
    *,
    old: tuple[str, ...] = (),
    least: int = 1,
    most: int = 2**53,
) -> Any:
    """One row of the table. `old` are the names that people's notes use for it; numbers have bounds."""
    about = {"help": text, "unit": unit, "old": old, "least": least, "most": most}
    return field(default=default, metadata=about)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole table, checked and frozen. A field here is a key of `pichat.toml`."""

    # The box
    name: str = setting("PiChat", "what the box calls itself", old=("APP_NAME",))
    data: Path = setting(Path("data"), "folder of everything that lasts")
    web: Path = setting(Path("web"), "folder of the front end")
    restore: Literal["boot", "start"] = setting(
        "boot",
        "when content returns to the stable snapshot: at each boot of the machine, or each start",
    )
    automatic_save: Literal["off", "timer", "shutdown", "both"] = setting(
        "off", "when the box saves as stable by itself, until somebody chooses otherwise on its page"
    )
    automatic_save_minutes: int = setting(
        60, "the timer saves this often, if anything is new", "min", most=10080
    )
    stable_patience_ms: int = setting(
        1000, "a save that takes longer than this is answered before its end", "ms", least=0
    )
    previous_hours: int = setting(
        24,
        "what a power cut interrupted can be brought back for this long, while the box runs, until somebody"
        " chooses otherwise on its page",
        "h",
    )
    erase_previous: bool = setting(
        False, "every boot erases what was not saved at once (classrooms), until somebody chooses otherwise"
    )
    machine: Path | None = setting(
        None, "folder through which the machine is asked to restart and the like; empty: it takes no wishes"
    )
    update_max_bytes: int = setting(256 * MIB, "largest update that an administrator may bring", "bytes")
    demo: bool = setting(False, "three well-known accounts, in a store marked as a demonstration")
    language: Literal["es", "en"] = setting("es", "language of a page before anybody chose")

    # The port
    host: str = setting("", "address to listen on; empty: every IPv4 and IPv6 interface", old=("HOST",))
    port: int = setting(8000, "TCP port; 0 takes a free one", old=("PORT",), least=0, most=65535)
    tls: Literal["off", "optional", "required"] = setting(
        "off", "HTTPS on a port of its own beside HTTP: none, for whoever wants it, or a must"
    )
    tls_port: int = setting(8443, "TCP port of that HTTPS; 0 takes a free one", least=0, most=65535)
    tls_handshake_seconds: int = setting(10, "a connection that has not agreed on its keys is closed", "s")
    tls_follow_seconds: int = setting(10, "the certificate follows the machine's addresses this often", "s")
    tls_cert: Path | None = setting(
        None, "certificate chain of one's own, PEM; empty: the box signs one itself", old=("SSL_CERT_FILE",)
    )
    tls_key: Path | None = setting(None, "private key, PEM", old=("SSL_KEY_FILE",))
    allowed_origins: tuple[str, ...] = setting(
        (),
        "other origins whose pages may call the box, as scheme://host:port",
        old=("CORS_ALLOWED_ORIGINS", "ALLOWED_ORIGINS"),
    )
    allowed_hosts: tuple[str, ...] = setting((), "other names that the box answers to")
    trusted_proxies: tuple[str, ...] = setting((), "addresses or networks whose X-Forwarded-* count")
    max_connections: int = setting(1024, "open connections in all")
    max_connections_per_address: int = setting(64, "open connections from one address")
    idle_seconds: int = setting(20, "a connection without a request is closed after this", "s")
    max_body_bytes: int = setting(1 * MIB, "largest request that is not an upload", "bytes")
    max_header_bytes: int = setting(16 * KIB, "largest head of a request", "bytes")
    body_seconds: int = setting(30, "a request that is not an upload must have arrived after this", "s")
    drain_bytes: int = setting(128 * MIB, "how much of a refused request is read before the answer", "bytes")
    linger_bytes: int = setting(1 * GIB, "and with what is read after it, before the line is cut", "bytes")

    # People
    secret_key: str = setting(
        "", "signs links; made and kept when empty", old=("SECRET_KEY", "JWT_SECRET_KEY")
    )
    access_token_minutes: int = setting(
        30, "life of a program's access token", "min", old=("ACCESS_TOKEN_EXPIRE_MINUTES",)
    )
    session_idle_hours: int = setting(12, "an unused session ends after this", "h")
    session_days: int = setting(30, "every session ends after this", "days")
    sessions_per_person: int = setting(50, "open sessions of one account; the longest unused gives way")
    registration: Literal["closed", "invitation", "open"] = setting(
        "closed", "who may make an account for themselves"
    )
    reset_link_hours: int = setting(24, "life of a one-time link for a new password", "h")
    password_min: int = setting(8, "shortest password", "characters")
    login_failures: int = setting(10, "wrong passwords for one account before it slows down")
    login_failure_minutes: int = setting(15, "time over which wrong passwords are counted", "min")
    logins_per_minute: int = setting(30, "attempts to sign in from one address", "/min")
    registrations_per_hour: int = setting(10, "accounts that one address may make for itself", "/h")
    claims_per_minute: int = setting(5, "guesses of the claim code from one address", "/min")
    hash_queue: int = setting(8, "passwords waiting to be checked; the rest are told to come back")

    # Chat
    message_chars: int = setting(4000, "longest message", "characters")
    frame_bytes: int = setting(64 * KIB, "largest WebSocket frame from a client", "bytes")
    message_burst: int = setting(10, "frames at once from one person")
    message_rate: int = setting(4, "frames after that", "/s")
    hello_seconds: int = setting(5, "a socket that has not said hello is closed after this", "s")
    ping_seconds: int = setting(20, "the server pings this often", "s")
    ring_events: int = setting(2000, "events kept for connections that come back")
    ring_bytes: int = setting(8 * MIB, "and no more than this", "bytes")
    presence_grace_ms: int = setting(5000, "somebody who comes back within this was never gone", "ms")
    listener_frames: int = setting(256, "frames waiting for one listener")
    listener_bytes: int = setting(1 * MIB, "bytes waiting for one listener", "bytes")
    guests: bool = setting(True, "whether people without an account may enter a room by its code")
    guest_hours: int = setting(12, "a guest's stay ends after this", "h")
    guests_per_room: int = setting(100, "guests in one room")
    guests_per_address: int = setting(10, "guests from one address")
    room_members: int = setting(500, "members of one room; those of everybody have no limit")
    codes_per_minute: int = setting(10, "wrong room codes from one address", "/min")
    rooms_each: int = setting(100, "rooms that one person owns; those in memory and of two people apart")
    ephemeral_rooms: int = setting(50, "rooms that live in memory")
    ephemeral_rooms_each: int = setting(10, "such rooms that one person owns")
    ephemeral_messages: int = setting(500, "messages kept in such a room; the oldest give way")
    ephemeral_bytes: int = setting(16 * MIB, "memory of all such rooms", "bytes")
    retention_days: int = setting(
        0,
        "messages older than this go, where a room says nothing else; 0: never",
        "days",
        least=0,
        most=36500,
    )
    history_items: int = setting(100, "most messages in one page of history")

    # Files
    upload_max_bytes: int = setting(50 * MIB, "largest file of a cliente", "bytes")
    upload_max_bytes_administrator: int = setting(8 * GIB, "largest file of an administrator", "bytes")
    upload_max_files: int = setting(10, "files in one form")
    upload_extensions: tuple[str, ...] = setting(
        (
            *("pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "txt", "csv"),
            *("jpg", "jpeg", "png", "gif", "webp", "svg"),
            *("mp3", "wav", "ogg", "mp4", "avi", "mov", "zip", "rar", "7z"),
        ),
        "kinds of files that may come, by their ending; * for all",
    )
    attach_max_bytes: int = setting(
        25 * MIB, "largest file in a message of somebody who may not upload otherwise", "bytes"
    )
    attach_extensions: tuple[str, ...] = setting(
        ("weba", "webm", "m4a", "aac", "oga", "opus", "avif", "heic"),
        "kinds of files that may come with a message, beside those of `upload_extensions`",
    )
    guests_attach: bool = setting(False, "whether guests may send files in their room")
    quota_bytes: int = setting(
        0, "what one person's files may weigh together, administrators' apart; 0: no limit", "bytes", least=0
    )
    thumbnail_bytes: int = setting(64 * KIB, "largest small picture of a file", "bytes")
    thumbnail_pixels: int = setting(512, "its longer side", "pixels")
    upload_threads: int = setting(3, "most threads that write and hash what arrives; one core is left free")
    uploads_at_once: int = setting(64, "uploads under way on the whole box")
    uploads_at_once_per_person: int = setting(16, "uploads under way of one person")
    download_threads: int = setting(2, "threads that read what is downloaded")
    free_floor_bytes: int = setting(512 * MIB, "space that uploads never take", "bytes", least=0)
    disk_low_bytes: int = setting(
        512 * MIB, "administrators are told when files have less room than this", "bytes", least=0
    )
    reserve_bytes: int = setting(16 * MIB, "space kept aside for a full disk", "bytes", least=0)
    upload_idle_seconds: int = setting(30, "an upload without a byte is given up after this", "s")
    resumable_hours: int = setting(24, "an unfinished tus upload that nobody goes on with is dropped", "h")
    resumable_per_person: int = setting(200, "unfinished tus uploads of one person")
    undo_seconds: int = setting(60, "a deletion can be undone for this long", "s", least=0)
    link_hours: int = setting(24, "life of a signed link to a file", "h")
    release: Literal["open", "strict"] = setting(
        "open", "what people may download: all that nothing speaks against, or only what was released"
    )
    scrub_days: int = setting(
        30, "what is kept is read again once in so many days of running time; 0: never", "days", least=0
    )
    stick_silence_seconds: int = setting(300, "a USB stick that takes nothing for so long is given up", "s")
    clamd_socket: Path | None = setting(None, "socket of the antivirus; empty: nothing is scanned")
    scan_timeout_seconds: int = setting(120, "a scan is given up after this, and a second more per MB", "s")

    # The console
    log: Literal["debug", "info", "warning", "error"] = setting(
        "info", "how much the console says; warning leaves out connects and messages"
    )
    debug: bool = setting(False, "say more on the console", old=("DEBUG",))
    dev: bool = setting(False, "start again when the program changes", old=("FLASK_ENV",))

    @property
    def tls_alone(self) -> bool:
        """Whether `port` itself speaks HTTPS: a certificate, and no port of its own for it."""
        return self.tls == "off" and self.tls_cert is not None


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table as people read it."""

    name: str
    default: str
    unit: str
    help: str
    old: tuple[str, ...]

    @property
    def environment(self) -> str:
        return f"PICHAT_{self.name.upper()}"


def table() -> Mapping[str, Row]:
    """The settings by name, in the order of the class; the README's table is checked against it."""
    rows = {}
    for item in fields(Settings):
        assert item.default is not MISSING
        meta = item.metadata
        default = shown(item.default, meta["unit"])
        rows[item.name] = Row(item.name, default, meta["unit"], meta["help"], meta["old"])
    return rows


def shown(value: object, unit: str) -> str:
    """A value as the table prints it, in a form that may be typed; empty ones are empty."""
    if unit == "bytes" and isinstance(value, int):
        size, name = next((one for one in SHOWN_SIZES if value and value % one[0] == 0), (1, "bytes"))
        return f"{value // size} {name}"
    if value is None or value == ():
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)
