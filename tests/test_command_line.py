"""The command line as people meet it: one clear line and a non-zero exit for whatever is wrong."""

import socket
from pathlib import Path

import pytest

from appliance.base.ids import normal_code
from tests.served import Served, command, eventually


def refused(*words: str, **env: str) -> str:
    ran = command(*words, **env)
    assert ran.returncode == 1, ran.stdout + ran.stderr
    lines = [line for line in ran.stderr.splitlines() if line.startswith("pichat: ")]
    assert len(lines) == 1, ran.stderr
    assert "Traceback" not in ran.stderr
    return lines[0]


def test_the_greeting_says_where_how_and_with_which_code(tmp_path: Path) -> None:
    served = Served(tmp_path / "data")
    try:
        assert f"http://127.0.0.1:{served.port}" in served.greeting
        assert "█" in served.greeting
        assert "allowed origins: its own pages only" in served.greeting
        assert served.claim_code in served.greeting
        assert len(normal_code(served.claim_code)) == 13
    finally:
        assert served.stop() == 0


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused("serve", "--host", "127.0.0.1", "--port", port, "--data", str(tmp_path / "data"))
    assert port in said


def test_two_boxes_cannot_have_one_data_folder(tmp_path: Path) -> None:
    served = Served(tmp_path / "data")
    try:
        said = refused("serve", "--port", "0", "--data", str(served.data))
        assert str(served.data) in said
    finally:
        served.stop()


def test_a_data_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    assert "file" in refused("serve", "--port", "0", "--data", str(tmp_path / "file" / "data"))


@pytest.mark.parametrize("words", [("--set", "prot=80"), ("--set", "port"), ("--set", "port=many")])
def test_a_wrong_setting_is_one_clear_line(tmp_path: Path, words: tuple[str, str]) -> None:
    said = refused("serve", "--data", str(tmp_path / "data"), *words)
    assert "port" in said


def test_an_unknown_name_in_the_environment_gets_the_nearest_right_one(tmp_path: Path) -> None:
    assert "PICHAT_PORT" in refused("serve", "--data", str(tmp_path / "data"), PICHAT_PROT="80")


def test_a_demonstration_stays_one(tmp_path: Path) -> None:
    demo = tmp_path / "demo"
    served = Served(demo, "--demo")
    try:
        assert "DEMONSTRATION" in served.greeting
        assert not (demo / "claim.txt").exists()
    finally:
        served.stop()
    assert "demonstration" in refused("serve", "--port", "0", "--data", str(demo))


def test_what_was_acknowledged_outlives_a_killed_process(tmp_path: Path) -> None:
    served = Served(tmp_path / "data")
    code = served.claim_code
    served.kill()
    again = Served(tmp_path / "data")
    try:
        assert again.claim_code == code
        eventually(lambda: "the session of this boot goes on" in again.log)
    finally:
        again.stop()
