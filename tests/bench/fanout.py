"""One message to many: our box beside two relays, in interleaved rounds. Prints ratios, asserts nothing.

    scripts/setup bench
    .venv/bin/python -m tests.bench.fanout --listeners 1,50,200,1000 --rounds 3 --seconds 2

Ours does the whole work (signed in, policy, throttle, committed to SQLite, acked, a line on the console); the
relays parse, encode and send on. The figure is server CPU for each delivered message. With 1 listener it is
the whole path of one message, beside Tornado's bare echo.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass, field
from typing import Any

from tests.bench.crowd import Crowd, median
from tests.bench.process import cpu_seconds, memory

PEERS = {
    "pichat": "ours",
    "websockets broadcast": "websockets_relay",
    "tornado write_message": "tornado_relay",
    "Flask-SocketIO, threads": "flask_socketio_relay",
    "python-socketio, tornado": "socketio_tornado_relay",
}


@dataclass
class Peer:
    """One server process, and what was measured of it."""

    name: str
    process: subprocess.Popen[str]
    port: int
    token: str
    protocol: str
    cost: list[float] = field(default_factory=list)
    rate: list[float] = field(default_factory=list)
    calm: list[float] = field(default_factory=list)
    p50: list[float] = field(default_factory=list)
    p99: list[float] = field(default_factory=list)
    growth: list[float] = field(default_factory=list)

    def forget(self) -> None:
        for values in (self.cost, self.rate, self.calm, self.p50, self.p99, self.growth):
            values.clear()


def start(name: str, module: str) -> Peer:
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.bench.peers.{module}"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"{name} did not start")
    said: dict[str, Any] = json.loads(line)
    return Peer(name, process, said["port"], said.get("token", ""), said.get("protocol", ""))


def measure(peer: Peer, listeners: int, options: argparse.Namespace) -> None:
    pid = peer.process.pid
    before = memory(pid)
    crowd = Crowd(peer.port, listeners, peer.token, peer.protocol)
    try:
        peer.growth.append((memory(pid) - before) / listeners / 1024)
        crowd.saturate(min(options.senders, listeners), options.window, 0.3)
        crowd.drain(0.2)
        cpu = cpu_seconds(pid)
        result = crowd.saturate(min(options.senders, listeners), options.window, options.seconds)
        cpu = cpu_seconds(pid) - cpu
        crowd.drain(0.2)
        peer.cost.append(1e6 * cpu / max(result.deliveries, 1))
        peer.rate.append(result.deliveries / result.seconds)
        cpu = cpu_seconds(pid)
        calm = crowd.steady(options.rate, options.seconds)
        cpu = cpu_seconds(pid) - cpu
        peer.calm.append(1e6 * cpu / max(calm.deliveries, 1))
        peer.p50.append(calm.percentile(0.5))
        peer.p99.append(calm.percentile(0.99))
    finally:
        crowd.close()


def report(listeners: int, peers: list[Peer], rate: float) -> None:
    base = median(peers[0].cost)
    print(f"\n{listeners} listeners; medians of the rounds")
    print(f"{'':24}{'us/delivery':>12}{'ours is':>9}{'deliveries/s':>14}{'KB/conn':>9}", end="")
    print(f"   at {rate:.0f} messages/s: {'us/delivery':>11}{'p50 ms':>8}{'p99 ms':>8}")
    for peer in peers:
        cost = median(peer.cost)
        print(
            f"{peer.name:24}{cost:12.2f}{base / cost:9.2f}{median(peer.rate):14,.0f}{peer.growth[0]:9.1f}"
            f"{'':22}{median(peer.calm):11.2f}{median(peer.p50):8.2f}{median(peer.p99):8.2f}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--listeners", default="1,50,200,1000")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--senders", type=int, default=16)
    parser.add_argument("--window", type=int, default=4)
    parser.add_argument("--rate", type=float, default=20.0, help="messages a second of the calm part")
    options = parser.parse_args()
    peers = [start(name, module) for name, module in PEERS.items()]
    try:
        for text in options.listeners.split(","):
            for peer in peers:
                peer.forget()
            for _ in range(options.rounds):
                for peer in peers:
                    measure(peer, int(text), options)
            report(int(text), peers, options.rate)
    finally:
        for peer in peers:
            peer.process.terminate()
            peer.process.wait()


if __name__ == "__main__":
    main()
