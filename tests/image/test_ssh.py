"""SSH: closed, unless somebody lays a public key on the boot partition; then for that key alone."""

import os
import subprocess
from pathlib import Path

import pytest
from box import ssh, steps

from tests.image.boards import Board

IMAGE = Path(__file__).parents[2] / "image"
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ3k1uvx1q8lX4qOcmWdUgd5V8l0hVdXb8Y0c5dS3xQz ana@casa"


class Wired(Board):
    """What it would run on the real machine is written down instead: no firewall here is to be changed."""

    def run(self, *command: str, ok: tuple[int, ...] = (0,), text: str = "") -> tuple[int, str]:
        if command[0] == "nft":
            self.rules.append(" ".join(command))
            return 0, ""
        return super().run(*command, ok=ok, text=text)

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.rules: list[str] = []
        self.system.mkdir()


def test_a_key_opens_the_port_and_the_host_is_the_same_at_each_boot(tmp_path: Path) -> None:
    board = Wired(tmp_path)
    (board.card / "ssh.txt").write_bytes(f"# mine\r\n{KEY}\r\n".encode("utf-16"))
    assert steps.run(board, "ssh") == 0
    keys = board.run_dir / "authorized_keys"
    assert keys.read_text() == f"{KEY}\n"
    assert keys.stat().st_mode & 0o777 == 0o600
    host = board.system / "ssh/host_ed25519"
    before = host.read_bytes()
    assert host.stat().st_mode & 0o077 == 0
    assert steps.run(board, "ssh") == 0
    assert host.read_bytes() == before
    assert "dport 22" in board.rules[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hola",
        f'command="/bin/sh" {KEY}',
        f"{KEY}\x00x",
        "-----BEGIN OPENSSH PRIVATE KEY-----",
        "ssh-ed25519 short",
    ],
)
def test_what_is_no_plain_public_key_opens_nothing(tmp_path: Path, text: str) -> None:
    board = Wired(tmp_path)
    (board.card / "ssh.txt").write_text(text)
    assert steps.run(board, "ssh") == 1
    assert board.rules == []
    assert "sigue cerrado" in board.noted("trouble")["ssh"]["es"]
    assert ssh.public_keys(text.encode()) == []


def test_a_real_firewall_takes_the_rule_and_sshd_the_configuration() -> None:
    rules = IMAGE / "rootfs/etc/nftables.conf"
    rule = "tcp dport 22 ct state new limit rate 20/minute accept"
    script = f"nft -f {rules} && nft add rule inet pichat asked {rule}"
    own = "iifname wlan0 udp dport '{ 53, 67 }' accept"  # of box/hotspot.py
    script += f" && nft add rule inet pichat input {own}"
    path = f"{os.environ['PATH']}:/usr/sbin:/sbin"
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", f"{script} && nft list chain inet pichat asked"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PATH": path},
    )
    assert done.returncode == 0, done.stderr
    assert "tcp dport 22" in done.stdout
    words = (IMAGE / "rootfs/usr/lib/pichat/sshd_config").read_text()
    assert "PasswordAuthentication no" in words
    assert "AuthenticationMethods publickey" in words
