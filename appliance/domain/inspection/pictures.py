"""How large a picture is shown, read from its first bytes alone: PNG, GIF, JPEG, WebP. Judges nothing."""

from typing import BinaryIO, Literal

_SEGMENTS = 200  # of a JPEG that are passed over, at most
_LARGEST = 1 << 20
_APP1, _EXIF, _TAGS = 0xE1, 4096, 100
_ORIENTATION, _FIRST_LYING, _LAST_LYING = 0x0112, 5, 8
_NO_FRAME = (0xC4, 0xC8, 0xCC)  # among the markers of frames, those that are something else


def measured(body: BinaryIO) -> tuple[int, int] | None:
    """Width and height as browsers show it, so turned where a JPEG says so; None when that cannot be said."""
    body.seek(0)
    head = body.read(32)
    found: tuple[int, int] | None = None
    if head.startswith(b"\x89PNG\r\n\x1a\n") and head[12:16] == b"IHDR":
        found = _number(head[16:20]), _number(head[20:24])
    elif head[:6] in (b"GIF87a", b"GIF89a"):
        found = _little(head[6:8]), _little(head[8:10])
    elif head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        found = _webp(head)
    elif head.startswith(b"\xff\xd8"):
        found = _jpeg(body)
    return found if found and all(1 <= side <= _LARGEST for side in found) else None


def _webp(head: bytes) -> tuple[int, int] | None:
    kind = head[12:16]
    if kind == b"VP8X":
        return _little(head[24:27]) + 1, _little(head[27:30]) + 1
    if kind == b"VP8 ":
        return _little(head[26:28]) & 0x3FFF, _little(head[28:30]) & 0x3FFF
    if kind == b"VP8L":
        bits = _little(head[21:25])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return None


def _jpeg(body: BinaryIO) -> tuple[int, int] | None:
    body.seek(2)
    lying = False
    for _ in range(_SEGMENTS):
        head = body.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            return None
        if 0xC0 <= head[1] <= 0xCF and head[1] not in _NO_FRAME:
            frame = body.read(5)
            height, width = _number(frame[1:3]), _number(frame[3:5])
            return ((height, width) if lying else (width, height)) if len(frame) == 5 else None
        length = max(_number(head[2:4]) - 2, 0)
        if head[1] == _APP1 and not lying:
            exif = body.read(min(length, _EXIF))
            lying = _orientation(exif) >= _FIRST_LYING
            length -= len(exif)
        body.seek(length, 1)
    return None


def _orientation(exif: bytes) -> int:
    """Of the first directory of an Exif segment (CIPA DC-008, 4.6.4): 1 upright, from 5 on on its side."""
    order: Literal["little", "big"] | None = {b"II*\0": "little", b"MM\0*": "big"}.get(exif[6:10])  # type: ignore[assignment]
    if not exif.startswith(b"Exif\0\0") or order is None:
        return 1
    tiff = exif[6:]
    at = int.from_bytes(tiff[4:8], order)
    for number in range(min(int.from_bytes(tiff[at : at + 2], order), _TAGS)):
        entry = tiff[at + 2 + 12 * number : at + 14 + 12 * number]
        if int.from_bytes(entry[:2], order) == _ORIENTATION:
            turned = int.from_bytes(entry[8:10], order)
            return turned if turned <= _LAST_LYING else 1
    return 1


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _little(data: bytes) -> int:
    return int.from_bytes(data, "little")
