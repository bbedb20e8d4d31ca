"""The size of a picture, from the bytes of all four kinds; of everything else nothing is said."""

import io
import struct

import pytest

from appliance.domain.inspection.pictures import measured
from tests.samples import PDF, PNG

JPEG = (
    b"\xff\xd8\xff\xe1\x00\x08Exif\0\0\xff\xc4\x00\x04\0\0\xff\xc0\x00\x11\x08\x01\x2c\x02\x58\x03" + bytes(9)
)


def turned(orientation: int, order: str = "<") -> bytes:
    """The same, as a telephone on its side takes it: Exif says how it is to be turned."""
    mark = b"II*\0" if order == "<" else b"MM\0*"
    tags = struct.pack(f"{order}HHHLL", 2, 0x010F, 2, 4, 0) + struct.pack(
        f"{order}HHLHH", 0x0112, 3, 1, orientation, 0
    )
    exif = b"Exif\0\0" + mark + struct.pack(f"{order}L", 8) + tags
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + JPEG[12:]


def webp(kind: bytes, data: bytes) -> bytes:
    return b"RIFF" + bytes(4) + b"WEBP" + kind + bytes(4) + data


@pytest.mark.parametrize(
    ("data", "size"),
    [
        (PNG, (1, 1)),
        (b"GIF89a\x40\x01\xf0\x00", (320, 240)),
        (JPEG, (600, 300)),
        (turned(1), (600, 300)),
        (turned(3), (600, 300)),
        (turned(6), (300, 600)),
        (turned(8, ">"), (300, 600)),
        (turned(9), (600, 300)),
        (b"\xff\xd8\xff\xe1\x00\x10Exif\0\0II*\0\xff\xff\xff\xff" + JPEG[12:], (600, 300)),
        (webp(b"VP8 ", bytes(6) + b"\x40\x01\xf0\x00"), (320, 240)),
        (webp(b"VP8L", b"\x2f" + ((239 << 14) | 319).to_bytes(4, "little")), (320, 240)),
        (webp(b"VP8X", bytes(4) + b"\x3f\x01\x00\xef\x00\x00"), (320, 240)),
        (b"", None),
        (PDF, None),
        (PNG[:18], None),
        (b"GIF89a\x00\x00\xf0\x00", None),
        (JPEG[:20], None),
        (b"\xff\xd8" + b"\xff\xe1\x00\x00" * 1000, None),
        (b"\x89PNG\r\n\x1a\n" + bytes(4) + b"IHDR" + b"\xff" * 8, None),
        (webp(b"ANIM", bytes(20)), None),
    ],
)
def test_the_size_of_a_picture(data: bytes, size: tuple[int, int] | None) -> None:
    assert measured(io.BytesIO(data)) == size
