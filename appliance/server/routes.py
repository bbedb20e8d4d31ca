"""The one table: every address of the box, joined from the modules of the features."""

from appliance.server import downloads, files, old, pages, status, uploads
from appliance.server.route import Route

ROUTES: tuple[Route, ...] = (
    *status.ROUTES,
    *files.ROUTES,
    *uploads.ROUTES,
    *downloads.ROUTES,
    *old.ROUTES,
    *pages.ROUTES,
)
