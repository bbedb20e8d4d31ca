"""The limit: a program that only receives, hashes and writes. For comparison with uploads."""

import hashlib
import os
import re
import socket
import sys

PIECE = 2**20


def serve(target: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        print(door.getsockname()[1], flush=True)
        while True:
            connection, _ = door.accept()
            with connection:
                receive(connection, target)


def receive(connection: socket.socket, target: str) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65536)
    head, _, rest = head.partition(b"\r\n\r\n")
    found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    assert found is not None
    left = int(found[1]) - len(rest)
    digest = hashlib.sha256(rest)
    buffer = memoryview(bytearray(PIECE))
    fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.write(fd, rest)
    while left:
        size = connection.recv_into(buffer, min(left, PIECE))
        digest.update(buffer[:size])
        os.write(fd, buffer[:size])
        left -= size
    os.close(fd)
    answer = digest.hexdigest().encode()
    connection.sendall(b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % len(answer) + answer)


if __name__ == "__main__":
    serve(sys.argv[1])
