"""Real tus clients against the box: tus-js-client under node, tuspy, curl. The bytes are equal at the end."""

import asyncio
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from tusclient import client as tuspy

from tests.noise import noise
from tests.people import People
from tests.served import ROOT
from tests.server.sending import curl
from tests.server.tus_client import PATH, Tus, metadata

MB = 1_000_000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "datos.zip"
    path.write_bytes(noise(5 * MB + 7))
    return path


async def node(people: People, file: Path, **options: Any) -> Any:
    """What tus-js-client says when it is through."""
    wish = {
        "endpoint": f"http://127.0.0.1:{people.box.port}{PATH}",
        "token": people.ana.token,
        "file": str(file),
        "name": file.name,
        **options,
    }
    process = await asyncio.create_subprocess_exec(
        *("node", "tus_upload.mjs", json.dumps(wish)),
        cwd=ROOT / "tests" / "js",
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await asyncio.wait_for(process.communicate(), 120)
    return json.loads(output)


async def arrived(people: People, file: Path) -> None:
    """The newest file of the list is this one, byte for byte."""
    newest = (await people.uma.get("/api/uploads?limit=1")).json["items"][0]
    assert newest["name"] == file.name
    assert newest["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"chunkSize": MB},
        {"uploadDataDuringCreation": True},
        {"uploadDataDuringCreation": True, "chunkSize": 2 * MB},
        {"parallelUploads": 4},
        {"overridePatchMethod": True, "chunkSize": 3 * MB},
        {"stream": True, "uploadSize": 5 * MB + 7, "chunkSize": MB},
    ],
    ids=lambda options: "+".join(options) or "plain",
)
async def test_tus_js_client(people: People, file: Path, options: dict[str, Any]) -> None:
    seen = await node(people, file, **options)
    assert "error" not in seen, seen
    assert seen["file"].startswith("f_")
    await arrived(people, file)


async def test_tus_js_client_resumes_and_gives_up(people: People, file: Path) -> None:
    body = file.read_bytes()
    path = await Tus(people.ana).begun(len(body), body[: 2 * MB], name=file.name)
    seen = await node(people, file, uploadUrl=f"http://127.0.0.1:{people.box.port}{path}")
    assert seen.get("progressed") == len(body), seen
    await arrived(people, file)
    seen = await node(people, file, chunkSize=MB, terminate=True)
    assert seen.get("terminated"), seen
    assert (await Tus(people.ana).head(seen["url"].partition(str(people.box.port))[2])).status == 404
    empty = file.with_name("vacio.txt")
    empty.write_bytes(b"")
    assert "error" not in await node(people, empty)
    await arrived(people, empty)
    wrong = file.with_name("programa.exe")
    wrong.write_bytes(b"MZ")
    assert (await node(people, wrong))["status"] == 415


async def test_tuspy(people: People, file: Path, tmp_path: Path) -> None:
    url = f"http://127.0.0.1:{people.box.port}{PATH}"

    def send(stop_at: int | None = None, **more: Any) -> None:
        mine = tuspy.TusClient(url, headers={"Authorization": f"Bearer {people.ana.token}"})
        with file.open("rb") as stream:
            told = {"filename": file.name}
            mine.uploader(file_stream=stream, chunk_size=MB, metadata=told, **more).upload(stop_at)

    await asyncio.to_thread(send)
    await arrived(people, file)
    await asyncio.to_thread(send, upload_checksum=True)
    await arrived(people, file)
    body = file.read_bytes()
    path = await Tus(people.ana).begun(len(body), name=file.name)

    def resume(stop_at: int | None) -> None:
        mine = tuspy.TusClient(url)
        whole = f"http://127.0.0.1:{people.box.port}{path}"
        with file.open("rb") as stream:
            mine.uploader(file_stream=stream, chunk_size=MB, url=whole).upload(stop_at)

    await asyncio.to_thread(resume, 2 * MB)
    assert await Tus(people.ana).offset(path) == 2 * MB
    await asyncio.to_thread(resume, None)
    await arrived(people, file)


async def test_curl_speaks_it_in_three_lines(people: People, file: Path) -> None:
    ours = ("-H", "Tus-Resumable: 1.0.0")
    size = file.stat().st_size
    said = (
        "-X",
        "POST",
        "-H",
        f"Upload-Length: {size}",
        "-H",
        f"Upload-Metadata: {metadata(filename=file.name)}",
    )
    made = await curl(people.box.port, PATH, "-D", "-", *ours, *said, by=people.ana)
    assert made.status == 201
    path = next(
        line.split(b": ")[1].decode() for line in made.content.splitlines() if line.startswith(b"Location")
    )
    kind = ("-H", "Content-Type: application/offset+octet-stream")
    body = (
        "-X",
        "PATCH",
        "--data-binary",
        f"@{file}",
        "-H",
        "Upload-Offset: 0",
        "-H",
        "Expect: 100-continue",
    )
    sent = await curl(people.box.port, path, *ours, *kind, *body, by=people.ana)
    assert sent.status == 204
    await arrived(people, file)
    path = await Tus(people.ana).begun(size, name=file.name)
    chunked = ("-X", "PATCH", "-T", str(file), "-H", "Transfer-Encoding: chunked", "-H", "Upload-Offset: 0")
    assert (await curl(people.box.port, path, *ours, *kind, *chunked, by=people.ana)).status == 204
    await arrived(people, file)
