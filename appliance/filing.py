"""The files' part of the assembly: from the corridor in to the ways out, and what they stand on."""

from dataclasses import dataclass

from appliance.base.clock import Clock
from appliance.base.settings import Settings
from appliance.domain.arrivals import Arrivals
from appliance.domain.custody import Custody
from appliance.domain.directory import Directory
from appliance.domain.file_views import Views
from appliance.domain.files import Files
from appliance.domain.keeping import Keeping
from appliance.domain.links import Links
from appliance.domain.quarantine import Quarantine
from appliance.domain.resumable import Resumable
from appliance.domain.review import Review
from appliance.domain.space import Space
from appliance.domain.thumbnails import Thumbnails
from appliance.domain.zips import Zips
from appliance.host.antivirus import Antivirus
from appliance.host.sniff import sniffer
from appliance.store.opening import Store


@dataclass(frozen=True, slots=True)
class Filing:
    """What handlers are given of it."""

    space: Space
    arrivals: Arrivals
    resumable: Resumable
    keeping: Keeping
    zips: Zips
    files: Files
    thumbnails: Thumbnails
    quarantine: Quarantine
    review: Review


def filing(settings: Settings, clock: Clock, store: Store, directory: Directory, secret: bytes) -> Filing:
    links = Links(secret, store.epoch, settings.link_hours, clock)
    quarantine = Quarantine(store, sniffer(), scanner(settings), clock)
    custody = Custody(settings.release)
    views = Views(directory, links, custody, store.blobs.damage.holds)
    space = Space(store.blobs.space, settings)
    arrivals = Arrivals(
        store=store, views=views, quarantine=quarantine, space=space, clock=clock, settings=settings
    )
    files = Files(
        store=store,
        views=views,
        links=links,
        custody=custody,
        threads=settings.download_threads,
    )
    keeping = Keeping(
        store=store,
        views=views,
        arrivals=arrivals,
        custody=custody,
        clock=clock,
        undo_seconds=settings.undo_seconds,
    )
    thumbnails = Thumbnails(
        store=store,
        views=views,
        arrivals=arrivals,
        files=files,
        quarantine=quarantine,
        settings=settings,
    )
    return Filing(
        space=space,
        arrivals=arrivals,
        resumable=Resumable(store, arrivals, directory, clock, settings),
        keeping=keeping,
        zips=Zips(store, custody, clock, settings.download_threads),
        files=files,
        thumbnails=thumbnails,
        quarantine=quarantine,
        review=Review(store, quarantine, views, clock, settings.release),
    )


def scanner(settings: Settings) -> Antivirus | None:
    """None: this box has no antivirus, and says so of every file."""
    if settings.clamd_socket is None:
        return None
    return Antivirus(settings.clamd_socket, settings.scan_timeout_seconds)
