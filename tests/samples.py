"""Files that mean harm, and harmless ones that look like them. Made here; nothing of it does anything."""

import io
import stat
import struct
import zipfile
import zlib
from collections.abc import Sequence

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><path d="M1 1h8v8z"/></svg>'
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d4944415478da6364f8cf500f0003860180a5b3b6140000000049454e44ae426082"
)
ELF = b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00\x3e\x00\x01" + bytes(100)
PE = b"MZ" + bytes(58) + struct.pack("<I", 128) + bytes(64) + b"PE\0\0\x64\x86" + bytes(200)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\0\x10JFIF\0\1\1\0\0\1\0\1\0\0" + bytes(64) + b"\xff\xd9"
RAR = b"Rar!\x1a\x07\x01\x00" + bytes(40)
SEVEN_ZIP = b"7z\xbc\xaf'\x1c\0\4" + bytes(40)
PAGE = b"<!doctype html><html><body><script>document.title = 'ran'</script></body></html>"
Entries = Sequence[tuple[str | zipfile.ZipInfo, bytes | str]]


def zipped(*entries: tuple[str | zipfile.ZipInfo, bytes | str], stored: bool = False) -> bytes:
    buffer = io.BytesIO()
    kind = zipfile.ZIP_STORED if stored else zipfile.ZIP_DEFLATED
    with zipfile.ZipFile(buffer, "w", kind) as archive:
        for name, data in entries:
            archive.writestr(name, data)
    return buffer.getvalue()


def link(name: str, target: str) -> tuple[zipfile.ZipInfo, bytes]:
    """A symbolic link, as zip keeps it."""
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info, target.encode()


def encrypted(data: bytes) -> bytes:
    """The same archive, saying that its entries are locked."""
    changed = bytearray(data)
    for mark, offset in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        where = changed.find(mark)
        while where >= 0:
            changed[where + offset] |= 1
            where = changed.find(mark, where + 4)
    return bytes(changed)


def nested(depth: int) -> bytes:
    data = zipped(("nota.txt", "hola"))
    for _ in range(depth - 1):
        data = zipped(("dentro.zip", data))
    return data


def overlapping(times: int = 300) -> bytes:
    """One packed body, named many times: the directory alone makes it large."""
    first = zipped(("a", bytes(1_000_000)))
    where, end = first.rfind(b"PK\1\2"), first.rfind(b"PK\5\6")
    entry = first[where:end]
    tail = struct.pack("<4s4H2IH", b"PK\5\6", 0, 0, times, times, len(entry) * times, where, 0)
    return first[:where] + entry * times + tail


def document(*parts: tuple[str, bytes | str], types: str = "<Types/>") -> bytes:
    """DOCX, XLSX or PPTX."""
    return zipped(("[Content_Types].xml", types), ("word/document.xml", "<document/>"), *parts)


def ole(*streams: str) -> bytes:
    """A document of the old kind with streams of these names: the header, one table, one directory."""
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    struct.pack_into("<IIIIIIIII", header, 40, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    struct.pack_into("<109I", header, 76, 0, *([0xFFFFFFFF] * 108))
    sectors = (3 + len(streams)) // 4 + 1
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    table = struct.pack("<128I", *chain, *([0xFFFFFFFF] * (128 - len(chain))))
    entries = b"".join(
        _entry(name, 5 if number == 0 else 2) for number, name in enumerate(("Root Entry", *streams))
    )
    return bytes(header) + table + entries.ljust(sectors * 512, b"\0")


def _entry(name: str, kind: int) -> bytes:
    text = name.encode("utf-16-le")
    return (text.ljust(64, b"\0") + struct.pack("<HB", len(text) + 2, kind)).ljust(128, b"\0")


def workbook(*sheets: int, locked: bool = False, small: bool = False) -> bytes:
    """An XLS with sheets of these types: 0 cells, 1 macros of Excel 4."""
    records = struct.pack("<HHHH", 0x809, 4, 0x600, 5)
    records += struct.pack("<HHI", 0x2F, 4, 1) if locked else b""
    for kind in sheets:
        records += struct.pack("<HHIBB", 0x85, 12, 0, 0, kind) + b"\x04\0Hoja"
    records += struct.pack("<HH", 0x0A, 0)
    size = len(records) if small else 4096 + len(records)
    body = records if small else records.ljust(size, b"\0")
    count = -(-len(body) // 512)
    header = bytearray(512)
    header[:8] = bytes.fromhex("d0cf11e0a1b11ae1")
    struct.pack_into("<HHHHH", header, 24, 0x3E, 3, 0xFFFE, 9, 6)
    ends = 0xFFFFFFFE
    struct.pack_into("<IIIIIIIII", header, 40, 0, 1, 1, 0, 4096, 2 + count if small else ends, 1, ends, 0)
    struct.pack_into("<109I", header, 76, 0, *([0xFFFFFFFF] * 108))
    chain = [0xFFFFFFFD, ends, *range(3, 2 + count), ends, ends]
    table = struct.pack("<128I", *chain, *([0xFFFFFFFF] * (128 - len(chain))))
    shorts = -(-size // 64)
    short_table = (
        struct.pack("<128I", *range(1, shorts), ends, *([0xFFFFFFFF] * (128 - shorts))) if small else b""
    )
    root = bytearray(_entry("Root Entry", 5))
    struct.pack_into("<II", root, 116, 2 if small else ends, len(body) if small else 0)
    stream = bytearray(_entry("Workbook", 2))
    struct.pack_into("<II", stream, 116, 0 if small else 2, size)
    whole = bytes(header) + table + bytes(root + stream).ljust(512, b"\0") + body.ljust(count * 512, b"\0")
    return whole + short_table


def pdf(*objects: bytes, root: bytes = b"") -> bytes:
    """A document with these objects after its first two, and this in its catalogue."""
    parts = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R%s>>endobj\n" % root,
        b"2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n",
    ]
    parts += [b"%d 0 obj%sendobj\n" % (number, one) for number, one in enumerate(objects, 3)]
    return b"%PDF-1.7\n" + b"".join(parts) + b"trailer<</Root 1 0 R>>\n%%EOF\n"


def packed(data: bytes, how: bytes = b"/FlateDecode", kind: bytes = b"/ObjStm") -> bytes:
    """A stream of objects."""
    body = zlib.compress(data)
    return b"<</Type%s/N 1/First 4/Filter%s/Length %d>>\nstream\n%s\nendstream " % (
        kind,
        how,
        len(body),
        body,
    )
