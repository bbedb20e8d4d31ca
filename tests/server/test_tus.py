"""tus 1.0.0, MUST by MUST: the core, then every extension that the box says it has."""

import asyncio
import hashlib
from typing import Any

import pytest

from tests.boxes import Boxes
from tests.noise import noise
from tests.people import People, Person
from tests.server.raw import wire
from tests.server.sending import bodies, nothing_left
from tests.server.tus_client import BODY, PATH, Tus, checksum, metadata


@pytest.fixture
def tus(people: People) -> Tus:
    return Tus(people.ana)


async def content(person: Person, file: str) -> bytes:
    answer = await person.get(f"/api/uploads/{file}/content")
    assert answer.status == 200
    return answer.content


# The core


async def test_a_file_in_three_requests_is_a_file_like_any_other(people: People, tus: Tus) -> None:
    uma = await people.uma.connect()
    body = noise(2_500_000)
    path = await tus.begun(len(body), name="informe.pdf")
    assert path.startswith(f"{PATH}/")
    for start, stop in ((0, 1_000_000), (1_000_000, 1_000_001), (1_000_001, len(body))):
        assert (await people.uma.get("/api/uploads")).json["items"] == []
        answer = await tus.patch(path, start, body[start:stop])
        assert (answer.status, answer.headers["Upload-Offset"]) == (204, str(stop))
        assert answer.headers["Tus-Resumable"] == "1.0.0"
    file = answer.headers["Upload-File"]
    heard = await uma.wait("upload")
    assert (heard["id"], heard["state"]) == (file, "quarantined")
    listed = (await people.uma.get(f"/api/uploads/{file}")).json
    assert (listed["name"], listed["size"]) == ("informe.pdf", len(body))
    assert listed["sha256"] == hashlib.sha256(body).hexdigest()
    assert await content(people.uma, file) == body


async def test_head_tells_the_offset_and_is_not_kept_by_caches(tus: Tus) -> None:
    path = await tus.begun(10)
    await tus.patch(path, 0, b"hola")
    answer = await tus.head(path)
    assert answer.status == 200
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == ("4", "10")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert answer.headers["Upload-Metadata"] == metadata(filename="a.txt")
    assert answer.content == b""
    seen = await tus.ask("GET", path)
    assert seen.json == {"name": "a.txt", "offset": 4, "size": 10, "file": None}
    await tus.patch(path, 4, b"mundo!")
    answer = await tus.head(path)
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-Length"]) == ("10", "10")


async def test_what_is_not_there_has_no_offset(tus: Tus) -> None:
    for method in ("HEAD", "PATCH", "DELETE"):
        headers = {"Content_Type": BODY, "Upload_Offset": 0} if method == "PATCH" else {}
        answer = await tus.ask(method, f"{PATH}/{'x' * 43}", **headers)
        assert answer.status == 404
        assert "Upload-Offset" not in answer.headers


async def test_a_wrong_offset_changes_nothing(tus: Tus) -> None:
    path = await tus.begun(10)
    for offset in (1, 10, 99):
        answer = await tus.patch(path, offset, b"x")
        assert (answer.status, answer.code, answer.headers["Upload-Offset"]) == (409, "conflict", "0")
    for wrong in ("-1", "one", "", "1.5", "9" * 30):
        assert (await tus.ask("PATCH", path, b"x", Content_Type=BODY, Upload_Offset=wrong)).status == 400
    assert (await tus.ask("PATCH", path, b"x", Content_Type=BODY)).status == 400
    assert await tus.offset(path) == 0


async def test_a_patch_of_another_type_is_refused(tus: Tus) -> None:
    path = await tus.begun(10)
    for kind in ("application/octet-stream", "text/plain"):
        assert (await tus.patch(path, 0, b"hola", Content_Type=kind)).status == 415
    assert (await tus.ask("PATCH", path, b"hola", Upload_Offset=0)).status == 415
    assert await tus.offset(path) == 0


async def test_no_more_comes_than_was_announced(tus: Tus) -> None:
    path = await tus.begun(4)
    assert (await tus.patch(path, 0, b"hola y")).status == 413
    assert await tus.offset(path) == 0
    assert (await tus.patch(path, 0, b"hola")).status == 204
    assert (await tus.patch(path, 4, b"!")).status == 413
    assert (await tus.patch(path, 4, b"")).status == 204


