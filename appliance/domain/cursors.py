"""Where the next page of a list begins, as a text that means nothing to whoever hands it back.

Must not know what is listed: whoever reads a place looks at its values.
"""

import base64
from typing import TypeVar

import msgspec

from appliance.domain import rules

T = TypeVar("T")


def written(place: object) -> str:
    """A place as text for an address."""
    return base64.urlsafe_b64encode(msgspec.json.encode(place)).decode().rstrip("=")


def read(text: str, kind: type[T]) -> T:
    """The place that the text stands for. Refusal(bad_request, after): it is none of this kind."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        return msgspec.json.decode(data, type=kind)  # refuses half characters too
    except (ValueError, msgspec.MsgspecError):
        raise rules.bad("after", "cursor") from None
