"""The answer to `hello`: who one is, one's rooms, and what is told beforehand. Decides nothing."""

from appliance.base.settings import Settings
from appliance.domain.actor import Actor
from appliance.domain.attaching import may_attach
from appliance.domain.custody import released_only
from appliance.domain.room_views import Snapshot
from appliance.server.protocol import VERSION, Hello, Limits, Me, Mode, Welcome
from appliance.server.services import Services


def welcome(services: Services, actor: Actor, frame: Hello, snapshot: Snapshot, mode: Mode) -> Welcome:
    """Everything that a client starts from; nothing is awaited on the way."""
    return Welcome(
        id=frame.id,
        v=VERSION,
        epoch=services.epoch,
        ev=snapshot.ev,
        mode=mode,
        me=Me(actor.id, actor.username, actor.name, actor.role.value),
        rooms=snapshot.rooms,
        limits=limits(actor, services.settings),
        now=services.clock.now(),
        box=services.settings.name,
    )


def limits(actor: Actor, settings: Settings) -> Limits:
    return Limits(
        body=settings.message_chars,
        frame=settings.frame_bytes,
        files=settings.upload_max_files,
        attach=may_attach(actor, guests=settings.guests_attach),
        released_only=released_only(actor, settings.release),
    )
