"""The box's own authority: what it signs is believed, by whom, for what and for how long."""

import ssl
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from appliance.host import signing
from appliance.host.certificates import NAMES, NETWORKS, Certificates, permitted
from tests.clocks import DAY, MovedClock
from tests.conftest import Expected

HERE = ("127.0.0.1", "::1", "localhost", "pichat.local", "192.168.1.20")


@pytest.fixture
def clock() -> MovedClock:
    return MovedClock()


@pytest.fixture
def made(tmp_path: Path, clock: MovedClock) -> Certificates:
    one = Certificates(tmp_path, clock)
    assert one.renew(HERE)
    return one


def handshake(chain: Path, authority: bytes, name: str) -> None:
    """A client that trusts this authority meets a server with this chain. Raises what it finds wrong."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain)
    client = ssl.create_default_context(cadata=authority)
    client.verify_flags |= ssl.VERIFY_X509_STRICT
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    near = client.wrap_bio(to_client, to_server, server_hostname=name)
    far = server.wrap_bio(to_server, to_client, server_side=True)
    for one in (near, far, near, far):
        try:
            one.do_handshake()
        except ssl.SSLWantReadError:
            continue


def authority(made: Certificates) -> signing.Pair:
    """With its key, as a thief would have it."""
    return signing.read((made.leaf.parent / "authority.pem").read_bytes())


def expect_life(made: Certificates) -> signing.Life:
    return signing.read(made.leaf.read_bytes()).life


@pytest.mark.parametrize("name", HERE)
def test_who_trusts_the_authority_believes_the_box_by_address_and_by_name(
    made: Certificates, name: str
) -> None:
    handshake(made.leaf, made.der, name)


@pytest.mark.parametrize("name", ["192.168.1.21", "pichat.lan", "www.example.com"])
def test_the_box_is_nobody_else(made: Certificates, name: str) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=r"mismatch|not valid for"):
        handshake(made.leaf, made.der, name)


@pytest.mark.parametrize("name", ["www.example.com", "8.8.8.8", "pichat.local.example.com", "2001:db8::1"])
def test_a_stolen_key_is_good_for_nothing_on_the_internet(
    made: Certificates, tmp_path: Path, name: str
) -> None:
    assert not permitted(name)
    stolen = signing.signed(authority(made), expect_life(made), [name])
    (tmp_path / "evil.pem").write_bytes(stolen.pem)
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        handshake(tmp_path / "evil.pem", made.der, name)


def test_nor_for_authorities_below_it(made: Certificates, tmp_path: Path) -> None:
    below = signing.found(expect_life(made), NAMES, NETWORKS)
    forged = signing.signed(below, expect_life(made), ["pichat.local"])
    (tmp_path / "evil.pem").write_bytes(forged.pem + below.pem)
    with pytest.raises(ssl.SSLCertVerificationError):
        handshake(tmp_path / "evil.pem", made.der, "pichat.local")


def test_keys_are_for_the_box_alone(made: Certificates, tmp_path: Path) -> None:
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "authority.pem",
        "certificate.json",
        "certificate.pem",
    ]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_what_it_signs_lives_no_longer_than_browsers_take(made: Certificates) -> None:
    leaf, above = expect_life(made), authority(made).life
    now = datetime.now(UTC)
    assert leaf.ends - leaf.begins == timedelta(days=824)
    assert leaf.begins < now - timedelta(hours=23)
    assert above.begins < now - timedelta(hours=23)
    assert above.ends > now + timedelta(days=3650)


def test_a_new_address_is_signed_for_and_one_that_is_gone_is_kept(made: Certificates) -> None:
    fingerprint, first = made.fingerprint, made.leaf.read_bytes()
    assert not made.renew(HERE)
    assert not made.renew(HERE[:3])
    assert made.leaf.read_bytes() == first
    assert made.renew([*HERE, "10.42.0.1", "aula.local"])
    assert signing.read(made.leaf.read_bytes()).names == sorted([*HERE, "10.42.0.1", "aula.local"])
    assert made.fingerprint == fingerprint
    handshake(made.leaf, made.der, "10.42.0.1")


def test_names_that_the_authority_may_not_sign_for_are_left_out(made: Certificates) -> None:
    assert not made.renew([*HERE, "203.0.113.9", "box.example.com", "aula", "com", "ñandú.local"])


def test_an_address_that_is_spelt_otherwise_is_signed_for_once(made: Certificates) -> None:
    assert made.renew([*HERE, "FD00:0::AB", "fe80::1%eth0"])
    assert not made.renew([*HERE, "FD00:0::AB", "fe80::1%eth0", "0:0::1"])
    handshake(made.leaf, made.der, "fd00::ab")


def test_after_a_restart_the_same_certificate_is_shown(
    made: Certificates, tmp_path: Path, clock: MovedClock
) -> None:
    again = Certificates(tmp_path, clock)
    assert not again.renew(HERE)
    assert again.fingerprint == made.fingerprint


def test_it_is_signed_anew_in_time(made: Certificates, clock: MovedClock) -> None:
    left = expect_life(made).ends - datetime.now(UTC)
    clock.pass_by((left.days - 62) * DAY)
    assert not made.renew(HERE)
    clock.pass_by(3 * DAY)
    assert made.renew(HERE)
    assert not made.renew(HERE)


@pytest.mark.parametrize("years", [-40, -2, 2, 9])
def test_a_clock_that_was_wrong_locks_nobody_out(tmp_path: Path, years: int) -> None:
    """What a board without a battery signs holds for right clocks, or is signed anew once it knows better."""
    clock = MovedClock()
    clock.wall = years * 365 * DAY
    made = Certificates(tmp_path, clock)
    made.renew(HERE)
    fingerprint = made.fingerprint
    clock.wall = 0
    made.renew(HERE)
    assert made.fingerprint == fingerprint
    handshake(made.leaf, made.der, "pichat.local")


@pytest.mark.parametrize("days", [0, 30, 400])
def test_a_clock_that_is_early_signs_what_others_take_already(tmp_path: Path, days: int) -> None:
    """The program is some months old, the box believes that it is later still."""
    clock = MovedClock()
    clock.wall = days * DAY
    made = Certificates(tmp_path, clock, built=clock.now() / 1000 - (days + 1) * DAY)
    made.renew(HERE)
    handshake(made.leaf, made.der, "pichat.local")


def test_a_long_lived_program_still_signs_for_a_year(tmp_path: Path, clock: MovedClock) -> None:
    made = Certificates(tmp_path, clock, built=clock.now() / 1000 - 3000 * DAY)
    made.renew(HERE)
    assert expect_life(made).ends - datetime.now(UTC) > timedelta(days=365)


@pytest.mark.parametrize(
    "rest",
    [b"", b"nothing", b"\xff", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"],
)
def test_a_spoilt_authority_is_replaced_and_that_is_said(
    made: Certificates, tmp_path: Path, clock: MovedClock, rest: bytes, expect_log: Expected
) -> None:
    expect_log("there is a new authority")
    old = made.fingerprint
    (tmp_path / "authority.pem").write_bytes(rest)
    again = Certificates(tmp_path, clock)
    assert again.renew(HERE)
    assert again.fingerprint != old
    handshake(again.leaf, again.der, "pichat.local")


def test_so_is_one_whose_key_is_of_no_kind_that_there_is(
    made: Certificates, tmp_path: Path, clock: MovedClock, expect_log: Expected
) -> None:
    """One digit of its PEM is another: the curve, which a PEM names near its beginning."""
    expect_log("there is a new authority")
    pem = (tmp_path / "authority.pem").read_bytes()
    (tmp_path / "authority.pem").write_bytes(pem.replace(b"CCqGSM49AwEH", b"CCqGSM49AwEZ", 1))
    assert Certificates(tmp_path, clock).renew([*HERE, "10.0.0.9"])


def test_one_that_the_disk_does_not_give_just_now_is_not_replaced(
    made: Certificates, tmp_path: Path, clock: MovedClock
) -> None:
    """People told their devices to trust it."""
    old, path = made.fingerprint, tmp_path / "authority.pem"
    path.rename(tmp_path / "away")
    path.mkdir()
    again = Certificates(tmp_path, clock)
    with pytest.raises(OSError, match="directory"):
        again.renew(HERE)
    path.rmdir()
    (tmp_path / "away").rename(path)
    assert again.renew([*HERE, "10.0.0.9"])
    assert again.fingerprint == old


def test_a_damaged_one_that_nothing_can_replace_is_told_to_nobody(
    made: Certificates, tmp_path: Path, clock: MovedClock, expect_log: Expected
) -> None:
    expect_log("there is a new authority")
    (tmp_path / "authority.pem").write_bytes(b"nothing")
    (tmp_path / "authority.new").mkdir()
    again = Certificates(tmp_path, clock)
    with pytest.raises(OSError, match="directory"):
        again.renew(HERE)
    with pytest.raises(OSError, match="damaged"):
        again.show(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER))


def test_one_that_is_spoilt_while_the_box_runs_is_not_told_any_more(
    made: Certificates, tmp_path: Path, expect_log: Expected
) -> None:
    expect_log("there is a new authority")
    old = made.fingerprint
    (tmp_path / "authority.pem").write_bytes(b"nothing")
    assert made.renew([*HERE, "10.0.0.9"])
    assert made.fingerprint != old
    handshake(made.leaf, made.der, "10.0.0.9")


def test_what_is_kept_needs_no_library(made: Certificates, tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from appliance.base.clock import SystemClock; "
        "from appliance.host.certificates import Certificates; "
        f"made = Certificates(Path({str(tmp_path)!r}), SystemClock()); assert not made.renew({HERE!r}); "
        "assert 'cryptography' not in sys.modules; print(made.fingerprint)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == made.fingerprint


def test_a_spoilt_note_beside_them_is_no_harm(made: Certificates, tmp_path: Path, clock: MovedClock) -> None:
    for rest in (b"", b"{}", b"[1", b'{"authority":"","leaf":"","names":[],"begins":0,"ends":0}'):
        (tmp_path / "certificate.json").write_bytes(rest)
        again = Certificates(tmp_path, clock)
        assert again.renew(HERE)
        assert again.fingerprint == made.fingerprint
        handshake(again.leaf, again.der, "pichat.local")


def test_a_spoilt_certificate_is_signed_again(made: Certificates, tmp_path: Path, clock: MovedClock) -> None:
    made.leaf.write_bytes(made.leaf.read_bytes()[:300])
    again = Certificates(tmp_path, clock)
    assert again.renew(HERE)
    handshake(made.leaf, made.der, "pichat.local")


def test_where_nothing_can_be_written_the_old_one_stays(made: Certificates, tmp_path: Path) -> None:
    before = made.leaf.read_bytes()
    (tmp_path / "certificate.new").mkdir()
    with pytest.raises(OSError, match="directory"):
        made.renew([*HERE, "10.0.0.9"])
    assert made.leaf.read_bytes() == before
    (tmp_path / "certificate.new").rmdir()
    assert made.renew([*HERE, "10.0.0.9"])
