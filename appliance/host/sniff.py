"""What the first bytes of a file are, in the words of libmagic. Must not decide whether that is good.

The only module that knows libmagic. Blocks for a fraction of a millisecond: worker threads.
"""

from collections.abc import Callable

from appliance.base.log import logger

try:
    import magic
except ImportError:  # the library underneath comes with the system, so it may be missing
    magic = None  # type: ignore[assignment]

Sniff = Callable[[bytes], str]
UNKNOWN = "application/octet-stream"
# More than this tells libmagic nothing more about the kinds that matter here.
ENOUGH = 128 * 1024
_log = logger("sniff")


def sniffer() -> Sniff:
    """A function from the head of a file to its media type. Without libmagic it recognises nothing."""
    if magic is None:
        _log.warning("libmagic is missing: what files contain is not looked at (apt-get install libmagic1)")
        return lambda head: UNKNOWN
    library = magic.Magic(mime=True)

    def sniff(head: bytes) -> str:
        try:
            return str(library.from_buffer(head[:ENOUGH])) if head else "application/x-empty"
        except magic.MagicException:  # it gave up on hostile bytes
            return UNKNOWN

    return sniff
