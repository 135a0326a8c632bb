"""The config file: where the database is, how mail goes out and comes in, and what seeds the settings.

`load` reads `$XDG_CONFIG_HOME/clinic-tui/config.toml`, or what CLINIC_TUI_CONFIG names. It imports no database.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from clinic_tui import config_mail
from clinic_tui.config_mail import Mailbox, Smtp
from clinic_tui.config_table import Table
from clinic_tui.errors import ConfigError
from clinic_tui.text import clean

__all__ = ["Config", "Mailbox", "Smtp", "default_database", "default_path", "load", "wanted_path"]

SECTIONS = ("practice", "portal", "smtp", "mailbox", "backup", "keys", "terminal")
# The settings that a first run takes from the file, with their words (`clinic_tui.settings` has the rest).
SEEDS: dict[str, dict[str, tuple[str, ...]]] = {
    "practice": {"name": (), "phone": (), "hours": ()},
    "portal": {
        "name": (),
        "url": (),
        "register": ("email", "code", "desk"),
        "appointments": ("portal", "reply", "no"),
        "invoices": ("portal", "reply", "no"),
        "records": ("portal", "no"),
        "health": ("portal", "no"),
    },
}
NO_CONFIG = "Make one with: clinic-tui init. To look around first: clinic-tui demo."


@dataclass(frozen=True, slots=True)
class Terminal:
    """How the app may use the terminal: whether it copies, whether it takes the mouse, which symbols it draws."""

    copy: bool = True
    mouse: bool = True
    symbols: Literal["auto", "unicode", "ascii"] = "auto"


@dataclass(frozen=True, slots=True)
class Config:
    """One practice's config. `path` is None where `--database` alone was given: no mail then.

    `database` is a URL that may hold a password: never print it, print `database_shown`. `demo`: the sample practice.
    `backup_to`: the public keys that backups are encrypted to.
    `keys` is as it was written: what of it can be, the screens know.
    """

    database: str
    key_file: Path
    path: Path | None = None
    seeds: Mapping[str, str] = field(default_factory=dict)
    smtp: Smtp | None = None
    mailbox: Mailbox | None = None
    demo: bool = False
    backup_to: tuple[str, ...] = ()
    keys: Mapping[str, Any] = field(default_factory=dict)
    terminal: Terminal = Terminal()

    @property
    def database_shown(self) -> str:
        """The database's URL as it may be shown: without a password."""
        parts = urlsplit(self.database)
        if parts.scheme == "sqlite":
            return self.database
        user = f"{parts.username}@" if parts.username else ""
        port = f":{parts.port}" if parts.port else ""
        return f"{parts.scheme}://{user}{parts.hostname or ''}{port}{parts.path}"

    def need_smtp(self) -> Smtp:
        """How mail goes out. Raises ConfigError where the config does not say."""
        if self.smtp is None:
            raise ConfigError(
                f"{self.path or 'The command line'} names no mail server to send with.",
                "Add a section [smtp] to the config, or make it anew with: clinic-tui init --force.",
            )
        return self.smtp


def default_path() -> Path:
    """Where the config is when nobody says otherwise."""
    from platformdirs.unix import Unix

    return Unix("clinic-tui").user_config_path / "config.toml"


def default_database() -> str:
    """The embedded database where the config names none."""
    from platformdirs.unix import Unix

    return f"sqlite:///{Unix('clinic-tui').user_data_path / 'clinic.db'}"


def wanted_path(path: Path | None = None) -> tuple[Path, bool]:
    """Where the config should be, and whether somebody named it (`--config`, CLINIC_TUI_CONFIG)."""
    if path is not None:
        return path.expanduser(), True
    named = os.environ.get("CLINIC_TUI_CONFIG")
    return (Path(named).expanduser(), True) if named else (default_path(), False)


def load(path: Path | None = None, database: str | None = None) -> Config:
    """The config in `path`, or in its usual place; `database`, or CLINIC_TUI_DATABASE, overrides the URL.

    Without a file, a database URL alone will do. Raises ConfigError.
    """
    file, named = wanted_path(path)
    database = database or os.environ.get("CLINIC_TUI_DATABASE") or None
    if database is not None:
        _check_url(database)
        if not named and not file.exists():
            return Config(database, _key_beside(database, file))
    return _read(file.absolute(), database)


