"""The Range header of RFC 9110, one range. Must not read a file."""

import re

from appliance.base.errors import Code, Refusal

_ONE = re.compile(r"bytes\s*=\s*([0-9]{0,18})\s*-\s*([0-9]{0,18})\s*", re.IGNORECASE)


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """The first byte and the one after the last; None for everything.

    Several ranges, other units and nonsense are left out of account, as the RFC allows. Refuses with
    `bad_range` where nothing of what is asked for exists.
    """
    match = _ONE.fullmatch(header.strip())
    if match is None or match[0].strip().endswith("=-"):
        return None
    first, last = match[1], match[2]
    if not first:
        if not last:
            return None
        start, stop = max(0, size - int(last)), size
    else:
        start = int(first)
        stop = min(size, int(last) + 1) if last else size
        if last and int(last) < start:
            return None
    if start >= stop:
        raise Refusal(Code.BAD_RANGE, size=size)
    return start, stop
