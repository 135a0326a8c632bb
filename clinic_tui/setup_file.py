"""Writing a new config: whole or not at all, its owner's alone, a password in a file of its own beside it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from clinic_tui import config
from clinic_tui.errors import ConfigError
from clinic_tui.private import make_folder
from clinic_tui.providers import Provider
from clinic_tui.text import clean

Value = str | int | list[str]

PASSWORD_FILE = "smtp-password"  # noqa: S105 (a file's name)


@dataclass
class Answers:
    """What the config is to say, section by section; a password that was typed goes into a file of its own.

    `provider`: whose servers they are, where one was named.
    """

    database: str
    sections: dict[str, dict[str, Value]] = field(default_factory=dict)
    password: str | None = None
    provider: Provider | None = None


def write(file: Path, answers: Answers) -> config.Config:
    """Write what was answered to `file`, once it proves to be a config; else raises ConfigError."""
    try:
        make_folder(file.parent)
        new = file.with_name(f".{file.name}.{os.getpid()}.new")
        secret = file.with_name(PASSWORD_FILE)
        if answers.password is not None:
            answers.sections["smtp"]["password_file"] = PASSWORD_FILE
        try:
            _private(new, "\n".join(_lines(answers)) + "\n")
            made = _checked(new, file)
            if answers.password is not None:
                _replace(secret, answers.password + "\n")
            new.replace(file)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise ConfigError(
            f"The config {file} cannot be written: {error.strerror}.", "Check its folder and the disk."
        ) from error
    return made


def _checked(new: Path, file: Path) -> config.Config:
    try:
        made = config.load(new)
    except ConfigError as error:
        raise ConfigError(error.title.replace(str(new), str(file)), f"{error.advice} Nothing was written.") from None
    return replace(made, path=file)


def _lines(answers: Answers) -> Iterator[str]:
    yield f"database = {_quoted(answers.database)}"
    for section, values in answers.sections.items():
        said = [f"{key} = {_toml(value)}" for key, value in values.items() if value != ""]
        if said:
            yield from ("", f"[{section}]", *said)


def _toml(value: Value) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_quoted(word) for word in value)}]"
    return _quoted(value) if isinstance(value, str) else str(value)


def _quoted(text: str) -> str:
    """A TOML basic string: JSON's, once what JSON leaves raw and TOML does not allow is gone."""
    return json.dumps(clean(text), ensure_ascii=False)


def _private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        _private(new, text)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
