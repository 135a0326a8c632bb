"""One table of the config file, read key by key: each error names the file, the section and the key."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

from clinic_tui.errors import ConfigError
from clinic_tui.text import clean

_COMMAND = 'Write the command word by word, such as ["pass", "mail/desk"].'


class Table:
    """What one section of the file says. `section` is empty for the keys before the first section."""

    def __init__(self, file: Path, section: str, values: Mapping[str, Any], known: Collection[str]) -> None:
        self._file = file
        self._section = section
        self._values = values
        for key in values:
            if key not in known:
                close = difflib.get_close_matches(key, known, 1, 0.6)
                hint = f"Did you mean {close[0]!r}?" if close else f"It may hold: {', '.join(known)}."
                raise ConfigError(f"{self._where(key)} is a key that nobody knows.", hint)

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def text(self, key: str, default: str | None = None) -> str:
        """A text in one line. Raises ConfigError where it is missing (without `default`) or something else."""
        value = self._values.get(key, default)
        if value is None:
            raise self.wrong(key, "is missing", "Set it.")
        if not isinstance(value, str):
            raise self.wrong(key, f"is {_kind(value)}", "Write it as text, in quotes.")
        if clean(value) != value:
            raise self.wrong(key, "holds line breaks or hidden characters", "Write it as one line of plain text.")
        if not value.strip() and default is None:
            raise self.wrong(key, "is empty", "Set it.")
        return value.strip()

    def word(self, key: str, words: Collection[str], default: str | None = None) -> str:
        """One of `words`."""
        value = self.text(key, default)
        if value not in words:
            close = difflib.get_close_matches(value, words, 1, 0.6)
            hint = f" Did you mean {close[0]!r}?" if close else ""
            raise self.wrong(key, f"is {clean(value, 40)!r}", f"It is one of: {', '.join(words)}.{hint}")
        return value

    def number(self, key: str, default: int, low: int, high: int) -> int:
        """A whole number from `low` to `high`."""
        value = self._values.get(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise self.wrong(
                key, f"is {clean(str(value), 40)}", f"It is a whole number from {low} to {high}, not quoted."
            )
        return value

    def switch(self, key: str, default: bool) -> bool:
        """True or false."""
        value = self._values.get(key, default)
        if not isinstance(value, bool):
            raise self.wrong(key, f"is {_kind(value)}", "Write true or false, without quotes.")
        return value

    def words(self, key: str, advice: str = _COMMAND) -> tuple[str, ...]:
        """A list of texts that is not empty."""
        value = self._values[key]
        if not isinstance(value, list) or not value or not all(isinstance(word, str) and word for word in value):
            raise self.wrong(key, f"is {_kind(value)}", advice)
        return tuple(value)

    def path(self, key: str) -> Path:
        """A path; a relative one is meant from the config's folder."""
        return self._file.parent / Path(self.text(key)).expanduser()

    def wrong(self, key: str, what: str, advice: str) -> ConfigError:
        """The error to raise about one key."""
        return ConfigError(f"{self._where(key)} {what}.", advice)

    def _where(self, key: str) -> str:
        section = f"[{self._section}] " if self._section else ""
        return f"{self._file}: {section}{clean(key, 40)}"


def _kind(value: object) -> str:
    kinds = {bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a section", str: "text"}
    return kinds.get(type(value), "a date or time")
