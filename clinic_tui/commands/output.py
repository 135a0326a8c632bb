"""What commands print: one JSON document, or plain lines and tables. Foreign text is made safe here."""

from __future__ import annotations

import json
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, datetime

import click

from clinic_tui.clock import local
from clinic_tui.text import clean, clean_text


def document(value: object) -> None:
    """Print a JSON document, pure ASCII, so that nothing in it can talk to a terminal."""
    text = json.dumps(value, ensure_ascii=True, indent=2, default=_as_json)
    click.echo(text.replace("\x7f", "\\u007f"))


def line(text: str = "") -> None:
    """Print one line, cleaned."""
    click.echo(clean(text))


def aside(text: str) -> None:
    """Print one line, cleaned, on standard error."""
    click.echo(clean(text), err=True)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows in columns as wide as their widest cell, under headings; nothing where there is no row."""
    cells = [[_cell(value) for value in row] for row in rows]
    if not cells:
        return
    cells.insert(0, [heading.upper() for heading in headings])
    widths = [max(width(row[at]) for row in cells) for at in range(len(headings))]
    for row in cells:
        padded = [text + " " * (wide - width(text)) for text, wide in zip(row, widths, strict=True)]
        click.echo("  ".join(padded).rstrip())


def fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Print one record, a field a line; fields without a value are left out."""
    shown = [(name, _cell(value)) for name, value in pairs]
    shown = [(name, value) for name, value in shown if value]
    widest = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        click.echo(f"{name:<{widest}}  {value}")


def quoted(text: str | None) -> None:
    """Print text of several lines that somebody wrote, each line behind a bar."""
    for written in clean_text(text or "").splitlines():
        click.echo(f"  | {written}")


def moment(value: datetime | None) -> str | None:
    """A moment in JSON: ISO 8601 in UTC."""
    return None if value is None else value.isoformat(timespec="seconds").replace("+00:00", "Z")


def width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def plural(number: int, one: str, many: str = "") -> str:
    """`1 patient`, `2 patients`, `1,200 patients`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def progress_is_seen() -> bool:
    """Whether a progress bar on standard error would be seen by somebody."""
    return sys.stderr.isatty()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return local(value).strftime("%Y-%m-%d %H:%M")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return clean(str(value))


def _as_json(value: object) -> object:
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    return str(value)
