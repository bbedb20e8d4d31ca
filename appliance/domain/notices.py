"""A word about the box itself, for everybody or for administrators. Decides nothing."""

from collections.abc import Mapping

from appliance.domain.events import Frame


class Notice(Frame, frozen=True, kw_only=True, tag="notice"):
    """`code` says which; words for people are the page's."""

    code: str
    params: Mapping[str, int | str]