async def test_another_version_is_not_processed(tus: Tus) -> None:
    path = await tus.begun(4)
    for version in ("0.2.2", "1.0.1", "2.0.0", None):
        for answer in (
            await tus.create(4, resumable=version),
            await tus.head(path, resumable=version),
            await tus.patch(path, 0, b"hola", resumable=version),
            await tus.ask("DELETE", path, resumable=version),
        ):
            assert (answer.status, answer.headers["Tus-Version"]) == (412, "1.0.0")
            assert answer.headers["Tus-Resumable"] == "1.0.0"
    assert await tus.offset(path) == 0


async def test_options_says_what_is_spoken(people: People, tus: Tus) -> None:
    for who, largest in ((people.ana, 50 << 20), (people.admin, 8 << 30), (Person(people.box), 50 << 20)):
        for path in (PATH, f"{PATH}/x"):
            answer = await Tus(who).ask("OPTIONS", path, resumable=None)
            assert answer.status == 200
            assert answer.headers["Tus-Version"] == "1.0.0"
            assert answer.headers["Tus-Max-Size"] == str(largest)
            assert answer.headers["Tus-Checksum-Algorithm"] == "sha1,sha256"
            extensions = answer.headers["Tus-Extension"].split(",")
            assert {"creation", "creation-with-upload", "creation-defer-length", "termination"} < set(
                extensions
            )
            assert {"checksum", "expiration", "concatenation"} < set(extensions)


async def test_a_method_may_be_said_in_a_header(people: People, tus: Tus) -> None:
    path = await tus.begun(4)
    said = {"X_HTTP_Method_Override": "PATCH", "Content_Type": BODY}
    assert (await tus.ask("POST", path, b"ho", Upload_Offset=0, **said)).status == 204
    answer = await tus.ask("POST", path, b"", X_HTTP_Method_Override="HEAD")
    assert (answer.status, answer.headers["Upload-Offset"], answer.content) == (200, "2", b"")
    assert (await tus.ask("POST", path, b"", X_HTTP_Method_Override="DELETE")).status == 204
    assert (await tus.head(path)).status == 404
    assert (await tus.ask("POST", path, b"", X_HTTP_Method_Override="NONSENSE")).status == 405
    # Elsewhere the header means nothing.
    answer = await tus.ask("POST", "/api/uploads/types/allowed", b"", X_HTTP_Method_Override="GET")
    assert answer.status == 405


# Creation


async def test_a_length_is_said_once_and_in_one_way(tus: Tus) -> None:
    for headers in (
        {},
        {"Upload_Length": 4, "Upload_Defer_Length": 1},
        {"Upload_Length": "-1"},
        {"Upload_Length": "four"},
        {"Upload_Defer_Length": 2},
        {"Upload_Defer_Length": 0},
    ):
        assert (await tus.create(**headers)).status == 400, headers  # type: ignore[arg-type]


async def test_a_length_that_comes_later(people: People, tus: Tus) -> None:
    path = await tus.begun(Upload_Defer_Length=1)
    answer = await tus.head(path)
    assert answer.headers["Upload-Defer-Length"] == "1"
    assert "Upload-Length" not in answer.headers
    assert (await tus.patch(path, 0, b"hola")).status == 204
    assert (await tus.patch(path, 4, b"", Upload_Length=3)).status == 400
    assert (await tus.patch(path, 4, b"", Upload_Length=60 << 20)).status == 413
    assert (await tus.patch(path, 4, b" m", Upload_Length=9)).status == 204
    answer = await tus.head(path)
    assert (answer.headers["Upload-Length"], answer.headers["Upload-Offset"]) == ("9", "6")
    assert "Upload-Defer-Length" not in answer.headers
    assert (await tus.patch(path, 6, b"und", Upload_Length=10)).status == 400
    done = await tus.patch(path, 6, b"und", Upload_Length=9)
    assert await content(people.ana, done.headers["Upload-File"]) == b"hola mund"
    path = await tus.begun(Upload_Defer_Length=1)
    await tus.patch(path, 0, b"hola")
    done = await tus.patch(path, 4, b"", Upload_Length=4)
    assert await content(people.ana, done.headers["Upload-File"]) == b"hola"


