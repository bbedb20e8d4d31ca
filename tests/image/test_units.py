"""What lies in the tree of the card, read by the programs that will read it there."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from box import identity, layout, steps

from image import card

IMAGE = Path(__file__).parents[2] / "image"
UNITS = IMAGE / "rootfs/usr/lib/systemd/system"
ENABLED = IMAGE / "rootfs/etc/systemd/system"
SHELL = [IMAGE / "initramfs/pichat", IMAGE / "standin/root.sh", IMAGE / "rootfs/opt/pichat/bin/pichat"]


def said(*command: str | Path, **env: str) -> subprocess.CompletedProcess[str]:
    words = [str(word) for word in command]
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    return subprocess.run(
        words, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path, **env}
    )


def test_systemd_understands_every_unit() -> None:
    units = sorted(UNITS.iterdir())
    done = said("systemd-analyze", "verify", "--man=no", *units, SYSTEMD_UNIT_PATH=f"{UNITS}:")
    ours = [line for line in done.stderr.splitlines() if "pichat" in line]
    # The programs are on the card, not here, and so is a newer systemd.
    known = ("is not executable", "Unknown key 'RestartMode'")
    assert [line for line in ours if not any(word in line for word in known)] == []


def test_the_service_is_locked_in() -> None:
    done = said("systemd-analyze", "security", "--offline=true", "--threshold=20", UNITS / "pichat.service")
    assert done.returncode == 0, done.stdout[-300:]


@pytest.mark.parametrize("name", ["pichat-sticks.service", "pichat-stick-copy.service"])
def test_what_touches_a_stranger_s_stick_is_locked_in_too(name: str) -> None:
    done = said("systemd-analyze", "security", "--offline=true", "--threshold=30", UNITS / name)
    assert done.returncode == 0, done.stdout[-300:]


def test_every_unit_that_a_boot_needs_is_enabled_and_every_link_leads_somewhere() -> None:
    links = {path.name: path for path in ENABLED.glob("*.wants/*") if path.is_symlink()}
    for name, path in links.items():
        assert path.readlink() == Path("/usr/lib/systemd/system") / name
        assert (UNITS / name).exists() or name == "nftables.service"
    started = {
        "pichat-code.service",
        "pichat-clock-save.service",
        "pichat-safe.service",
        "pichat-data.service",
        "pichat-ask.service",
        "pichat-stick-copy.service",
    }
    assert {path.name for path in UNITS.iterdir()} - set(links) <= started


def test_no_word_on_the_kernel_s_line_starts_something_else_than_pichat() -> None:
    """Imager 1 writes `systemd.run=` and `systemd.unit=` there; nspawn/imager.toml starts with them."""
    generators = IMAGE / "rootfs/etc/systemd/system-generators"
    assert (generators / "systemd-run-generator").readlink() == Path("/dev/null")
    target = (ENABLED / "kernel-command-line.target").readlink()
    assert target == Path("/usr/lib/systemd/system/multi-user.target")
    assert "issue.txt" in card.FIRST_BOOT


def test_every_step_of_a_unit_exists() -> None:
    text = "".join(path.read_text() for path in UNITS.iterdir())
    assert set(re.findall(r"/usr/lib/pichat/step ([a-z-]+)", text)) == set(steps.STEPS)


def test_https_has_a_socket_of_its_own_that_the_settings_can_leave_closed() -> None:
    socket = (UNITS / "pichat-tls.socket").read_text()
    service = (UNITS / "pichat.service").read_text()
    assert f"ConditionPathExists=!/run/pichat-box/{identity.TLS_OFF}" in socket
    assert "ListenStream=0.0.0.0:443" in socket
    assert "FileDescriptorName=tls" in socket
    assert "Sockets=pichat.socket pichat-tls.socket" in service
    assert "PICHAT_TLS_PORT=443" in service
    rules = (IMAGE / "rootfs/etc/nftables.conf").read_text()
    assert rules.count("tcp dport { 80, 443 } jump page") == 2


def test_nft_understands_the_rules() -> None:
    done = said("unshare", "--net", "nft", "-c", "-f", IMAGE / "rootfs/etc/nftables.conf")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_shell_scripts_are_clean(path: Path) -> None:
    done = said("shellcheck", "-s", "sh", "-e", "SC2016", path)
    assert done.returncode == 0, done.stdout


def test_the_kernel_line_loses_what_fights_a_read_only_root_and_keeps_the_rest() -> None:
    line = card.kernel_line(
        "console=serial0,115200 console=tty1 root=PARTUUID=5e3da3da-02 rootfstype=ext4 fsck.repair=yes "
        "rootwait resize quiet init=/usr/lib/raspberrypi-sys-mods/firstboot cfg80211.ieee80211_regdom=ES "
        "systemd.run=/boot/firstrun.sh ds=nocloud;i=rpios-image\n"
    )
    words = line.split()
    assert words[:3] == ["console=serial0,115200", "console=tty1", "cfg80211.ieee80211_regdom=ES"]
    assert words[3:] == card.OURS.split()
    assert card.kernel_line(line) == line


def test_what_lies_under_rootfs_never_hides_a_folder_of_the_base() -> None:
    for path in (IMAGE / "rootfs").rglob("*"):
        assert not path.is_symlink() or not path.is_dir()


def test_image_and_data_cannot_meet() -> None:
    assert layout.DATA_START * layout.SECTOR == 4 * 1024**3
