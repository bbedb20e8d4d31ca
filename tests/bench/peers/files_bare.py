"""The limit of files: a program that only receives, hashes and writes, or hands a file to the kernel."""

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
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with connection:
                while answered(connection, target):
                    pass


def answered(connection: socket.socket, target: str) -> bool:
    """One request; false at the end of the connection."""
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65536)
        if not more:
            return False
        head += more
    head, _, rest = head.partition(b"\r\n\r\n")
    if head.startswith(b"GET"):
        give(connection, target)
    else:
        found = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
        assert found is not None
        receive(connection, target, rest, int(found[1]) - len(rest))
    return True


def receive(connection: socket.socket, target: str, rest: bytes, left: int) -> None:
    digest = hashlib.sha256(rest)
    buffer = memoryview(bytearray(min(left, PIECE)))
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


def give(connection: socket.socket, target: str) -> None:
    fd = os.open(target, os.O_RDONLY)
    size = os.fstat(fd).st_size
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % size)
    sent = 0
    while sent < size:
        sent += os.sendfile(connection.fileno(), fd, sent, size - sent)
    os.close(fd)


if __name__ == "__main__":
    serve(f"{sys.argv[1]}/a.bin")