async def test_an_empty_file_is_there_at_once(people: People, tus: Tus) -> None:
    made = await tus.create(0)
    assert (made.status, made.headers["Upload-Offset"]) == (201, "0")
    assert await content(people.ana, made.headers["Upload-File"]) == b""


async def test_the_first_bytes_may_come_with_the_creation(people: People, tus: Tus) -> None:
    made = await tus.create(9, b"hola")
    assert (made.status, made.headers["Upload-Offset"]) == (201, "4")
    path = made.headers["Location"]
    assert await tus.offset(path) == 4
    assert (await tus.patch(path, 4, b" pepe")).status == 204
    made = await tus.create(4, b"hola", Upload_Checksum=checksum(b"hola"))
    assert made.status == 201
    assert await content(people.ana, made.headers["Upload-File"]) == b"hola"
    assert (await tus.create(4, b"hola", Content_Type="text/plain")).status == 415
    assert (await tus.create(3, b"hola")).status == 413
    assert (await tus.create(4, b"hola", Upload_Checksum=checksum(b"adios"))).status == 460


@pytest.mark.parametrize(
    "wrong",
    [
        "filename",
        "filename ???",
        "filename YQ,filename YQ==",
        "filename YQ==,filename YQ==",
        "a YQ==,,b YQ==",
    ],
)
async def test_metadata_that_is_none(tus: Tus, wrong: str) -> None:
    answer = await tus.create(4, Upload_Metadata=wrong)
    if wrong == "filename":  # a key alone has an empty value, which is no name
        assert answer.status == 415
    else:
        assert (answer.status, answer.code) == (400, "bad_request")


async def test_metadata_is_given_back_as_it_came(tus: Tus) -> None:
    said = f"{metadata(filename='ñandú.txt', filetype='text/plain')},is_new"
    path = await tus.begun(4, Upload_Metadata=said)
    assert (await tus.head(path)).headers["Upload-Metadata"] == said
    path = await tus.begun(4, Upload_Metadata=metadata(name="../../x.txt"))
    assert (await tus.ask("GET", path)).json["name"] == "x.txt"


async def test_the_rules_come_before_the_bytes(boxes: Boxes) -> None:
    box = await boxes.claimed(upload_max_bytes=1 << 20, resumable_per_person=2)
    people = People(box)
    await people.gather()
    for who, size, name, status, code in (
        (people.uma, 4, "a.txt", 403, "forbidden"),
        (Person(box), 4, "a.txt", 401, "unauthorized"),
        (people.ana, (1 << 20) + 1, "a.txt", 413, "too_large"),
        (people.ana, 4, "a.exe", 415, "bad_type"),
        (people.ana, 4, "", 415, "bad_type"),
        (people.admin, 8 << 40, "a.txt", 413, "too_large"),
    ):
        answer = await Tus(who).create(size, name=name)
        assert (answer.status, answer.code) == (status, code)
    ana = Tus(people.ana)
    paths = [await ana.begun(4) for _ in range(2)]
    answer = await ana.create(4)
    assert (answer.status, answer.code, answer.json["error"]["params"]["maximum"]) == (429, "rate_limited", 2)
    await ana.ask("DELETE", paths[0])
    assert (await ana.create(4)).status == 201
    await boxes.stop(box)
    box = await boxes.start(free_floor_bytes=1 << 60)
    admin = await People(box).admin.sign_in()
    answer = await Tus(admin).create(4)
    assert (answer.status, answer.code) == (507, "no_space")
    await people.leave()


# Whose it is


async def test_nobody_goes_on_with_the_upload_of_another(people: People, tus: Tus) -> None:
    path = await tus.begun(4)
    for other in (people.beto, people.uma, people.admin):
        assert (await Tus(other).head(path)).status == 404
        assert (await Tus(other).patch(path, 0, b"hola")).status == 404
        assert (await Tus(other).ask("DELETE", path)).status == 404
    assert await tus.offset(path) == 0


