"""What the headers of tus 1.0.0 say, read strictly. Decides nothing."""

import base64
import binascii
from collections.abc import Mapping
from urllib.parse import urlsplit

from appliance.base.errors import Code, Refusal
from appliance.domain.progress import ALGORITHMS, Checksum

VERSION = "1.0.0"
EXTENSIONS = (
    "creation",
    "creation-with-upload",
    "creation-defer-length",
    "termination",
    "checksum",
    "expiration",
    "concatenation",
)
PATH = "/api/uploads/tus"
BODY = "application/offset+octet-stream"
_METADATA_BYTES = 8192


def number(headers: Mapping[str, str], name: str) -> int | None:
    """A header that is a whole number from 0; None when it is not there."""
    text = headers.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 16):
        raise Refusal(Code.BAD_REQUEST, field=name, reason="number")
    return int(text)


def new_length(headers: Mapping[str, str]) -> int | None:
    """Of a new upload: the length, or None when it is told later."""
    length, deferred = number(headers, "Upload-Length"), headers.get("Upload-Defer-Length")
    if deferred not in (None, "1"):
        raise Refusal(Code.BAD_REQUEST, field="Upload-Defer-Length", reason="unknown")
    if (length is None) == (deferred is None):
        raise Refusal(Code.BAD_REQUEST, field="Upload-Length", reason="one_of_two")
    return length


def metadata(text: str) -> dict[str, str]:
    """`key base64,key base64`; a key alone has an empty value. Keys are not empty and not there twice."""
    found: dict[str, str] = {}
    if len(text) > _METADATA_BYTES or not text.isascii():
        raise Refusal(Code.BAD_REQUEST, field="Upload-Metadata", reason="long")
    for pair in text.split(",") if text.strip() else ():
        key, _, value = pair.strip().partition(" ")
        try:
            plain = base64.b64decode(value, validate=True).decode("utf-8", "replace")
        except binascii.Error:
            raise Refusal(Code.BAD_REQUEST, field="Upload-Metadata", reason="base64") from None
        if not key or key in found:
            raise Refusal(Code.BAD_REQUEST, field="Upload-Metadata", reason="key")
        found[key] = plain
    return found


def file_name(text: str) -> str:
    """What the sender calls the file: clients say `filename`, some `name`."""
    found = metadata(text)
    return found.get("filename") or found.get("name") or ""


def folder(text: str) -> str:
    """Where the file lay: `folder` says it, or `relativePath` with the name at its end (Uppy)."""
    found = metadata(text)
    return found.get("folder") or found.get("relativePath", "").replace("\\", "/").rpartition("/")[0]


def room(text: str) -> str:
    """For whose messages it is, if for any."""
    return metadata(text).get("for", "")


def checksum(text: str | None) -> Checksum | None:
    """`sha1 base64`, of the bytes of this request."""
    if text is None:
        return None
    algorithm, _, value = text.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        raise Refusal(Code.BAD_REQUEST, field="Upload-Checksum", reason="algorithm", known=list(ALGORITHMS))
    try:
        return Checksum(algorithm, base64.b64decode(value, validate=True))
    except binascii.Error:
        raise Refusal(Code.BAD_REQUEST, field="Upload-Checksum", reason="base64") from None


def parts(concat: str) -> list[str]:
    """The uploads that a final one is made of: `final;/path/a /path/b`, or whole addresses."""
    found = []
    for address in concat.partition(";")[2].split():
        folder, _, upload = urlsplit(address).path.rstrip("/").rpartition("/")
        if folder != PATH or not upload:
            raise Refusal(Code.BAD_REQUEST, field="Upload-Concat", reason="address")
        found.append(upload)
    return found
