"""What the first bytes of a file are, in the words of libmagic. Must not decide whether that is good.

The only module that knows libmagic. Takes a millisecond or two: worker threads.
"""

import threading
from collections.abc import Callable

from appliance.base.log import logger

try:
    import magic
except ImportError:  # the library underneath comes with the system, so it may be missing
    magic = None  # type: ignore[assignment]

Sniff = Callable[[bytes], str]
UNKNOWN = "application/octet-stream"
EMPTY = "application/x-empty"
# More than this tells libmagic nothing more about the kinds that matter here.
ENOUGH = 128 * 1024
_log = logger("sniff")


def sniffer() -> Sniff:
    """A function from the head of a file to its media type. Without libmagic it recognises nothing."""
    if magic is None:
        _log.warning("libmagic is missing: what files contain is not looked at (apt-get install libmagic1)")
        return lambda head: UNKNOWN
    # One for each thread: it is not made for two at a time.
    own = threading.local()

    def sniff(head: bytes) -> str:
        if not head:
            return EMPTY
        if not hasattr(own, "library"):
            own.library = magic.Magic(mime=True)
        try:
            return str(own.library.from_buffer(head[:ENOUGH]))
        except magic.MagicException:  # it gave up on hostile bytes
            return UNKNOWN

    return sniff
