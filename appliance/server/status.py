"""What the box says of itself: is it well, what is it, where is it, who are you. No secrets."""

import asyncio
from dataclasses import asdict
from typing import Any

from appliance import __version__
from appliance.base.errors import Code, Refusal
from appliance.domain import policy
from appliance.domain.policy import Action
from appliance.server.base import BaseHandler
from appliance.server.route import Access, Route
from appliance.server.services import Services


class HealthHandler(BaseHandler):
    """For monitors: 200, or 503 with what ails it."""

    async def get(self) -> None:
        problems = await self.services.health.problems()
        if problems:
            self.answer({"status": "ill", "problems": problems}, 503)
        else:
            self.answer({"status": "ok"})


class StatusHandler(BaseHandler):
    """The state of the box."""

    async def get(self) -> None:
        self.answer(await state(self))


async def state(handler: BaseHandler) -> dict[str, Any]:
    """People who are signed in also see the snapshot, administrators what has come since."""
    services, actor = handler.services, handler.actor
    settings = services.settings
    large = actor is not None and policy.may(actor, Action.UPLOAD_LARGE)
    most = settings.upload_max_bytes_administrator if large else settings.upload_max_bytes
    told: dict[str, Any] = {
        "name": settings.name,
        "version": __version__,
        "claimed": services.claim.claimed,
        "epoch": services.epoch,
        "registration": settings.registration,
        "demo": settings.demo,
        "guests": settings.guests,
        "tls": services.tls.ready,
        "uploads": {"max_bytes": most},
    }
    if actor is not None and policy.may(actor, Action.SEE_STABLE):
        told["stable"] = await services.stable.current()
        told["storage"] = await services.health.storage()
        told["reset_in"] = services.stable.reset_in
        told["retention_days"] = settings.retention_days
    if actor is not None and policy.may(actor, Action.SEE_CHANGES):
        told["disk"] = services.space.level
        told["since_stable"] = await services.stable.since()
    if actor is not None and policy.may(actor, Action.BRING_BACK):
        told["previous"] = services.previous.left()
    if actor is not None and policy.may(actor, Action.POWER):
        told |= await asyncio.to_thread(machine, services)
    return told


def machine(services: Services) -> dict[str, Any]:
    """What may be asked of the machine under the box, and what ails it; nothing where it takes no wishes."""
    below = services.tending.machine
    can = sorted(below.can())
    if not can:
        return {}
    coming = services.tending.power.coming
    return {"machine": {"can": can, "warnings": below.warnings(), "coming": coming}}


class NetworkHandler(BaseHandler):
    """Which addresses to type; hardware addresses only for people who are signed in."""

    async def get(self) -> None:
        macs = self.actor is not None and policy.may(self.actor, Action.SEE_MAC)
        services = self.services
        port, secure = services.tls.way(self.port, self.encrypted)
        info = services.network.describe(port, secure, services.settings.host, macs=macs)
        self.answer(asdict(info) | {"https": services.tls.https()})


class ClientIpHandler(BaseHandler):
    """The address that the request came from, as the box counts it."""

    async def get(self) -> None:
        visitor = self.visitor
        self.answer({"ip": visitor.ip, "version": visitor.version, "proxied": visitor.proxied})


class CertificateHandler(BaseHandler):
    """The authority that signs the box's certificate, DER; 404 where the box has none of its own."""

    async def get(self) -> None:
        found = self.services.tls.authority
        if found is None:
            raise Refusal(Code.NOT_FOUND)
        self.set_header("Content-Type", "application/x-x509-ca-cert")
        self.set_header("Content-Disposition", 'attachment; filename="pichat.crt"')
        self.finish(found)


def _told(path: str, handler: type[BaseHandler], summary: str) -> Route:
    """For everybody, always."""
    return Route("GET", path, handler, Access.ALL, summary, unclaimed=True, plain=True)


ROUTES = (
    _told("/health", HealthHandler, "Whether the box is well"),
    _told("/api/status", StatusHandler, "The state of the box"),
    _told("/api/network-info", NetworkHandler, "Where the box is"),
    _told("/api/client-ip", ClientIpHandler, "Where you are"),
    _told("/api/certificate", CertificateHandler, "The box's own authority, to install"),
)
