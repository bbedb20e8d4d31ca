"""Settings as people give them: five sources, old names, and one clear line when something is wrong."""

import subprocess
from pathlib import Path

import pytest

from appliance.base.errors import StartError
from appliance.base.settings import MIB, Settings, table
from appliance.base.sources import load
from tests.conftest import Expected

STRONG = "b1946ac92492d2347c6235b4d2611184"


class Desk:
    """A working folder with its files and an environment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environ: dict[str, str] = {}

    def toml(self, text: str) -> None:
        (self.folder / "pichat.toml").write_text(text)

    def env(self, text: str) -> None:
        (self.folder / ".env").write_text(text)

    def load(self, **overrides: str) -> Settings:
        return load(overrides, self.environ, self.folder)

    def refused(self, **overrides: str) -> str:
        with pytest.raises(StartError) as caught:
            self.load(**overrides)
        line = str(caught.value)
        assert "\n" not in line
        return line


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_without_sources_everything_has_its_default(desk: Desk) -> None:
    settings = desk.load()
    assert settings.port == 8000
    assert settings.host == ""
    assert settings.data == desk.folder / "data"
    assert settings.upload_max_bytes == 50 * MIB
    assert settings.tls == "off"
    assert not settings.tls_alone


def test_each_source_beats_the_one_before_it(desk: Desk) -> None:
    desk.toml("port = 1\nname = 'from the file'\n")
    assert desk.load().port == 1
    desk.env("PICHAT_PORT=2\n")
    assert desk.load().port == 2
    desk.environ["PORT"] = "3"
    assert desk.load().port == 3
    desk.environ["PICHAT_PORT"] = "4"
    assert desk.load().port == 4
    assert desk.load(port="5").port == 5
    assert desk.load().name == "from the file"


def test_the_old_names_work_in_the_environment_and_in_dotenv(desk: Desk) -> None:
    desk.env(f"APP_NAME=Aula 3\nPORT=8080\nHOST=127.0.0.1\nSECRET_KEY={STRONG}\nDEBUG=True\n")
    desk.environ.update(ACCESS_TOKEN_EXPIRE_MINUTES="60", FLASK_ENV="development")
    settings = desk.load()
    assert (settings.name, settings.port, settings.host) == ("Aula 3", 8080, "127.0.0.1")
    assert (settings.secret_key, settings.debug, settings.dev) == (STRONG, True, True)
    assert settings.access_token_minutes == 60


def test_flask_env_production_is_no_development(desk: Desk) -> None:
    desk.environ["FLASK_ENV"] = "production"
    assert not desk.load().dev


def test_an_empty_value_is_as_if_it_were_not_there(desk: Desk) -> None:
    desk.toml("port = 9000\nname = ''\n")
    desk.env("PORT=\nSECRET_KEY=   \nSSL_CERT_FILE=\nSSL_KEY_FILE=\nCORS_ALLOWED_ORIGINS=\n")
    desk.environ.update(PICHAT_PORT="", HOST=" ")
    settings = desk.load(port="")
    assert (settings.port, settings.name, settings.secret_key) == (9000, "PiChat", "")
    assert settings.allowed_origins == ()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "[::]", "*"])
def test_every_interface_has_many_spellings(desk: Desk, host: str) -> None:
    desk.environ["HOST"] = host
    assert desk.load().host == ""


@pytest.mark.parametrize(("typed", "host"), [("[::1]", "::1"), ("192.168.1.9", "192.168.1.9")])
def test_one_address_to_listen_on(desk: Desk, typed: str, host: str) -> None:
    assert desk.load(host=typed).host == host


@pytest.mark.parametrize("typed", ["http://box", "box:80", "a b"])
def test_a_host_is_an_address_alone(desk: Desk, typed: str) -> None:
    assert "without scheme or port" in desk.refused(host=typed)


def test_a_demonstration_stays_on_this_machine_unless_placed(desk: Desk) -> None:
    assert desk.load(demo="yes").host == "127.0.0.1"
    desk.environ["HOST"] = "0.0.0.0"
    assert desk.load(demo="yes").host == ""
    assert desk.load().host == ""


@pytest.mark.parametrize(
    ("typed", "size"),
    [
        ("50 MB", 50 << 20),
        ("50MiB", 50 << 20),
        ("1.5g", 3 << 29),
        ("2048", 2048),
        ("7 bytes", 7),
        ("8 k", 8192),
    ],
)
def test_sizes_in_the_units_that_people_write(desk: Desk, typed: str, size: int) -> None:
    assert desk.load(upload_max_bytes=typed).upload_max_bytes == size


@pytest.mark.parametrize(("typed", "hours"), [("12", 12), ("2 days", 48), ("120 min", 2), ("3h", 3)])
def test_durations_in_the_units_that_people_write(desk: Desk, typed: str, hours: int) -> None:
    assert desk.load(session_idle_hours=typed).session_idle_hours == hours


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("port", "eighty", "--port must be a whole number"),
        ("port", "70000", "--port must be at most 65535"),
        ("port", "-1", "--port must be at least 0"),
        ("port", "80 kg", "--port has an unknown unit"),
        ("max_connections", "0", "--max-connections must be at least 1"),
        ("upload_max_bytes", "lots", "must be a whole number, as in 50 MB"),
        ("upload_max_bytes", "5 apples", "has an unknown unit, as in 50 MB"),
        ("upload_max_bytes", "0.3", "must be a whole number of bytes"),
        ("session_idle_hours", "90 min", "must be a whole number of h, as in 10 h"),
        ("restore", "never", "must be boot or start"),
        ("language", "fr", "must be es or en"),
        ("demo", "perhaps", "must be yes or no"),
        ("name", "a\x07b", "cannot be printed"),
        ("name", "x" * 41, "at most 40 characters"),
        ("allowed_origins", '["http://a", ', "is not a list"),
        ("allowed_origins", "[" * 5000, "is not a list"),
        ("trusted_proxies", "router", "is not an address or a network"),
        ("allowed_hosts", "http://box", "is not a host name"),
    ],
)
def test_a_wrong_value_names_itself_and_says_what_is_right(
    desk: Desk, name: str, typed: str, said: str
) -> None:
    line = desk.refused(**{name: typed})
    assert line.startswith(f"--{name.replace('_', '-')}")
    assert said in line


@pytest.mark.parametrize(
    "text",
    ["port = true", "port = 1.5", "name = 3", "demo = 1", "allowed_origins = 1", "allowed_origins = [1]"],
)
def test_toml_values_have_their_type(desk: Desk, text: str) -> None:
    desk.toml(text)
    assert desk.refused().startswith(f"pichat.toml: {text.split(maxsplit=1)[0]} must be")


def test_toml_gives_typed_values(desk: Desk) -> None:
    desk.toml('demo = true\nport = 81\nhost = "::"\nallowed_hosts = ["Box.lan"]\nupload_max_bytes = "1 GB"\n')
    settings = desk.load()
    assert (settings.demo, settings.port, settings.allowed_hosts) == (True, 81, ("box.lan",))
    assert settings.upload_max_bytes == 1024 * MIB


def test_paths_start_from_the_working_folder(desk: Desk) -> None:
    desk.toml('data = "/srv/pichat"\nweb = "front"\n')
    assert desk.load().data == Path("/srv/pichat")
    assert desk.load().web == desk.folder / "front"


def test_another_file_can_be_named_and_must_be_there(desk: Desk) -> None:
    (desk.folder / "other.toml").write_text("port = 77\n")
    desk.environ["PICHAT_CONFIG"] = "other.toml"
    assert desk.load().port == 77
    desk.environ["PICHAT_CONFIG"] = "missing.toml"
    assert desk.refused() == "PICHAT_CONFIG: there is no file missing.toml"


def test_unknown_names_stop_the_start_with_the_nearest_right_one(desk: Desk) -> None:
    assert desk.refused(prot="80").endswith("did you mean port?")
    desk.environ["PICHAT_PROT"] = "80"
    assert desk.refused() == "unknown setting PICHAT_PROT; did you mean PICHAT_PORT?"
    desk.environ.clear()
    desk.env("PICHAT_SECRET=1\n")
    assert desk.refused() == ".env: unknown setting PICHAT_SECRET; did you mean PICHAT_SECRET_KEY?"
    desk.env("")
    desk.toml("ssl_cert_file = 'x'\n")
    assert desk.refused().endswith("unknown setting 'ssl_cert_file'; did you mean tls_cert?")
    desk.toml("[server]\nport = 1\n")
    assert desk.refused().startswith("pichat.toml: unknown setting 'server'")
    desk.toml("zzzzzz = 1\n")
    assert desk.refused().endswith("README.md lists the settings")


def test_strangers_in_dotenv_are_only_warned_about(
    desk: Desk, expect_log: Expected, caplog: pytest.LogCaptureFixture
) -> None:
    expect_log("DATABASE_URL, AWS_BUCKET")
    desk.env("DATABASE_URL=postgres://u:hunter2@db\nPORT=81\nAWS_BUCKET=photos\n")
    assert desk.load().port == 81
    assert "hunter2" not in caplog.text


def test_dotenv_lines_in_every_shape(desk: Desk) -> None:
    desk.env(
        "\ufeff# a comment\r\n\r\nexport PORT = 8081 # the port\r\n"
        'APP_NAME="Aula \\"3\\" #1"\r\nPICHAT_DATA=\'d#ata\'\r\nPICHAT_LANGUAGE=en\r\nPICHAT_LANGUAGE=es\r\n'
    )
    settings = desk.load()
    assert (settings.port, settings.name, settings.language) == (8081, 'Aula "3" #1', "es")
    assert settings.data == desk.folder / "d#ata"


def test_a_quoted_value_may_go_on_over_lines(desk: Desk, expect_log: Expected) -> None:
    expect_log("ignored: PRIVATE")
    desk.env('PRIVATE="-----BEGIN\nPORT=1\n-----END"\nPORT=2\n')
    assert desk.load().port == 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("PORT 80\n", ".env, line 1: not of the form NAME=value"),
        ("\nPORT='80\n", ".env, line 2: the quote ' is never closed"),
        ('PORT="80\n', '.env, line 1: the quote " is never closed'),
    ],
)
def test_a_broken_dotenv_says_where(desk: Desk, text: str, said: str) -> None:
    desk.env(text)
    assert desk.refused() == said


def test_files_that_cannot_be_read_say_so(desk: Desk) -> None:
    (desk.folder / ".env").write_bytes(b"PORT=\xff\n")
    assert desk.refused() == ".env is not UTF-8 text"
    (desk.folder / ".env").unlink()
    (desk.folder / "pichat.toml").mkdir()
    assert desk.refused() == "pichat.toml cannot be read: Is a directory"
    (desk.folder / "pichat.toml").rmdir()
    desk.toml("port = \n")
    assert desk.refused().startswith("pichat.toml is not valid TOML")


@pytest.mark.parametrize(
    ("typed", "origins"),
    [
        ('["http://localhost:3000", "https://Box.LAN/"]', ("http://localhost:3000", "https://box.lan")),
        ("http://a:80, https://b:443 http://[fe80::1]:90", ("http://a", "https://b", "http://[fe80::1]:90")),
        ("[]", ()),
    ],
)
def test_origins_as_a_json_list_or_as_words(desk: Desk, typed: str, origins: tuple[str, ...]) -> None:
    desk.environ["ALLOWED_ORIGINS"] = typed
    assert desk.load().allowed_origins == origins


@pytest.mark.parametrize("typed", ["*", '["*"]', "http://a, *"])
def test_a_star_gets_a_clear_answer(desk: Desk, typed: str) -> None:
    desk.environ["CORS_ALLOWED_ORIGINS"] = typed
    line = desk.refused()
    assert line.startswith("CORS_ALLOWED_ORIGINS=* would let any page")
    assert "remove it, or name the origins" in line


@pytest.mark.parametrize(
    "typed",
    ["null", "box", "ftp://a", "http://", "http://a/b", "http://u@a", "http://*.a", "http://a:x", "http://["],
)
def test_what_is_not_an_origin(desk: Desk, typed: str) -> None:
    assert "is not an origin such as" in desk.refused(allowed_origins=typed)


@pytest.mark.parametrize(
    "key",
    [
        *("your-secret-key-here", "changeme", "dev", "secret", "super-secret-key-change-me", "CHANGE_ME"),
        *(
            "your-super-secret-jwt-key-change-this-in-production",
            "tu_clave_secreta_muy_segura",
            "mysecretkey123",
        ),
        *("generate-a-strong-secret-key-min-32-chars", "12345678901234567890", "aaaaaaaaaaaaaaaaaaaaaaaaa"),
        *("short", "dev-key-not-for-production", "SuperSecretKey2024"),
    ],
)
def test_example_keys_are_refused_and_not_repeated(desk: Desk, key: str) -> None:
    desk.environ["SECRET_KEY"] = key
    line = desk.refused()
    assert line.startswith("SECRET_KEY is ")
    assert line.endswith("leave it empty, and the box makes one of its own and keeps it")
    assert key not in line.removeprefix("SECRET_KEY")


@pytest.mark.parametrize("key", [STRONG, "el-perro-de-san-roque-no-tiene-rabo", "Zx9!kk2#pQ7$vv1%"])
def test_keys_of_their_own_are_taken(desk: Desk, key: str) -> None:
    desk.environ["SECRET_KEY"] = key
    assert desk.load().secret_key == key


def test_a_very_long_key_is_judged_at_once(desk: Desk) -> None:
    assert desk.load(secret_key="secret" * 2000 + "-zebra-4711").secret_key


def test_trusted_proxies_are_addresses_or_networks(desk: Desk) -> None:
    assert desk.load(trusted_proxies="10.1.2.3, 10.0.0.5/8 ::1").trusted_proxies == (
        "10.1.2.3/32",
        "10.0.0.0/8",
        "::1/128",
    )


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    """A certificate and its key, as openssl writes them."""
    return make_pair(tmp_path, "one")


def make_pair(folder: Path, name: str) -> tuple[Path, Path]:
    cert, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    command += ["-subj", "/CN=pichat", "-days", "2", "-keyout", str(key), "-out", str(cert)]
    subprocess.run(command, check=True, capture_output=True)
    return cert, key


def test_https_with_a_certificate_and_its_key(desk: Desk, pair: tuple[Path, Path]) -> None:
    desk.environ.update(SSL_CERT_FILE=pair[0].name, SSL_KEY_FILE=str(pair[1]))
    settings = desk.load()
    assert settings.tls_alone
    assert not desk.load(tls="optional").tls_alone
    assert (settings.tls_cert, settings.tls_key) == pair


def test_https_beside_http_needs_a_port_of_its_own(desk: Desk) -> None:
    line = desk.refused(tls="required", tls_port="8000")
    assert line == "--tls-port and port are the same; HTTPS needs a port of its own"
    assert desk.refused(tls="always") == "--tls must be off or optional or required"
    assert desk.load(tls="optional", tls_port="0", port="0").tls == "optional"


def test_half_a_pair_is_refused(desk: Desk, pair: tuple[Path, Path]) -> None:
    desk.env(f"SSL_CERT_FILE={pair[0]}")
    assert desk.refused() == ".env: SSL_CERT_FILE is given without tls_key; HTTPS needs both"
    desk.env("")
    desk.environ["SSL_CERT_FILE"] = str(pair[0])
    assert desk.refused(tls_key="missing.key").startswith("--tls-key: ")
    desk.environ.clear()
    assert desk.refused(tls_key="k").startswith("--tls-key is given without tls_cert")


def test_a_key_of_another_certificate_is_refused(desk: Desk, pair: tuple[Path, Path]) -> None:
    other = make_pair(desk.folder, "two")
    line = desk.refused(tls_cert=str(pair[0]), tls_key=str(other[1]))
    assert line == "--tls-cert and --tls-key cannot be used: KEY_VALUES_MISMATCH"
    pair[1].write_text("not a key")
    assert "cannot be used" in desk.refused(tls_cert=str(pair[0]), tls_key=str(pair[1]))


def test_a_key_with_a_passphrase_is_refused_without_asking_for_it(
    desk: Desk, pair: tuple[Path, Path]
) -> None:
    locked = desk.folder / "locked.key"
    command = ["openssl", "ec", "-aes256", "-passout", "pass:x", "-in", str(pair[1]), "-out", str(locked)]
    subprocess.run(command, check=True, capture_output=True)
    assert "cannot be used" in desk.refused(tls_cert=str(pair[0]), tls_key=str(locked))


def test_every_setting_can_be_given_in_its_printed_form(desk: Desk) -> None:
    """What the README's table shows as a default is also what one may type."""
    for name, row in table().items():
        if row.default:
            assert getattr(desk.load(**{name: row.default}), name) == getattr(desk.load(), name)


def test_the_authorities_of_openssl_are_no_certificate_of_ours(tmp_path: Path) -> None:
    bundle = tmp_path / "ca.crt"
    bundle.write_text("-")
    assert load({}, {"SSL_CERT_FILE": str(bundle)}, tmp_path).tls_cert is None
    with pytest.raises(StartError, match="both"):
        load({}, {"PICHAT_TLS_CERT": str(bundle)}, tmp_path)
