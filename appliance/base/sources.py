"""Where settings come from: defaults < pichat.toml < .env < environment < command line. Starts nothing."""

import difflib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, get_type_hints

from appliance.base import dotenv, log
from appliance.base.checks import check
from appliance.base.errors import StartError
from appliance.base.settings import Settings, table
from appliance.base.values import BadValue, parse

PREFIX = "PICHAT_"
# Not a setting: where the file with the settings is, when it is not ./pichat.toml.
FILE = "PICHAT_CONFIG"


@dataclass(frozen=True, slots=True)
class Given:
    """A value as somebody wrote it, and where, for the one clear line when it is wrong."""

    where: str
    value: object


def load(overrides: Mapping[str, str], environ: Mapping[str, str], cwd: Path) -> Settings:
    """All sources, weakest first; raises StartError with one line that says what to change."""
    env_file = read_env_file(cwd / ".env")
    given = from_toml(toml_path(env_file, environ, cwd))
    given |= from_names(env_file, ".env: ")
    warn_of_strangers(env_file)
    given |= from_names(environ, "")
    given |= from_command_line(overrides)
    leave_ca_bundle(given)
    return check(settled(given, cwd), {name: one.where for name, one in given.items()})


def toml_path(env_file: Mapping[str, str], environ: Mapping[str, str], cwd: Path) -> Path:
    """`pichat.toml` may be missing; a file that somebody named may not."""
    named = environ.get(FILE) or env_file.get(FILE)
    if not named:
        return cwd / "pichat.toml"
    if not (cwd / named).is_file():
        raise StartError(f"{FILE}: there is no file {named}")
    return cwd / named


def read(path: Path) -> str:
    """The text of a file that may be missing."""
    try:
        return path.read_text(encoding="utf-8-sig") if path.exists() else ""
    except OSError as error:
        raise StartError(f"{path.name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise StartError(f"{path.name} is not UTF-8 text") from None


def read_env_file(path: Path) -> dict[str, str]:
    return dotenv.parse(read(path), path.name)


def from_toml(path: Path) -> dict[str, Given]:
    """The keys are the settings' own names."""
    try:
        values = tomllib.loads(read(path))
    except tomllib.TOMLDecodeError as error:
        raise StartError(f"{path.name} is not valid TOML: {error}") from None
    for key in values:
        if key not in table():
            raise StartError(f"{path.name}: unknown setting {key!r}{nearest(key.lower(), table())}")
    return {key: Given(f"{path.name}: {key}", value) for key, value in values.items() if value != ""}


def from_names(values: Mapping[str, str], place: str) -> dict[str, Given]:
    """`PICHAT_*` and the old names. An empty value is as if it were not there; the new name beats the old."""
    rows = table().values()
    known = {row.environment for row in rows} | {FILE}
    for name in values:
        if name.startswith(PREFIX) and name not in known:
            raise StartError(f"{place}unknown setting {name}{nearest(name, known)}")
    given = {}
    for row in rows:
        for name in (row.environment, *row.old):
            if values.get(name, "").strip():
                given[row.name] = Given(f"{place}{name}", values[name])
                break
    return given


def leave_ca_bundle(given: dict[str, Given]) -> None:
    """SSL_CERT_FILE is also OpenSSL's name for the authorities of the machine: alone in the environment it
    means those, and many systems set it."""
    cert = given.get("tls_cert")
    if cert is not None and cert.where == "SSL_CERT_FILE" and "tls_key" not in given:
        del given["tls_cert"]


def warn_of_strangers(values: Mapping[str, str]) -> None:
    """People bring the `.env` of another program along: its databases and buckets mean nothing here."""
    ours = {name for row in table().values() for name in row.old}
    if strangers := [name for name in values if name not in ours and not name.startswith(PREFIX)]:
        log.logger("settings").warning(".env: not settings of PiChat, ignored: %s", ", ".join(strangers))


def from_command_line(overrides: Mapping[str, str]) -> dict[str, Given]:
    for name in overrides:
        if name not in table():
            raise StartError(f"unknown setting {name!r}{nearest(name.lower(), table())}")
    return {name: Given(f"--{name.replace('_', '-')}", value) for name, value in overrides.items() if value}


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of the sentence about an unknown name; old names lead to the new one."""
    old = {other.lower(): row.name for row in table().values() for other in row.old}
    if name in old:
        return f"; did you mean {old[name]}?"
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {found[0]}?" if found else "; README.md lists the settings"


def settled(given: Mapping[str, Given], cwd: Path) -> Settings:
    """Each value as its type, the rest by default, paths from `cwd`."""
    kinds = get_type_hints(Settings)
    values: dict[str, Any] = {}
    for item in fields(Settings):
        value = item.default
        if one := given.get(item.name):
            try:
                value = typed(one, kinds[item.name], item.metadata)
            except BadValue as wrong:
                raise StartError(f"{one.where} {wrong}") from None
        values[item.name] = cwd / value if isinstance(value, Path) else value
    return Settings(**values)


def typed(one: Given, kind: Any, about: Mapping[str, Any]) -> Any:
    """The value of one setting, within the bounds of its row."""
    value = one.value
    if one.where.endswith("FLASK_ENV"):  # an old name with words of its own
        return value == "development"
    value = parse(value, kind, about["unit"])
    if kind is int and value < about["least"]:
        raise BadValue(f"must be at least {about['least']}")
    if kind is int and value > about["most"]:
        raise BadValue(f"must be at most {about['most']}")
    return value