async def test_a_session_that_ends_does_not_end_its_uploads(people: People, tus: Tus) -> None:
    """The address is a secret: who has it goes on. An account that may not upload any more does not."""
    path = await tus.begun(9)
    await tus.patch(path, 0, b"hola")
    assert (await people.ana.post("/api/users/logout")).status == 204
    assert await tus.offset(path) == 4  # with the token that is worth nothing now
    nobody = Tus(Person(people.box))
    assert (await nobody.patch(path, 4, b" m")).status == 204
    user = f"/api/users/{people.ana.me['id']}"
    assert (await people.admin.patch(user, {"role": "usuario"})).status == 200
    assert (await nobody.patch(path, 6, b"und")).status == 403
    assert (await people.admin.patch(user, {"role": "cliente", "disabled": True})).status == 200
    assert (await nobody.patch(path, 6, b"und")).status == 404
    assert (await people.admin.patch(user, {"disabled": False})).status == 200
    done = await nobody.patch(path, 6, b"und")
    assert (await people.admin.get(f"/api/uploads/{done.headers['Upload-File']}")).json["owner"][
        "name"
    ] == "Ana"


async def test_a_cookie_alone_does_not_write(people: People, box: Any) -> None:
    person = await Person(box, "ana").sign_in(cookie=True)
    page = Tus(person)
    assert (await page.create(4)).code == "forbidden"
    path = await page.begun(4, X_PiChat=1)
    assert (await page.patch(path, 0, b"hola")).status == 403
    assert (await page.patch(path, 0, b"hola", X_PiChat=1)).status == 204
    await person.leave()


# Checksum


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
async def test_a_checksum_that_is_wrong_changes_nothing(people: People, tus: Tus, algorithm: str) -> None:
    body = noise(3_000_000)
    path = await tus.begun(len(body))
    first, rest = body[:1_500_000], body[1_500_000:]
    assert (await tus.patch(path, 0, first, Upload_Checksum=checksum(first, algorithm))).status == 204
    answer = await tus.patch(path, len(first), rest, Upload_Checksum=checksum(first, algorithm))
    assert (answer.status, answer.code) == (460, "checksum_mismatch")
    assert await tus.offset(path) == len(first)
    for wrong in ("md5 YQ==", "sha1", "sha1 ???", "crc32 YQ==", ""):
        answer = await tus.patch(path, len(first), rest, Upload_Checksum=wrong)
        assert answer.status in (400, 460), wrong
    assert await tus.offset(path) == len(first)
    done = await tus.patch(path, len(first), rest, Upload_Checksum=checksum(rest, algorithm))
    assert done.status == 204
    assert await content(people.ana, done.headers["Upload-File"]) == body


# Expiration and termination


async def test_an_upload_that_nobody_goes_on_with_expires(people: People, tus: Tus, box: Any) -> None:
    made = await tus.create(9, b"hola")
    path = made.headers["Location"]
    assert made.headers["Upload-Expires"].endswith(" GMT")
    assert (await tus.head(path)).headers["Upload-Expires"].endswith(" GMT")
    assert (await tus.patch(path, 4, b"!")).headers["Upload-Expires"].endswith(" GMT")
    unfinished = box.services.resumable.unfinished
    await unfinished.sweep()
    assert await tus.offset(path) == 5
    for one in unfinished.every():
        one.touched -= 25 * 3600
    await unfinished.sweep()
    assert (await tus.head(path)).status == 404
    await nothing_left(box)


async def test_an_upload_that_is_given_up_leaves_nothing(people: People, tus: Tus, box: Any) -> None:
    path = await tus.begun(9, b"hola")
    assert bodies(box)
    assert (await tus.ask("DELETE", path)).status == 204
    await nothing_left(box)
    assert (await tus.head(path)).status == 404
    assert (await tus.patch(path, 4, b"!")).status == 404
    done = await tus.create(4, b"hola")
    assert (await tus.ask("DELETE", done.headers["Location"])).status == 204
    assert await content(people.ana, done.headers["Upload-File"]) == b"hola"  # the file has its own door


# Concatenation


async def test_parts_become_one_file(people: People, tus: Tus, box: Any) -> None:
    pieces = [noise(size) for size in (1_200_000, 1, 0, 700_000)]
    paths = []
    for piece in pieces:
        path = await tus.begun(len(piece), name="", Upload_Concat="partial")
        if piece:
            assert (await tus.patch(path, 0, piece)).status == 204
        assert (await tus.head(path)).headers["Upload-Concat"] == "partial"
        paths.append(path)
    assert (await people.ana.get("/api/uploads")).json["items"] == []
    final = f"final;{paths[0]} http://localhost:1{paths[1]} {' '.join(paths[2:])}"
    made = await tus.create(name="whole.pdf", Upload_Concat=final)
    assert made.status == 201, made.text
    assert await content(people.uma, made.headers["Upload-File"]) == b"".join(pieces)
    answer = await tus.head(made.headers["Location"])
    size = str(sum(map(len, pieces)))
    assert (answer.headers["Upload-Length"], answer.headers["Upload-Offset"]) == (size, size)
    assert answer.headers["Upload-Concat"] == final
    answer = await tus.patch(made.headers["Location"], int(size), b"")
    assert (answer.status, answer.code) == (403, "forbidden")
    assert len(bodies(box)) == 1


