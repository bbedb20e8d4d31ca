"""The one table: every address of the box, joined from the modules of the features."""

from appliance.server import (
    accounts,
    claim,
    downloads,
    files,
    messages,
    old,
    pages,
    review,
    rooms,
    sessions,
    socket,
    stable,
    status,
    tus,
    upload_forms,
    uploads,
)
from appliance.server.route import Route

ROUTES: tuple[Route, ...] = (
    *status.ROUTES,
    *claim.ROUTES,
    *accounts.ROUTES,
    *sessions.ROUTES,
    *rooms.ROUTES,
    *messages.ROUTES,
    *socket.ROUTES,
    *files.ROUTES,
    *review.ROUTES,
    *uploads.ROUTES,
    *tus.ROUTES,
    *upload_forms.ROUTES,
    *downloads.ROUTES,
    *stable.ROUTES,
    *old.ROUTES,
    *pages.ROUTES,
)
