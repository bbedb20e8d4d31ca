"""A board with a radio, as far as files and the answers of programs go."""

from pathlib import Path

from tests.image.boards import Board

PROGRAMS = ("nft", "nmcli", "rfkill")


class Radio(Board):
    """With a radio, an unplugged cable, and the programs of the network written down instead of run."""

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.commands: list[str] = []
        self.answers: list[tuple[int, str]] = []
        self.system.mkdir()
        for name, state in (("lo", "unknown"), ("eth0", "down"), ("wlan0", "down")):
            self.link(name, state)
        (root / "sys/class/net/wlan0/phy80211").mkdir()

    def link(self, name: str, state: str) -> None:
        path = self.root / "sys/class/net" / name / "operstate"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{state}\n")

    def run(self, *command: str, ok: tuple[int, ...] = (0,), text: str = "") -> tuple[int, str]:
        if command[0] in PROGRAMS:
            self.commands.append(" ".join(command))
            return 0, ""
        return super().run(*command, ok=ok, text=text)

    def heard(self, *command: str) -> tuple[int, str]:
        self.commands.append(" ".join(command))
        return self.answers.pop(0)

    @property
    def keyfile(self) -> Path:
        return self.root / "run/NetworkManager/system-connections/pichat-hotspot.nmconnection"