async def test_parts_that_cannot_be_joined(people: People, tus: Tus) -> None:
    half = await tus.begun(4, b"ho", name="", Upload_Concat="partial")
    whole = await tus.begun(4, b"hola", name="", Upload_Concat="partial")
    plain = await tus.begun(4)
    theirs = await Tus(people.beto).begun(4, b"hola", Upload_Concat="partial")
    for final, status in (
        (f"final;{whole} {half}", 409),
        (f"final;{whole} {whole}", 400),
        (f"final;{plain}", 400),
        ("final;", 400),
        ("final;/etc/passwd", 400),
        (f"final;{whole} {theirs}", 404),
        (f"final;{PATH}/{'x' * 43}", 404),
        ("all", 400),
    ):
        more = {"Upload_Length": 4} if final == "all" else {}
        assert (await tus.create(Upload_Concat=final, **more)).status == status, final  # type: ignore[arg-type]
    assert (await tus.create(4, Upload_Concat=f"final;{whole}")).status == 400
    assert (await tus.create(b"x", Upload_Concat=f"final;{whole}")).status == 400  # type: ignore[arg-type]
    assert (await tus.create(name="a.exe", Upload_Concat=f"final;{whole}")).status == 415
    made = await tus.create(name="a.txt", Upload_Concat=f"final;{whole}")
    assert await content(people.ana, made.headers["Upload-File"]) == b"hola"
    assert (await tus.head(whole)).status == 404


# Who hangs


async def test_a_new_request_sends_the_hung_one_away(people: People, tus: Tus) -> None:
    path = await tus.begun(1_000_000)
    head = (
        f"PATCH {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {people.ana.token}\r\n"
        f"Tus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\nUpload-Offset: 0\r\nContent-Length: 1000000\r\n\r\n"
    )
    async with wire(people.box.port) as hung:
        await hung.send(head)
        await hung.send(bytes(400_000))
        async with asyncio.timeout(20):
            while people.box.services.arrivals.under_way < 1:
                await asyncio.sleep(0.01)
        offset = await tus.offset(path)
        assert await hung.rest() == b""
    assert 0 <= offset <= 400_000
    async with wire(people.box.port) as hung:
        await hung.send(
            head.replace("Offset: 0", f"Offset: {offset}").replace("1000000\r", f"{1_000_000 - offset}\r")
        )
        await hung.send(bytes(100))
        answer = await tus.patch(path, await tus.offset(path), bytes(10))
        assert answer.status == 204
        reached = int(answer.headers["Upload-Offset"])
    done = await tus.patch(path, reached, bytes(1_000_000 - reached))
    assert (await people.ana.get(f"/api/uploads/{done.headers['Upload-File']}")).json["sha256"] == (
        hashlib.sha256(bytes(1_000_000)).hexdigest()
    )


async def test_the_same_program_started_again_goes_on(boxes: Boxes) -> None:
    box = await boxes.claimed()
    admin = await People(box).admin.sign_in()
    body = noise(5_000_000)
    path = await Tus(admin).begun(len(body), body[:3_000_000])
    box = await boxes.again(box)
    admin.box = box
    again = Tus(admin)
    assert await again.offset(path) == 3_000_000
    done = await again.patch(path, 3_000_000, body[3_000_000:])
    assert done.status == 204
    file = done.headers["Upload-File"]
    assert await content(admin, file) == body
    box = await boxes.again(box)
    admin.box = box
    answer = await Tus(admin).head(path)
    assert (answer.headers["Upload-Offset"], answer.headers["Upload-File"]) == ("5000000", file)
    path = await Tus(admin).begun(9, b"hola")
    boxes.new_boot()
    admin.box = box = await boxes.again(box)
    assert (await Tus(admin).head(path)).status == 404  # a boot goes back to what was saved
    assert box.services.resumable.unfinished.every() == []
    await admin.leave()
