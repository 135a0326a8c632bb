"""What the columns of a file hold, said by somebody: a TOML or CSV file of header and field (`--map`)."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable
from pathlib import Path

from clinic_tui.errors import ClinicError
from clinic_tui.imports import tables
from clinic_tui.imports.fields import NAMES
from clinic_tui.imports.headers import key_of
from clinic_tui.imports.others import WHOSE, column_of
from clinic_tui.text import clean

FIELDS = tuple(field for field in NAMES if field != "id")
_OF_TABLES = frozenset(field for names in tables.FIELDS.values() for field in names)
_LARGEST = 1_000_000


def read(path: Path, shown: str = "") -> dict[str, str]:
    """The fields by the keys of their headers, "" for a column that is not read.

    TOML: `"Contact Email" = "guardian email"`; CSV: two columns, header and field. A field is one of FIELDS, whose and
    what (`guardian email`, `next of kin phone`), or one of `tables.FIELDS`. Each file takes what its list has. Raises
    ClinicError.
    """
    shown = shown or path.name
    try:
        if path.stat().st_size > _LARGEST:
            raise ClinicError(f"{shown} is too large for a list of columns.", "Name the --map file.")
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ClinicError(f"The map {shown} cannot be read.", "Write it as TOML or CSV, in UTF-8.") from error
    return checked(_pairs(text, shown), shown)


def checked(pairs: Iterable[tuple[str, str]], shown: str) -> dict[str, str]:
    """The same of pairs of header and field. Raises ClinicError."""
    found: dict[str, str] = {}
    for header, said in pairs:
        field = said.strip().lower().replace(" ", "_").replace("-", "_")
        if field in ("ignore", "none", "nothing"):
            field = ""
        if field and field not in FIELDS and field not in _OF_TABLES and column_of(key_of(said)) is None:
            raise ClinicError(
                f"{shown} maps {clean(header, 40)!r} to {clean(said, 40)!r}, which is nothing that is kept.",
                f"There are: {', '.join(FIELDS)}; name, email, phone or relationship of {', '.join(WHOSE)}; and, in "
                f"other lists, {', '.join(sorted(_OF_TABLES.difference(FIELDS)))}.",
            )
        found[key_of(header)] = field
    return found


def _pairs(text: str, shown: str) -> list[tuple[str, str]]:
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        rows = [row for row in csv.reader(text.splitlines(), skipinitialspace=True) if any(row)]
        if not rows or any(len(row) != 2 for row in rows):
            raise ClinicError(
                f"The map {shown} is neither TOML nor CSV of two columns.", 'A line of it: "Contact Email" = "email".'
            ) from error
        if [key_of(cell) for cell in rows[0]] in (["header", "field"], ["column", "field"]):
            del rows[0]
        return [(row[0], row[1]) for row in rows]
    if len(table) == 1 and isinstance(inner := next(iter(table.values())), dict):
        table = inner
    if any(not isinstance(field, str) for field in table.values()):
        raise ClinicError(f"The map {shown} holds more than names.", 'A line of it: "Contact Email" = "email".')
    return list(table.items())
