"""A build that somebody ends, by keyboard or from outside, puts its things away and leaves nobody running."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BEGIN = "import sys; from pathlib import Path; from image import base, tools\n"


def started(code: str, *words: str | Path, **env: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", BEGIN + code, *map(str, words)]
    pipe = subprocess.PIPE
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **env}
    return subprocess.Popen(command, env=environment, text=True, stdin=pipe, stdout=pipe, stderr=pipe)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_download_that_is_stopped_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    code = "sys.exit(tools.main(lambda words: base.open_base(words[0], Path(words[1])), sys.argv[1:]))"
    with socket.create_server(("127.0.0.1", 0)) as archive:
        url = f"http://127.0.0.1:{archive.getsockname()[1]}/base.img.xz#{'0' * 64}"
        with started(code, url, tmp_path, XDG_CACHE_HOME=str(tmp_path)) as building:
            asked, _ = archive.accept()
            with asked:
                asked.sendall(b"HTTP/1.0 200 OK\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1000)
                building.send_signal(number)
                _, said = building.communicate()
    assert building.returncode == 128 + number
    assert said.splitlines()[-1] == "-c: stopped"
    assert "Traceback" not in said
    assert list((tmp_path / "pichat").iterdir()) == []


def test_a_program_that_runs_for_the_build_ends_with_it_and_all_it_started_too(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    code = """
def work(words):
    try:
        tools.run("sh", "-c", 'exec 9>"$1"; sleep 600 & echo >&9; wait', "sh", words[0])
    finally:
        tools.run("touch", words[0] + ".put-away")
sys.exit(tools.main(work, sys.argv[1:]))
"""
    with started(code, pipe) as building, pipe.open() as held:
        held.readline()
        building.terminate()
        assert held.read() == ""  # until nobody is left who has it open
        _, said = building.communicate()
    assert building.returncode == 128 + signal.SIGTERM
    assert said == "-c: stopped\n"
    assert (tmp_path / "pipe.put-away").exists()


def test_one_that_is_just_being_started_ends_too(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    code = """
import os, signal, subprocess
class Starting(subprocess.Popen):
    def __init__(self, *words, **more):
        super().__init__(*words, **more)
        os.kill(os.getpid(), signal.SIGTERM)
subprocess.Popen = Starting
script = 'exec 9>"$1"; exec sleep 600'
sys.exit(tools.main(lambda words: tools.run("sh", "-c", script, "sh", words[0]), sys.argv[1:]))
"""
    held = os.open(pipe, os.O_RDWR)  # so that nobody waits for the other end
    with started(code, pipe) as building:
        _, said = building.communicate()
    ours = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    os.close(held)
    assert os.read(ours, 1) == b""  # and not "nothing yet"
    os.close(ours)
    assert (building.returncode, said) == (128 + signal.SIGTERM, "-c: stopped\n")


def test_nothing_that_the_build_runs_can_wait_for_an_answer() -> None:
    with started('print(repr(tools.run("cat")))') as building:
        out, _ = building.communicate("an answer\n")
    assert out == "''\n"
