"""The console's lines about the chat: who came, who went, who spoke where. Never what was said."""

import logging
from collections.abc import Sequence

from appliance.base import log
from appliance.domain.events import Event, Happened
from appliance.domain.room_views import MemberChanged
from appliance.domain.transcript import Message

_log = log.logger("chat")


def note(events: Sequence[Event]) -> None:
    """One line for each thing that matters."""
    if not _log.isEnabledFor(logging.INFO):
        return
    for event in events:
        if not isinstance(event, Happened):
            continue
        frame = event.frame
        if isinstance(frame, Message):
            _log.info(
                "message from %s (%s) in %s, seq %d, %d characters, %d files",
                frame.sender.name,
                frame.sender.id,
                frame.room,
                frame.seq,
                len(frame.body),
                len(frame.files),
            )
        elif isinstance(frame, MemberChanged):
            _log.info("%s %s (%s), %s: %s", frame.why, frame.user.name, frame.user.id, frame.room, frame.role)
