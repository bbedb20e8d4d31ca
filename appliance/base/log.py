"""The console: one line per thing that matters. Must never carry a message's text or a secret."""

import logging
import sys
from typing import Any


def set_up(level: str) -> None:
    """Sends every log line to standard error, one line each, without colour or date (journald adds it)."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine("%(levelname).1s %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    # The format names neither thread, process nor place in the code: not looking them up halves the cost.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None  # as the logging howto has it
    logging.getLogger("pichat").setLevel(level.upper())
    # One line per request would wear the card and drown the rest; the product logs what matters.
    logging.getLogger("tornado.access").setLevel(logging.CRITICAL)
    # What strangers send that is no request at all (a scan, HTTP to the HTTPS port) is theirs to know.
    logging.getLogger("tornado.general").setLevel(logging.ERROR)


class OneLine(logging.Formatter):
    """Escapes control characters, so that a name typed by a stranger cannot forge a line."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        """A traceback has lines of its own, set off from the others."""
        return "\n".join(f"  {printable(line)}" for line in super().formatException(ei).split("\n"))


def printable(text: str) -> str:
    """Every newline and every other control or bidi character becomes an escape."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def logger(name: str) -> logging.Logger:
    """The product's logger for one part: `pichat.<name>`."""
    return logging.getLogger(f"pichat.{name}")