def refuse_password(url: str) -> None:
    """Raise ConfigError where the URL holds a password: on the command line every user of the host could read it."""
    parts = _check_url(url)
    if parts.password is not None or any(key == "password" for key, _ in parse_qsl(parts.query)):
        raise ConfigError(
            "--database holds a password, which every user of this host could read.",
            "Keep it in ~/.pgpass (0600), and leave it out of the URL.",
        )


def _read(file: Path, database: str | None) -> Config:
    said = _parse(file)
    document = Table(file, "", said, ("database", *SECTIONS))
    url = database or document.text("database", default_database())
    try:
        _check_url(url)
    except ConfigError as error:
        raise ConfigError(f"{file}: database: {error.title}", error.advice) from None
    seeds: dict[str, str] = {}
    for section, keys in SEEDS.items():
        table = Table(file, section, _section(file, said, section), keys)
        for key, words in keys.items():
            if key in table:
                value = table.word(key, words) if words else table.text(key, "")
                if key == "url" and value and not _is_https(value):
                    raise table.wrong(key, f"is {clean(value, 60)!r}", "It is an address that begins with https://.")
                seeds[f"{section}.{key}"] = value
    smtp = mailbox = None
    if "smtp" in document:
        smtp = config_mail.smtp(Table(file, "smtp", _section(file, said, "smtp"), config_mail.SMTP_KEYS))
    if "mailbox" in document:
        mailbox = config_mail.mailbox(
            Table(file, "mailbox", _section(file, said, "mailbox"), config_mail.MAILBOX_KEYS), smtp
        )
    terminal = _terminal(Table(file, "terminal", _section(file, said, "terminal"), ("copy", "mouse", "symbols")))
    bound = _section(file, said, "keys")
    return Config(url, file.with_name("clinic.key"), file, seeds, smtp, mailbox, keys=bound, terminal=terminal,
                  backup_to=_backup_to(file, said))  # fmt: skip


def _terminal(table: Table) -> Terminal:
    symbols = table.word("symbols", ("auto", "unicode", "ascii"), "auto")
    return Terminal(table.switch("copy", True), table.switch("mouse", True), cast("Any", symbols))


def _backup_to(file: Path, said: Mapping[str, Any]) -> tuple[str, ...]:
    """The public keys that backups are encrypted to."""
    table = Table(file, "backup", _section(file, said, "backup"), ("to",))
    keys = table.words("to", 'Write the public keys in a list, such as ["age1..."].') if "to" in table else ()
    for key in keys:
        if not key.startswith(("age1", "ssh-ed25519 ", "ssh-rsa ")):
            raise table.wrong("to", "holds what is no public key", "A key begins with age1, ssh-ed25519 or ssh-rsa.")
    return keys


def _section(file: Path, said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    section = said.get(name, {})
    if not isinstance(section, dict):
        raise ConfigError(f"{file}: {name} is a section.", f"Write [{name}] on a line of its own, its keys below.")
    return section


def _parse(file: Path) -> dict[str, Any]:
    try:
        if file.stat().st_mode & 0o077:
            raise ConfigError(f"The config {file} is open to others on this host.", f"Close it with: chmod 600 {file}")
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(f"There is no config at {file}.", NO_CONFIG) from error
    except OSError as error:
        raise ConfigError(
            f"The config {file} cannot be read: {error.strerror}.", "Check its owner and mode."
        ) from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"The config {file} is not UTF-8 text.", "Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"The config {file} is not TOML: {clean(str(error), 120)}.", "Mend that line.") from error


def _check_url(url: str) -> Any:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ConfigError("The database URL cannot be read.", "Write it as postgresql://user@host/name.") from error
    if parts.scheme not in ("sqlite", "postgresql", "postgres"):
        raise ConfigError(
            f"The database URL begins with {clean(parts.scheme, 20)!r}, which is no engine we know.",
            "Use sqlite:///path/to/clinic.db or postgresql://user@host/name.",
        )
    return parts


def _is_https(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme == "https" and bool(parts.hostname) and " " not in value


def _key_beside(database: str, usual: Path) -> Path:
    """The key file where there is no config: beside the SQLite file, or where the config would be."""
    if not database.startswith("sqlite:///"):
        return usual.with_name("clinic.key")
    name = unquote(database.removeprefix("sqlite:///").partition("?")[0])
    return Path(name).expanduser().absolute().with_name("clinic.key")
