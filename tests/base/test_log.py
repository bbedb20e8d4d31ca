"""One line per record: what a stranger typed cannot forge another one."""

import logging

import pytest

from appliance.base import log


def line(text: str) -> str:
    record = logging.LogRecord("pichat.test", logging.INFO, "", 0, "joined: %s", (text,), None)
    return log.OneLine("%(levelname).1s %(message)s").format(record)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Ana", "I joined: Ana"),
        ("Ana \x1b[2J", "I joined: Ana \\x1b[2J"),
        ("Ana\u202egnp", "I joined: Ana\\u202egnp"),
        ("Ana\u2028E fake", "I joined: Ana\\u2028E fake"),
        ("Ana\rE fake", "I joined: Ana\\rE fake"),
        ("Íñigo 😀", "I joined: Íñigo 😀"),
    ],
)
def test_control_characters_are_escaped(typed: str, shown: str) -> None:
    assert line(typed) == shown


def test_a_name_with_a_newline_stays_on_its_line() -> None:
    assert line("Ana\nE fake line") == "I joined: Ana\\nE fake line"


def test_a_traceback_keeps_its_lines() -> None:
    try:
        raise ValueError("boom\x1b")
    except ValueError as error:
        record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), (type(error), error, None))
    shown = log.OneLine("%(message)s").format(record)
    assert shown.splitlines() == ["failed", "  ValueError: boom\\x1b"]


def test_the_level_is_the_products_own() -> None:
    root, ours = logging.getLogger(), logging.getLogger("pichat")
    before = (root.handlers[:], root.level, ours.level)
    try:
        log.set_up("debug")
        assert log.logger("chat").isEnabledFor(logging.DEBUG)
        assert not logging.getLogger("tornado.access").isEnabledFor(logging.ERROR)
    finally:
        root.handlers[:] = before[0]
        root.setLevel(before[1])
        ours.setLevel(before[2])
