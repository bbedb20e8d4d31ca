"""Error code to HTTP status, and back: the one map. Must not hold words for people."""

from collections.abc import Mapping

from appliance.base.errors import Code

STATUS: Mapping[Code, int] = {
    Code.BAD_REQUEST: 400,
    Code.BAD_CODE: 400,
    Code.BAD_FRAME: 400,
    Code.UNKNOWN_TYPE: 400,
    Code.UNSUPPORTED_VERSION: 400,
    Code.WEAK_PASSWORD: 400,
    Code.NOT_EPHEMERAL: 400,
    Code.UNAUTHORIZED: 401,
    Code.WRONG_PASSWORD: 403,
    Code.FORBIDDEN: 403,
    Code.UNCLAIMED: 403,
    Code.TLS_REQUIRED: 403,
    Code.MUTED: 403,
    Code.QUARANTINED: 403,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.CONFLICT: 409,
    Code.CLAIMED: 409,
    Code.NAME_TAKEN: 409,
    Code.LAST_ADMINISTRATOR: 409,
    Code.ROOM_FULL: 409,
    Code.GONE: 410,
    Code.LENGTH_REQUIRED: 411,
    Code.PRECONDITION_FAILED: 412,
    Code.TOO_LARGE: 413,
    Code.BAD_TYPE: 415,
    Code.BAD_RANGE: 416,
    Code.MISDIRECTED: 421,
    Code.RATE_LIMITED: 429,
    Code.CHECKSUM_MISMATCH: 460,
    Code.INTERNAL: 500,
    Code.BUSY: 503,
    Code.NO_SPACE: 507,
}

# Statuses that Tornado's table of reasons does not have.
REASON: Mapping[int, str] = {460: "Checksum Mismatch"}

# What Tornado itself refuses (an unknown method, a path that is not UTF-8), in our words.
_CODE: Mapping[int, Code] = {
    400: Code.BAD_REQUEST,
    401: Code.UNAUTHORIZED,
    403: Code.FORBIDDEN,
    404: Code.NOT_FOUND,
    405: Code.METHOD_NOT_ALLOWED,
    411: Code.LENGTH_REQUIRED,
    412: Code.PRECONDITION_FAILED,
    413: Code.TOO_LARGE,
    415: Code.BAD_TYPE,
    416: Code.BAD_RANGE,
    429: Code.RATE_LIMITED,
    503: Code.BUSY,
}


def code_of(status: int) -> Code:
    """The code of a status that came without one."""
    return _CODE.get(status, Code.INTERNAL if status >= 500 else Code.BAD_REQUEST)
