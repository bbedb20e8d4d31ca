"""Step `ssh`: SSH for whoever laid a public key on the boot partition. Without it nothing runs.

No passwords: only keys of `ssh.txt`, for root. The host's own key is kept on the data partition.
"""

import re

from box import words
from box.machine import Machine, replace
from box.settings_file import decoded
from box.wishes import content
from box.words import StepError

FILE = "ssh.txt"
_KEY = re.compile(
    r"(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)"
    r" [A-Za-z0-9+/]{60,2000}={0,2}( [^\x00-\x1f\x7f]{0,200})?"
)


def ssh(machine: Machine) -> None:
    """Runs before sshd, which is not started when there is no key. Then the firewall opens its port."""
    if not machine.mounted():
        raise StepError(words.NOT_MOUNTED)
    keys = public_keys(content(machine.laid(FILE) or machine.card / FILE))
    if not keys:
        raise StepError(words.NO_SSH_KEY)
    replace(machine.run_dir / "authorized_keys", "\n".join([*keys, ""]), 0o600)
    host = machine.system / "ssh/host_ed25519"
    if not host.exists():
        host.parent.mkdir(mode=0o700, exist_ok=True)
        machine.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "pichat", "-f", str(host))
    rule = ("tcp", "dport", "22", "ct", "state", "new", "limit", "rate", "20/minute", "accept")
    machine.run("nft", "add", "rule", "inet", "pichat", "asked", *rule)
    machine.say(f"ssh: open for {len(keys)} key(s)")


def public_keys(raw: bytes) -> list[str]:
    """Plain public keys alone: no options before them, nothing private, nothing else."""
    lines = [line.strip() for line in decoded(raw[: 64 * 1024]).splitlines()]
    return [line for line in lines if _KEY.fullmatch(line)]
