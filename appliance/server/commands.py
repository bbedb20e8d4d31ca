"""What a client's frame asks for, and the one answer to it. Parses nothing and decides nothing.

A row of `COMMANDS` is one call into the domain; the dispatcher answers, and publishes what happened.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from appliance.base.errors import Code, Refusal
from appliance.domain.actor import Actor
from appliance.domain.events import Event, Frame, Who
from appliance.domain.messages import Draft
from appliance.domain.presence import UsersOnline
from appliance.domain.room_kinds import Wish
from appliance.domain.room_views import Opened
from appliance.server import protocol
from appliance.server.bodies import RoomBody
from appliance.server.protocol import Ack, Pong
from appliance.server.services import Services


@dataclass(frozen=True, slots=True)
class Result:
    """The answer, what happened, and what else this client alone is told."""

    answer: Frame
    events: Sequence[Event] = ()
    more: Sequence[Frame] = ()


Command = Callable[[Services, Actor, Any], Awaitable[Result]]


async def join(services: Services, actor: Actor, frame: protocol.Join, address: str) -> Result:
    """By its id, or by a code; wrong guesses count for the address."""
    if frame.room is not None:
        outcome = await services.members.join(actor, frame.room, frame.password, address)
    elif frame.code:
        outcome = await services.members.join_by_code(actor, frame.code, frame.password, address)
    else:
        raise Refusal(Code.BAD_REQUEST, field="room", reason="missing")
    return _walked_in(frame, outcome.value, outcome.events)


async def open_room(services: Services, actor: Actor, frame: protocol.Open) -> Result:
    return _walked_in(frame, await services.rooms.open(actor, frame.room))


async def leave(services: Services, actor: Actor, frame: protocol.Leave) -> Result:
    outcome = await services.members.leave(actor, frame.room)
    return Result(Ack(id=frame.id, room=frame.room), outcome.events)


async def create_room(services: Services, actor: Actor, frame: protocol.CreateRoom) -> Result:
    outcome = await services.rooms.create(actor, wish(frame))
    return Result(Ack(id=frame.id, room=outcome.value.id, entry=outcome.value), outcome.events)


async def send(services: Services, actor: Actor, frame: protocol.Send) -> Result:
    if frame.enc is not None:
        raise _not_yet("enc")
    draft = Draft(cid=frame.cid, body=frame.body or "", reply_to=frame.reply_to, files=frame.files)
    outcome = await services.messages.send(actor, frame.room, draft)
    sent = outcome.value
    said = sent.message
    ack = Ack(id=frame.id, room=said.room, seq=said.seq, ts=said.ts, message=said.id)
    if sent.dup:
        ack = Ack(id=frame.id, room=said.room, seq=said.seq, ts=said.ts, message=said.id, dup=True)
    return Result(ack, outcome.events)


async def edit(services: Services, actor: Actor, frame: protocol.Edit) -> Result:
    outcome = await services.changes.edit(actor, frame.room, frame.seq, frame.body)
    return Result(Ack(id=frame.id, room=frame.room, seq=frame.seq), outcome.events)


async def delete(services: Services, actor: Actor, frame: protocol.Delete) -> Result:
    outcome = await services.changes.delete(actor, frame.room, frame.seqs)
    return Result(Ack(id=frame.id, room=frame.room), outcome.events)


async def react(services: Services, actor: Actor, frame: protocol.React) -> Result:
    outcome = await services.changes.react(actor, frame.room, frame.seq, frame.emoji, frame.on)
    return Result(Ack(id=frame.id, room=frame.room, seq=frame.seq), outcome.events)


async def history(services: Services, actor: Actor, frame: protocol.History) -> Result:
    page = await services.messages.history(
        actor,
        frame.room,
        before=frame.before,
        after=frame.after,
        around=frame.around,
        limit=frame.limit,
    )
    return Result(Ack(id=frame.id, room=frame.room, items=page.items, next=page.next))


async def read(services: Services, actor: Actor, frame: protocol.Read) -> Result:
    outcome = await services.messages.mark(actor, frame.room, read=frame.seq)
    return Result(Ack(id=frame.id), outcome.events)


async def delivered(services: Services, actor: Actor, frame: protocol.Delivered) -> Result:
    outcome = await services.messages.mark(actor, frame.room, delivered=frame.seq)
    return Result(Ack(id=frame.id), outcome.events)


async def typing(services: Services, actor: Actor, frame: protocol.Typing) -> Result:
    outcome = await services.messages.typing(actor, frame.room, frame.on)
    return Result(Ack(id=frame.id), outcome.events)


async def kick(services: Services, actor: Actor, frame: protocol.Kick) -> Result:
    outcome = await services.moderation.kick(actor, frame.room, frame.user, frame.reason)
    return Result(Ack(id=frame.id, room=frame.room), outcome.events)


async def mute(services: Services, actor: Actor, frame: protocol.Mute) -> Result:
    mute = services.moderation.mute
    outcome = await mute(actor, frame.room, frame.user, frame.minutes, frame.reason)
    return Result(Ack(id=frame.id, room=frame.room), outcome.events)


async def ban(services: Services, actor: Actor, frame: protocol.Ban) -> Result:
    ban = services.moderation.ban
    outcome = await ban(actor, frame.room, frame.user, frame.minutes, frame.reason)
    return Result(Ack(id=frame.id, room=frame.room), outcome.events)


async def report(services: Services, actor: Actor, frame: protocol.Report) -> Result:
    report = services.reports.report
    outcome = await report(actor, frame.room, frame.user, frame.seq, frame.reason)
    return Result(Ack(id=frame.id, room=frame.room), outcome.events)


async def ping(_services: Services, _actor: Actor, frame: protocol.Ping) -> Result:
    return Result(Pong(id=frame.id))


async def hello(_services: Services, _actor: Actor, _frame: protocol.Hello) -> Result:
    """A second one on the same connection."""
    raise Refusal(Code.CONFLICT, reason="hello")


COMMANDS: dict[type[protocol.Command], Command] = {
    protocol.Hello: hello,
    protocol.Open: open_room,
    protocol.Leave: leave,
    protocol.CreateRoom: create_room,
    protocol.Send: send,
    protocol.Edit: edit,
    protocol.Delete: delete,
    protocol.React: react,
    protocol.History: history,
    protocol.Read: read,
    protocol.Delivered: delivered,
    protocol.Typing: typing,
    protocol.Ping: ping,
    protocol.Kick: kick,
    protocol.Mute: mute,
    protocol.Ban: ban,
    protocol.Report: report,
}
# These take their token in the domain, where REST takes it too; `typing` has a measure of its own.
IN_DOMAIN = (protocol.Send, protocol.Edit, protocol.Delete, protocol.React)
WITHOUT_TOKEN = (*IN_DOMAIN, protocol.Typing, protocol.Ping)
# After a reconnect a client has much to ask at once.
FREE_AT_FIRST = (protocol.Open, protocol.History, protocol.Read, protocol.Delivered)
FREE_SECONDS = 10.0


async def obey(services: Services, actor: Actor, frame: protocol.Command, address: str) -> Result:
    """The one call that a frame stands for."""
    if isinstance(frame, protocol.Join):
        return await join(services, actor, frame, address)
    return await COMMANDS[type(frame)](services, actor, frame)


def wish(body: protocol.CreateRoom | RoomBody) -> Wish:
    """A room as a frame or a body asks for it."""
    if body.e2e:
        raise _not_yet("e2e")
    return Wish(
        name=body.name,
        kind=body.kind,
        members=body.members,
        code=body.code,
        password=body.password,
        ephemeral=body.ephemeral,
        announcement=body.announcement,
        slow=body.slow,
    )


def _walked_in(frame: protocol.Join | protocol.Open, opened: Opened, events: Sequence[Event] = ()) -> Result:
    ack = Ack(id=frame.id, room=opened.room, members=opened.members, items=opened.items, read=opened.read)
    here = [Who(one.id, one.name) for one in opened.members if one.here]
    return Result(ack, events, [UsersOnline(room=opened.room, users=here)])


def _not_yet(field: str) -> Refusal:
    return Refusal(Code.BAD_REQUEST, field=field, reason="unsupported")
