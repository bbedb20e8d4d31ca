"""The bytes of one file on their way out, read off the loop. Must not decide who gets them."""

import asyncio
import os
from concurrent.futures import Executor
from typing import BinaryIO

from appliance.domain.custody import may_inline
from appliance.store.blobs import Blobs
from appliance.store.files import FileRow

PIECE = 1024 * 1024


class Reader:
    """An open body. It stays readable when the file is deleted meanwhile."""

    def __init__(self, row: FileRow, body: BinaryIO, pool: Executor) -> None:
        self.row = row
        self._body = body
        self._pool = pool

    @classmethod
    async def open(cls, row: FileRow, blobs: Blobs, pool: Executor) -> "Reader":
        body = await asyncio.get_running_loop().run_in_executor(pool, blobs.open_read, row.sha256)
        return cls(row, body, pool)

    @property
    def may_inline(self) -> bool:
        """Whether a browser may show it in place."""
        return may_inline(self.row)

    async def read(self, offset: int, size: int) -> bytes:
        """At most a piece; empty at the end, and when the box is closing."""
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                self._pool, os.pread, self._body.fileno(), min(size, PIECE), offset
            )
        except RuntimeError:  # the pool takes nothing more
            return b""

    def close(self) -> None:
        self._body.close()
