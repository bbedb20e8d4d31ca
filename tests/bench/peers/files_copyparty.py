"""copyparty with one folder that everybody may write, no index, and the hash that we make too."""

import os
import socket
import sys

if __name__ == "__main__":
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    print(port, flush=True)
    words = ["-q", "-i", "127.0.0.1", "-p", str(port), "-v", f"{sys.argv[1]}::rwmd", "--put-ck", "sha256"]
    os.environ["XDG_CONFIG_HOME"] = sys.argv[1]  # it keeps notes of its own
    os.execv(
        sys.executable, [sys.executable, "-m", "copyparty", *words, "--wram"]
    )  # a folder in memory will do
