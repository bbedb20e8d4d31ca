"""The quarantine as people meet it: what looks dangerous is held back, looked at, released or rejected."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from appliance.store import audit
from tests import samples
from tests.boxes import Boxes
from tests.host.clamd import EICAR, Clamd, clamd, dying, hanging, impostor, saying
from tests.people import People, Person


@pytest.fixture(scope="module")
def real() -> Iterator[Clamd]:
    with clamd() as one:
        yield one


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.domain.quarantine.RETRY_SECONDS", 0.05)
    monkeypatch.setattr("appliance.domain.quarantine.PAUSE_SECONDS", 0.02)


@asynccontextmanager
async def company(boxes: Boxes, **settings: Any) -> AsyncIterator[People]:
    """The usual people, on a box with other settings."""
    group = People(await boxes.claimed(**settings))
    await group.gather()
    try:
        yield group
    finally:
        await group.leave()


async def put(person: Person, name: str, body: bytes) -> dict[str, Any]:
    sent = await person.put(f"/api/uploads/{name}", body)
    assert sent.status == 201, sent.text
    file: dict[str, Any] = sent.json
    return file


async def seen(person: Person, file: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await person.get(f"/api/uploads/{file['id']}")).json
    return found


async def fetch(person: Person, file: dict[str, Any]) -> Any:
    return await person.get(f"/api/uploads/{file['id']}/content")


async def decide(person: Person, file: dict[str, Any], what: str) -> Any:
    return await person.post(f"/api/uploads/{file['id']}/{what}")


async def scanned(person: Person, file: dict[str, Any]) -> dict[str, Any]:
    """The file, once it does not wait for the antivirus any more."""
    async with asyncio.timeout(20):
        while (found := await seen(person, file))["scan"] == "pending":
            await asyncio.sleep(0.02)
    return found


def why(file: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in file["reasons"]]


async def test_what_looks_dangerous_waits_for_an_administrator(box: Any, people: People) -> None:
    uma, admin = await people.uma.connect(), await people.admin.connect()
    file = await put(people.ana, "dibujo.svg", samples.SVG)
    assert (file["state"], file["scan"], file["reasons"]) == (
        "quarantined",
        "flagged",
        [{"code": "svg", "params": {}}],
    )
    assert file["public_url"] is None
    heard = await uma.wait("upload")
    assert {key: heard[key] for key in ("id", "state", "scan")} == {
        "id": file["id"],
        "state": "quarantined",
        "scan": "flagged",
    }
    notice = await admin.wait("notice")
    assert (notice["code"], notice["params"]) == ("file_flagged", {"id": file["id"], "name": "dibujo.svg"})
    for person in (people.ana, people.uma):
        refused = await fetch(person, file)
        assert (refused.status, refused.code) == (403, "quarantined")
        assert refused.json["error"]["params"] == {"reason": "flagged"}
    assert (await fetch(people.admin, file)).content == samples.SVG
    listed = (await people.admin.get("/api/uploads?state=quarantined&scan=flagged")).json["items"]
    assert listed == [file]
    assert (await people.admin.get("/api/uploads?scan=clean")).json["items"] == []
    assert (await people.admin.get("/api/uploads?scan=nonsense")).code == "bad_request"
    overview = (await people.admin.get("/api/uploads/review")).json
    assert overview == {
        "waiting": 1,
        "pending": 0,
        "flagged": 1,
        "release": "open",
        "antivirus": {"on": False, "answers": False, "version": None, "signatures_at": None},
    }
    released = await decide(people.admin, file, "release")
    assert (released.status, released.json["state"]) == (200, "released")
    assert released.json["public_url"]
    heard = await uma.wait(lambda frame: frame.get("state") == "released")
    assert heard["id"] == file["id"]
    fetched = await fetch(people.uma, file)
    assert fetched.content == samples.SVG
    assert fetched.headers["Content-Disposition"].startswith("attachment;")
    inline = await people.uma.get(f"/api/uploads/{file['id']}/content?inline=1")
    assert inline.headers["Content-Disposition"].startswith("attachment;")
    assert not any(frame["type"] == "notice" for frame in list(uma.frames._queue))  # type: ignore[attr-defined]


async def test_what_was_rejected_is_rejected_wherever_it_is_and_whenever_it_comes(
    boxes: Boxes, box: Any, people: People
) -> None:
    uma = await people.uma.connect()
    first = await put(people.ana, "uno.txt", b"las mismas palabras")
    second = await put(people.beto, "dos.txt", b"las mismas palabras")
    other = await put(people.ana, "otro.txt", b"otras")
    assert (await fetch(people.uma, second)).status == 200
    rejected = await decide(people.admin, first, "reject")
    assert (rejected.status, rejected.json["state"]) == (200, "rejected")
    for file in (first, second):
        assert await uma.wait(lambda f, id=file["id"]: f.get("id") == id and f.get("state") == "rejected")
        refused = await fetch(people.uma, file)
        assert refused.json["error"]["params"] == {"reason": "rejected"}
        assert (await fetch(people.admin, file)).status == 200
    assert (await fetch(people.uma, other)).status == 200
    again = await put(people.beto, "inocente.txt", b"las mismas palabras")
    assert (again["state"], why(again)) == ("rejected", ["rejected_before"])
    noted = await box.store.box.read(audit.newest)
    assert [(row.action, row.actor_name, row.subject) for row in noted[:1]] == [
        ("file_rejected", "Marta", first["id"])
    ]
    assert noted[0].detail == {"name": "uno.txt", "sha256": first["sha256"]}

    boxes.new_boot()  # nothing was saved: the content is gone, the decision is not
    box = await boxes.again(box)
    later = People(box)
    await later.admin.sign_in()
    third = await put(later.admin, "tres.txt", b"las mismas palabras")
    fourth = await put(later.admin, "cuatro.txt", b"las mismas palabras")
    assert (third["state"], fourth["state"]) == ("rejected", "rejected")
    assert (await decide(later.admin, third, "release")).json["state"] == "released"
    assert (await seen(later.admin, fourth))["state"] == "quarantined"
    assert (await put(later.admin, "cinco.txt", b"las mismas palabras"))["state"] == "quarantined"
    await later.leave()


async def test_a_crash_between_a_decision_and_its_files(boxes: Boxes, box: Any, people: People) -> None:
    file = await put(people.ana, "uno.txt", b"hola")
    assert (await decide(people.admin, file, "reject")).status == 200
    await box.store.content.write(lambda db: db.execute("UPDATE files SET state = 'quarantined'"))
    box = await boxes.again(box)
    admin = await Person(box, people.admin.username, people.admin.password).sign_in()
    assert (await seen(admin, file))["state"] == "rejected"


async def test_only_administrators_decide(people: People) -> None:
    file = await put(people.ana, "uno.txt", b"hola")
    for what in ("release", "reject"):
        assert (await decide(people.ana, file, what)).code == "forbidden"
        assert (await decide(people.admin, {"id": "f_nothing"}, what)).code == "not_found"
    assert (await people.ana.get("/api/uploads/review")).code == "forbidden"


async def test_a_strict_box_gives_out_what_was_released_and_nothing_else(boxes: Boxes) -> None:
    async with company(boxes, release="strict") as people:
        assert (await people.ana.connect()).welcome["limits"]["released_only"] is True
        assert "released_only" not in (await people.admin.connect()).welcome["limits"]
        file = await put(people.ana, "acta.txt", b"hola")
        assert (file["scan"], file["public_url"]) == ("unscanned", None)
        for person in (people.ana, people.uma):
            refused = await fetch(person, file)
            assert (refused.code, refused.json["error"]["params"]) == ("quarantined", {"reason": "strict"})
        assert (await people.uma.post(f"/api/uploads/{file['id']}/link")).code == "quarantined"
        assert (await fetch(people.admin, file)).status == 200
        assert (await decide(people.admin, file, "release")).status == 200
        assert (await fetch(people.uma, file)).content == b"hola"
        assert (await people.admin.get("/api/uploads/review")).json["release"] == "strict"


async def test_what_was_released_may_be_saved_whatever_it_looks_like(
    boxes: Boxes, box: Any, people: People
) -> None:
    keep = await put(people.ana, "logo.svg", samples.SVG)
    lose = await put(people.ana, "otro.svg", samples.SVG + b"<!-- -->")
    await decide(people.admin, keep, "release")
    assert (await people.admin.post("/api/stable", {})).status == 201
    boxes.new_boot()
    box = await boxes.again(box)
    admin = await Person(box, people.admin.username, people.admin.password).sign_in()
    assert (await seen(admin, keep))["state"] == "released"
    assert (await admin.get(f"/api/uploads/{lose['id']}")).status == 404


# With an antivirus


async def test_a_real_clamd_says_clean_and_finds_what_it_knows(boxes: Boxes, real: Clamd) -> None:
    async with company(boxes, clamd_socket=real.socket) as people:
        uma, admin = await people.uma.connect(), await people.admin.connect()
        good = await put(people.ana, "nota.txt", b"hola")
        bad = await put(people.ana, "factura.txt", EICAR)
        packed = await put(people.ana, "fotos.zip", samples.zipped(("factura.txt", EICAR)))
        assert good["scan"] == bad["scan"] == "pending"
        assert (await scanned(people.uma, good))["scan"] == "clean"
        for file in (bad, packed):
            found = await scanned(people.uma, file)
            assert (found["state"], found["scan"]) == ("quarantined", "flagged")
            assert found["reasons"] == [{"code": "virus", "params": {"name": "Eicar-Test.UNOFFICIAL"}}]
            assert (await fetch(people.uma, file)).code == "quarantined"
            notice = await admin.wait("notice")
            assert (notice["code"], notice["params"]["id"]) == ("file_flagged", file["id"])
        told = [await uma.wait("upload") for _ in range(6)]
        assert [frame["ev"] for frame in told] == sorted(frame["ev"] for frame in told)
        assert {(frame["id"], frame["scan"]) for frame in told if frame["scan"] != "pending"} == {
            (good["id"], "clean"),
            (bad["id"], "flagged"),
            (packed["id"], "flagged"),
        }
        assert (await fetch(people.uma, good)).content == b"hola"
        antivirus = (await people.admin.get("/api/uploads/review")).json["antivirus"]
        assert (antivirus["on"], antivirus["answers"], antivirus["signatures_at"]) == (True, True, None)
        assert antivirus["version"]


async def test_clean_of_viruses_is_not_clean_of_what_it_is(boxes: Boxes, real: Clamd) -> None:
    async with company(boxes, clamd_socket=real.socket) as people:
        page = await scanned(people.uma, await put(people.admin, "pagina.html", samples.PAGE))
        assert (page["scan"], why(page)) == ("flagged", ["html"])
        packed = await scanned(people.uma, await put(people.ana, "fotos.7z", samples.SEVEN_ZIP))
        assert (packed["scan"], why(packed)) == ("clean", ["not_looked_into"])


async def test_nothing_goes_out_while_it_waits_and_the_queue_outlives_the_antivirus(
    boxes: Boxes, expect_log: Any
) -> None:
    expect_log("the antivirus does not answer")
    with clamd() as one:
        one.stop()
        async with company(boxes, clamd_socket=one.socket) as people:
            admin = await people.admin.connect()
            files = [await put(people.ana, f"{n}.txt", b"hola %d" % n) for n in range(5)]
            bad = await put(people.ana, "factura.txt", EICAR)
            notice = await admin.wait("notice")
            assert notice["code"] == "antivirus_silent"
            refused = await fetch(people.uma, files[0])
            assert (refused.code, refused.json["error"]["params"]) == ("quarantined", {"reason": "pending"})
            overview = (await people.admin.get("/api/uploads/review")).json
            assert (overview["pending"], overview["antivirus"]["answers"]) == (6, False)
            assert (await people.ana.delete(f"/api/uploads/{files[4]['id']}")).status == 204
            # An administrator need not wait; what the antivirus says afterwards counts all the same.
            assert (await decide(people.admin, files[3], "release")).status == 200
            assert (await fetch(people.uma, files[3])).content == b"hola 3"
            assert (await decide(people.admin, bad, "release")).status == 200
            one.start()
            for file in files[:3]:
                assert (await scanned(people.uma, file))["scan"] == "clean"
            kept = await scanned(people.uma, files[3])
            assert (kept["state"], kept["scan"]) == ("released", "clean")
            found = await scanned(people.uma, bad)
            assert (found["state"], found["scan"]) == ("quarantined", "flagged")
            assert (await fetch(people.uma, bad)).code == "quarantined"


@pytest.mark.parametrize(
    ("answer", "scan", "reason"),
    [
        (hanging, "flagged", "antivirus_timeout"),
        (dying, "flagged", "antivirus_broken"),
        (saying(b"OK\n"), "flagged", "antivirus_broken"),
        (saying(b"stream: Can't allocate memory ERROR\0"), "flagged", "antivirus_broken"),
        (saying(b"fd[9]: Heuristics.Limits.Exceeded.MaxScanTime FOUND\0"), "unscanned", "antivirus_limits"),
        (saying(b"fd[9]: Heuristics.Encrypted.RAR FOUND\0"), "flagged", "encrypted"),
    ],
    ids=["hangs", "dies", "says what nobody understands", "fails", "gives up", "finds a locked archive"],
)
async def test_whatever_the_antivirus_does_a_file_is_never_clean_by_it(
    boxes: Boxes, answer: Any, scan: str, reason: str
) -> None:
    async with impostor(answer) as path, company(boxes, clamd_socket=path, scan_timeout_seconds=1) as people:
        uma = await people.uma.connect()
        file = await put(people.ana, "nota.txt", b"hola")
        await people.uma.post("/api/rooms/r_general/messages", {"body": "nadie espera"})
        assert (await uma.wait("message"))["body"] == "nadie espera"
        found = await scanned(people.uma, file)
        assert (found["scan"], why(found)) == (scan, [reason])


async def test_one_stumble_of_the_antivirus_is_forgiven(boxes: Boxes) -> None:
    once = saying(b"nonsense", b"fd[9]: OK\0")
    async with impostor(once) as path, company(boxes, clamd_socket=path) as people:
        assert (await scanned(people.uma, await put(people.ana, "nota.txt", b"hola")))["scan"] == "clean"


async def test_a_hanging_antivirus_does_not_keep_the_box_from_stopping(boxes: Boxes) -> None:
    async with impostor(hanging) as path:
        box = await boxes.claimed(clamd_socket=path)
        people = People(box)
        await people.gather()
        await put(people.ana, "nota.txt", b"hola")
        async with asyncio.timeout(20):
            await boxes.stop(box)
        await people.leave()


async def test_without_its_antivirus_a_box_goes_on_and_says_so(boxes: Boxes, expect_log: Any) -> None:
    expect_log("the antivirus does not answer")
    missing = boxes.folder / "clamd.sock"
    box = await boxes.claimed(clamd_socket=missing)
    people = People(box)
    await people.gather()
    plain = await put(people.ana, "nota.txt", b"hola")
    page = await put(people.admin, "pagina.html", samples.PAGE)
    box = await boxes.again(box)
    uma = await Person(box, "uma").sign_in()
    assert (await seen(uma, plain))["scan"] == "unscanned"
    assert (await seen(uma, page))["scan"] == "flagged"
    assert (await fetch(uma, plain)).content == b"hola"
    await people.leave()


async def test_what_came_before_the_antivirus_is_scanned_when_it_is_switched_on(
    boxes: Boxes, real: Clamd
) -> None:
    box = await boxes.claimed()
    admin = await People(box).admin.sign_in()
    bodies = {
        "uno.txt": b"uno",
        "virus.txt": EICAR,
        "bomba.zip": samples.zipped(("a.txt", EICAR)),
        "no.txt": b"no",
    }
    files = {name: await put(admin, name, body) for name, body in bodies.items()}
    assert {file["scan"] for file in files.values()} == {"unscanned"}
    assert (await decide(admin, files["bomba.zip"], "release")).status == 200
    assert (await decide(admin, files["no.txt"], "reject")).status == 200
    await admin.leave()
    box = await boxes.again(box, clamd_socket=real.socket)
    admin = await People(box).admin.sign_in()
    socket = await admin.connect()
    async with asyncio.timeout(20):
        while len((await admin.get("/api/uploads?scan=unscanned")).json["items"]) > 1:
            await asyncio.sleep(0.02)
    found = {name: await seen(admin, file) for name, file in files.items()}
    assert {name: (file["state"], file["scan"], why(file)) for name, file in found.items()} == {
        "uno.txt": ("quarantined", "clean", []),
        "virus.txt": ("quarantined", "flagged", ["virus"]),
        "bomba.zip": ("quarantined", "flagged", ["virus"]),  # released by somebody who could not know
        "no.txt": ("rejected", "unscanned", []),
    }
    assert (await put(admin, "tres.txt", b"tres"))["scan"] == "pending"
    assert await socket.wait(lambda frame: frame.get("scan") == "clean")
    noted = await box.store.box.write(audit.newest)  # after what is queued: nobody waited for those lines
    flagged = [row for row in noted if row.action == "file_flagged"]
    assert {row.subject for row in flagged} == {files["virus.txt"]["id"], files["bomba.zip"]["id"]}
    assert {row.actor_name for row in flagged} == {"PiChat"}
    await admin.leave()


async def test_what_the_antivirus_could_not_look_at_is_not_asked_about_again_and_again(boxes: Boxes) -> None:
    asked = 0

    async def limits(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal asked
        asked += 1
        await saying(b"fd[9]: Heuristics.Limits.Exceeded.MaxScanTime FOUND\0")(reader, writer)

    box = await boxes.claimed()
    admin = await People(box).admin.sign_in()
    file = await put(admin, "uno.txt", b"uno")
    await admin.leave()
    async with impostor(limits) as socket:
        box = await boxes.again(box, clamd_socket=socket)
        admin = await People(box).admin.sign_in()
        async with asyncio.timeout(20):
            while not why(await seen(admin, file)):
                await asyncio.sleep(0.02)
        assert (await seen(admin, file))["scan"] == "unscanned"
        assert (await fetch(admin, file)).status == 200
        await asyncio.sleep(0.1)
        assert asked == 1
        await admin.leave()
        await boxes.stop(box)


async def test_who_brought_a_rejected_file_is_told_why(people: People) -> None:
    file = await put(people.ana, "cartel.svg", samples.SVG)
    twin = await put(people.beto, "copia.svg", samples.SVG)
    word = {"reason": "Es del año pasado.\nSube el nuevo."}
    path = f"/api/uploads/{file['id']}"
    rejected = (await people.admin.post(f"{path}/reject", word)).json
    said = {"code": "said", "params": {"text": "Es del año pasado.\N{REPLACEMENT CHARACTER}Sube el nuevo."}}
    assert rejected["reasons"][0] == said
    for person, one in ((people.ana, file), (people.beto, twin)):
        assert (await seen(person, one))["reasons"] == [said, *one["reasons"]]
    for other in (people.uma, people.beto):
        assert (await seen(other, file))["reasons"] == file["reasons"]
    listed = (await people.uma.get("/api/uploads")).json["items"]
    assert {reason["code"] for one in listed for reason in one["reasons"]} == {"svg"}
    released = (await people.admin.post(f"{path}/release")).json
    assert (released["state"], released["reasons"]) == ("released", file["reasons"])
    long = (await people.admin.post(f"{path}/reject", {"reason": "a" * 5000})).json
    assert len(long["reasons"][0]["params"]["text"]) == 120
    assert (await people.admin.post(f"{path}/reject", {"reason": 7})).code == "bad_request"
