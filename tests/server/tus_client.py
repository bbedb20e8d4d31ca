"""tus 1.0.0 as a client speaks it, header by header, for tests that say exactly what they send."""

import base64
import hashlib
from typing import Any

from tests.people import Answer, Person

PATH = "/api/uploads/tus"
BODY = "application/offset+octet-stream"


def metadata(**values: str) -> str:
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in values.items())


def checksum(data: bytes, algorithm: str = "sha1") -> str:
    digest = hashlib.new(algorithm, data, usedforsecurity=False).digest()
    return f"{algorithm} {base64.b64encode(digest).decode()}"


class Tus:
    """One person's requests. Every method returns the bare answer."""

    def __init__(self, person: Person) -> None:
        self.person = person

    async def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        *,
        resumable: str | None = "1.0.0",
        **more: Any,
    ) -> Answer:
        headers = {name.replace("_", "-"): str(value) for name, value in more.items() if value is not None}
        if resumable:
            headers["Tus-Resumable"] = resumable
        return await self.person.request(method, path, body, headers)

    async def create(
        self, size: int | None = None, body: bytes | None = None, *, name: str = "a.txt", **more: Any
    ) -> Answer:
        if size is not None:
            more["Upload_Length"] = size
        if body is not None:
            more.setdefault("Content_Type", BODY)
        if name:
            more.setdefault("Upload_Metadata", metadata(filename=name))
        return await self.ask("POST", PATH, body, **more)

    async def begun(self, size: int | None = None, body: bytes | None = None, **more: Any) -> str:
        """The address of a new upload."""
        made = await self.create(size, body, **more)
        assert made.status == 201, made.text
        return str(made.headers["Location"])

    async def patch(self, path: str, offset: int, body: bytes, **more: Any) -> Answer:
        more.setdefault("Content_Type", BODY)
        return await self.ask("PATCH", path, body, Upload_Offset=offset, **more)

    async def head(self, path: str, **more: Any) -> Answer:
        return await self.ask("HEAD", path, **more)

    async def offset(self, path: str) -> int:
        answer = await self.head(path)
        assert answer.status == 200, answer.status
        return int(answer.headers["Upload-Offset"])
