"""A film is looked at from its middle: a real MP4 in a real browser, fetched in ranges."""

import struct
from pathlib import Path

from playwright.sync_api import Response

from tests.browser.conftest import Windows
from tests.browser.test_story import claim
from tests.served import Served

SECONDS, GAP = 120, 60_000
SILENCE = b"\xf8\xff\xfe"  # 20 ms of Opus (RFC 6716), 50 to a second


def box(kind: bytes, *parts: bytes) -> bytes:
    data = b"".join(parts)
    return struct.pack(">I", 8 + len(data)) + kind + data


def full(kind: bytes, *parts: bytes, flags: int = 0) -> bytes:
    return box(kind, struct.pack(">I", flags), *parts)


def film() -> bytes:
    """ISO/IEC 14496-12: two minutes of silence, each second far from the next, so that ranges matter."""
    numbers, matrix = struct.Struct(">I"), struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    count, length = SECONDS * 50, SECONDS * 48_000
    opus = box(b"dOps", struct.pack(">BBHIhB", 0, 1, 0, 48_000, 0, 0))
    entry = box(b"Opus", bytes(6), struct.pack(">HQHHHHI", 1, 0, 1, 16, 0, 0, 48_000 << 16), opus)
    start = box(b"ftyp", b"isom", bytes(4), b"isommp42")

    def moov(first: int) -> bytes:
        places = b"".join(numbers.pack(first + second * (GAP + 150)) for second in range(SECONDS))
        table = box(
            b"stbl",
            full(b"stsd", numbers.pack(1), entry),
            full(b"stts", struct.pack(">III", 1, count, 960)),
            full(b"stsc", struct.pack(">IIII", 1, 1, 50, 1)),
            full(b"stsz", struct.pack(">II", 3, count)),
            full(b"stco", numbers.pack(SECONDS), places),
        )
        here = box(b"dinf", full(b"dref", numbers.pack(1), full(b"url ", flags=1)))
        media = box(
            b"mdia",
            full(b"mdhd", struct.pack(">IIIIHH", 0, 0, 48_000, length, 0x55C4, 0)),
            full(b"hdlr", bytes(4), b"soun", bytes(13)),
            box(b"minf", full(b"smhd", bytes(4)), here, table),
        )
        track = struct.pack(">IIIIIQHHHH", 0, 0, 1, 0, length, 0, 0, 0, 0x100, 0) + matrix + bytes(8)
        movie = struct.pack(">IIIIIHHQ", 0, 0, 48_000, length, 0x10000, 0x100, 0, 0) + matrix
        movie += bytes(24) + numbers.pack(2)
        return box(b"moov", full(b"mvhd", movie), box(b"trak", full(b"tkhd", track, flags=3), media))

    first = len(start) + len(moov(0)) + 8
    return start + moov(first) + box(b"mdat", (SILENCE * 50 + bytes(GAP)) * SECONDS)


SEEK = """async address => {
    const video = document.createElement('video');
    const told = name => new Promise((done, fail) => {
        video.addEventListener(name, done, {once: true});
        video.addEventListener('error', () => fail(video.error.message), {once: true});
    });
    video.src = address;
    document.body.append(video);
    await told('loadeddata');
    const found = [video.duration];
    for (const place of [100, 10.5, 60]) {
        video.currentTime = place;
        await told('seeked');
        found.push(video.currentTime, video.readyState >= 2);
    }
    return found;
}"""


def test_a_film_is_seen_from_any_place(windows: Windows, served: Served, tmp_path: Path) -> None:
    page = windows.open().page
    claim(page, served.claim_code)
    body = film()
    sent = page.request.put("/api/uploads/ensayo.mp4", data=body, headers={"X-PiChat": "1"})
    file = sent.json()
    assert (sent.status, file["type"], file["reasons"]) == (201, "video/mp4", [])
    seen: list[Response] = []
    page.on("response", lambda response: seen.append(response) if "/content" in response.url else None)
    found = page.evaluate(SEEK, f"/api/uploads/{file['id']}/content?inline=1")
    assert found == [SECONDS, 100, True, 10.5, True, 60, True]
    assert {response.status for response in seen} == {206}
    asked = [response.headers["content-range"] for response in seen]
    starts = [int(text.split()[1].partition("-")[0]) for text in asked]
    assert any(start > 95 * GAP for start in starts), asked  # it went there, and not through all before it
