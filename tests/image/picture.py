"""What a screen shows, point by point. Knows no letters."""

import struct
import zlib
from pathlib import Path

LIGHT = 0x80  # a point is light from here on


class Picture:
    """Read from a PPM file, as QEMU writes them."""

    def __init__(self, path: Path) -> None:
        kind, size, _, self.points = path.read_bytes().split(b"\n", 3)
        assert kind == b"P6", kind
        self.width, self.height = map(int, size.split())

    def png(self) -> bytes:
        """Small: a console has few colours."""
        raw, wide = self.points, 3 * self.width
        points = [raw[at : at + 3] for at in range(0, len(raw), 3)]
        colours = sorted(set(points))[:256]
        number = {colour: bytes([at]) for at, colour in enumerate(colours)}
        flat = b"".join(number.get(point, b"\0") for point in points)
        rows = b"".join(b"\0" + flat[at : at + self.width] for at in range(0, len(flat), wide // 3))
        head = struct.pack(">2I5B", self.width, self.height, 8, 3, 0, 0, 0)
        parts = ((b"IHDR", head), (b"PLTE", b"".join(colours)), (b"IDAT", zlib.compress(rows, 9)))
        return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*part) for part in (*parts, (b"IEND", b"")))

    def holds(self, squares: list[list[bool]], side: int) -> bool:
        """Whether these squares, dark or light, are to be seen, each so many points wide and high."""
        wide, high = self.width // side, self.height // side
        middle = side // 2
        grid = [
            [
                self.points[3 * ((y * side + middle) * self.width + x * side + middle)] >= LIGHT
                for x in range(wide)
            ]
            for y in range(high)
        ]
        count = len(squares)
        return any(
            all(grid[y + at][x : x + count] == squares[at] for at in range(count))
            for y in range(high - count + 1)
            for x in range(wide - count + 1)
        )


def _chunk(kind: bytes, raw: bytes) -> bytes:
    return struct.pack(">I", len(raw)) + kind + raw + struct.pack(">I", zlib.crc32(kind + raw))
