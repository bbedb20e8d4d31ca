"""What the streams of an OLE document say of it. Holds no rule of how it is built."""

import struct
from typing import BinaryIO

from appliance.domain.inspection import workbooks
from appliance.domain.inspection.documents import directory
from appliance.domain.inspection.reasons import Reason, Why, because

_MACROS = frozenset({"VBA", "_VBA_PROJECT", "MACROS", "_VBA_PROJECT_CUR"})
_ENCRYPTED = frozenset({"ENCRYPTEDPACKAGE"})
_EMBEDDED = frozenset({"\x01OLE10NATIVE"})


def look(body: BinaryIO) -> list[Reason]:
    """One that cannot be read is held back: an office may be more patient."""
    try:
        table, entries = directory(body)
        reasons = workbooks.look(table, entries)
    except (ValueError, struct.error, OSError):
        return [because(Why.UNREADABLE, found="ole")]
    names = {entry.name.upper() for entry in entries}
    for marks, why in ((_MACROS, Why.MACROS), (_ENCRYPTED, Why.ENCRYPTED), (_EMBEDDED, Why.EMBEDDED)):
        if names & marks:
            reasons.append(because(why))
    return reasons
