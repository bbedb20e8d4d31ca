"""Every way in which the box says no: one code each, with parameters.

No HTTP status and no sentence for people lives here: the first is the server's, the second the page's.
"""

from enum import StrEnum


class Code(StrEnum):
    """The error codes of `http.md` and `protocol.md`."""

    BAD_REQUEST = "bad_request"
    BAD_CODE = "bad_code"
    BAD_FRAME = "bad_frame"
    UNKNOWN_TYPE = "unknown_type"
    UNSUPPORTED_VERSION = "unsupported_version"
    WEAK_PASSWORD = "weak_password"  # noqa: S105 (a code, not a secret)
    WRONG_PASSWORD = "wrong_password"  # noqa: S105
    UNAUTHORIZED = "unauthorized"
    FORBIDDEN = "forbidden"
    UNCLAIMED = "unclaimed"
    TLS_REQUIRED = "tls_required"
    MUTED = "muted"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    CONFLICT = "conflict"
    CLAIMED = "claimed"
    NAME_TAKEN = "name_taken"
    LAST_ADMINISTRATOR = "last_administrator"
    ROOM_FULL = "room_full"
    NOT_EPHEMERAL = "not_ephemeral"
    GONE = "gone"
    QUARANTINED = "quarantined"
    LENGTH_REQUIRED = "length_required"
    PRECONDITION_FAILED = "precondition_failed"
    TOO_LARGE = "too_large"
    BAD_TYPE = "bad_type"
    BAD_RANGE = "bad_range"
    MISDIRECTED = "misdirected"
    RATE_LIMITED = "rate_limited"
    BUSY = "busy"
    CHECKSUM_MISMATCH = "checksum_mismatch"
    NO_SPACE = "no_space"
    INTERNAL = "internal"


Param = str | int | bool | list[str]


class Refusal(Exception):
    """The box declines, and says why: a code, its parameters and, if waiting helps, how long (ms).

    `params` reach the client as they stand: never put a secret or a path of the machine in them.
    """

    def __init__(self, code: Code, *, retry_ms: int | None = None, **params: Param) -> None:
        super().__init__(code.value)
        self.code = code
        self.retry_ms = retry_ms
        self.params: dict[str, Param] = params

    def __str__(self) -> str:
        detail = ", ".join(f"{name}={value}" for name, value in self.params.items())
        return f"{self.code}({detail})"


class StartError(Exception):
    """The box cannot start or a command cannot run: one clear line for the console, no traceback."""
