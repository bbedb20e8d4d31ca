"""What a step loads: a dozen of them run in every boot, on boards where each module is felt."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from box.asks import WISHES
from box.late import late
from box.steps import STEPS

BOX = Path(__file__).parents[2] / "image/rootfs/usr/lib/pichat"
LOADED = """
import json, sys
sys.path.insert(0, sys.argv[1])
from box.steps import STEPS, late
late(STEPS[sys.argv[2]])
print(json.dumps(sorted(sys.modules)))
"""
# Whoever adds one of these to a step of every boot has felt what it costs on an old board.
HEAVY = {"http.client", "urllib.request", "email", "ssl", "argparse", "logging", "asyncio", "unittest"}


@pytest.mark.parametrize("name", [*STEPS.values(), *WISHES.values()])
def test_every_name_leads_to_its_function(name: str) -> None:
    assert callable(late(name))


@pytest.mark.parametrize(
    "step",
    ["data", "wishes", "identity", "clock", "update", "health", "screen", "code", "joining", "hotspot"],
)
def test_a_step_of_every_boot_loads_nothing_heavy(step: str) -> None:
    command = [sys.executable, "-I", "-S", "-c", LOADED, str(BOX), step]
    loaded = set(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))
    assert not loaded & HEAVY
    assert "box.safe" not in loaded


def test_the_clock_loads_what_it_needs_alone() -> None:
    command = [sys.executable, "-I", "-S", "-c", LOADED, str(BOX), "clock"]
    loaded = set(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))
    ours = {name for name in loaded if name.startswith("box.")}
    assert ours == {"box.clock", "box.late", "box.layout", "box.led", "box.machine", "box.steps", "box.words"}
