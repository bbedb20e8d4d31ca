"""What a list of files may be asked for, and the cursor of its pages. Reads nothing from the store."""

import unicodedata

from appliance.base.errors import Code, Refusal
from appliance.domain import cursors, rules
from appliance.store.files import KEPT, FileRow, KeepState, Listing, SortKey

PAGE = 100
STATES = ("receiving", "quarantined", "released", "rejected")
SCANS = ("pending", "clean", "flagged", "unscanned")
_SORTS: tuple[SortKey, ...] = ("created", "name", "size")


def searchable(text: str) -> str:
    """A name as it is looked for: without case, accents or compatibility forms."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if not unicodedata.combining(c))


def listing(
    *,
    q: str = "",
    sort: str = "",
    state: str = "",
    scan: str = "",
    owner: str = "",
    folder: str = "",
    room: str = "",
    stable: str = "",
    keep: str = "",
    limit: str = "",
    after: str = "",
) -> Listing:
    """The words of a query string, checked. `sort` is a key, with `-` before it for the other way round."""
    key, descending = _sort(sort or "-created")
    for field, value, known in (("state", state, STATES), ("scan", scan, SCANS)):
        if value and value not in known:
            raise Refusal(Code.BAD_REQUEST, field=field, reason="unknown")
    if stable not in ("", "0", "1"):
        raise Refusal(Code.BAD_REQUEST, field="stable", reason="unknown")
    return Listing(
        name_part=searchable(q.strip()),
        state=state,
        scan=scan,
        owner=owner,
        room=room,
        folder=rules.folder(folder),
        stable=stable == "1" if stable else None,
        keep=_keep(keep),
        sort=key,
        descending=descending,
        after=_read_cursor(after, key) if after else None,
        limit=_limit(limit),
    )


def cursor(row: FileRow, sort: SortKey) -> str:
    """Where the next page begins: after this row."""
    value = {"created": row.ev, "name": row.name_key, "size": row.size}[sort]
    return cursors.written((value, row.ev))


def _keep(text: str) -> KeepState | None:
    found = next((state for state in KEPT if state == text), None)
    if text and found is None:
        raise Refusal(Code.BAD_REQUEST, field="keep", reason="unknown")
    return found


def _sort(text: str) -> tuple[SortKey, bool]:
    for key in _SORTS:
        if text.removeprefix("-") == key:
            return key, text.startswith("-")
    raise Refusal(Code.BAD_REQUEST, field="sort", reason="unknown")


def _limit(text: str) -> int:
    if not text:
        return PAGE
    if not (text.isascii() and text.isdigit() and len(text) < 9 and int(text) > 0):
        raise Refusal(Code.BAD_REQUEST, field="limit", reason="range")
    return min(int(text), PAGE)


def _read_cursor(text: str, key: SortKey) -> tuple[int | str, int]:
    wanted = str if key == "name" else int
    value, ev = cursors.read(text, tuple[int | str, int])
    if isinstance(value, wanted) and max(abs(ev), _size(value)) < 1 << 62:
        return value, ev
    raise rules.bad("after", "cursor")


def _size(value: int | str) -> int:
    return abs(value) if isinstance(value, int) else len(value)
