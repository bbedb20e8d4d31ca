"""Finds a function by its name and loads its module only then: a dozen steps run in every boot, on slow
boards, and each would load all that the others need.
"""

from importlib import import_module
from typing import Any


def late(name: str) -> Any:
    """`module.function` of the box."""
    module, function = name.split(".")
    return getattr(import_module(f"box.{module}"), function)
