"""Whether somebody may speak in a room at this moment: the one place that decides so."""

from appliance.base.clock import Clock
from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Actor
from appliance.domain.policy import Action, may, require
from appliance.domain.room_access import membership
from appliance.domain.throttle import Throttle
from appliance.store.rooms import Seen


class Speaking:
    """Used inside the writes of messages, so on the one thread that writes."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._slow = Throttle(clock)

    def require(self, actor: Actor, found: Seen, action: Action = Action.SEND) -> None:
        """Refuses who may not, who is muted, and everybody in an archived room. In a room of announcements
        only its moderators say something; the rest may still react.
        """
        room, mine = found.room, membership(found)
        if action is Action.SEND and room.announcement:
            action = Action.ANNOUNCE
        require(actor, action, mine, room.id)
        if room.archived:
            raise Refusal(Code.FORBIDDEN, action=action.value, reason="archived")
        if found.muted > self._clock.now():
            raise Refusal(Code.MUTED, room=room.id, until=found.muted)

    def pace(self, actor: Actor, found: Seen) -> None:
        """Slow mode: one message in so many seconds, moderators excepted. To be called last."""
        room = found.room
        if room.slow and not may(actor, Action.MODERATE, membership(found), room.id):
            self._slow.take(f"{room.id} {actor.id}", burst=1, per_second=1 / room.slow)
