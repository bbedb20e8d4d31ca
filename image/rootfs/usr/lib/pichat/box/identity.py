"""Step `identity`: name, time zone, Wi-Fi, language for this boot, from the settings of the data partition.

Writes under /run alone, so it also works when the root could not be made writable.
"""

import os
import shutil
import socket
from pathlib import Path

from box import asks, layout, words
from box.machine import Machine, replace
from box.settings_file import TLS
from box.wifi import settings_of, wifi
from box.words import StepError

DEFAULT_NAME = "pichat"
DEFAULT_ZONE = "Etc/UTC"
DEFAULT_TLS = "optional"
TLS_OFF = "tls-off"  # while it is there pichat-tls.socket is not opened


def identity(machine: Machine) -> None:
    if not machine.mounted():
        raise StepError(words.NOT_MOUNTED)
    settings = settings_of(machine)
    name = settings.get("nombre", DEFAULT_NAME).lower()
    set_name(machine, name)
    zone(machine, settings.get("zona_horaria", DEFAULT_ZONE))
    wifi(machine, settings)
    environment(machine, settings)
    service_folder(machine)
    asks.prepare(machine)
    machine.note("identity", {"name": name, "wifi": settings.get("wifi_red", ""), "tls": https(settings)})


def set_name(machine: Machine, name: str) -> None:
    """The kernel's host name, and the one on file: NetworkManager, which starts later, puts that in the place
    of any other, and tells it to the router.
    """
    if machine.root == Path("/"):
        socket.sethostname(name)
    replace(machine.run_dir / "hostname", f"{name}\n", 0o644)
    replace(machine.run_dir / "hosts", f"127.0.0.1 localhost\n::1 localhost\n127.0.1.1 {name}\n", 0o644)


def zone(machine: Machine, name: str) -> None:
    """/etc/localtime is a link to this one."""
    link = machine.run_dir / "localtime"
    link.unlink(missing_ok=True)
    link.symlink_to(f"/usr/share/zoneinfo/{name}")


def environment(machine: Machine, settings: dict[str, str]) -> None:
    """For the service: what it calls PICHAT_*."""
    policy = https(settings)
    lines = [f"PICHAT_LANGUAGE={settings.get('idioma', 'es').lower()}", f"PICHAT_TLS={policy}"]
    replace(machine.run_dir / "service.env", "\n".join([*lines, ""]), 0o644)
    closed = machine.run_dir / TLS_OFF
    if policy == "off":
        closed.touch()
    else:
        closed.unlink(missing_ok=True)


def https(settings: dict[str, str]) -> str:
    """The policy by the product's own name."""
    return TLS.get(settings.get("tls", "").lower(), DEFAULT_TLS)


def service_folder(machine: Machine) -> None:
    """The service's part of the data partition, its own and nobody else's."""
    machine.data.mkdir(mode=0o700, exist_ok=True)
    machine.data.chmod(0o700)
    if os.geteuid() == 0 and machine.data.stat().st_uid != layout.USER_ID:
        shutil.chown(machine.data, layout.USER_ID, layout.USER_ID)
