"""The rows of a CSV of patients, made ready for merging. It is read twice: once to know it whole, once to merge it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from clinic_tui.dates import Order
from clinic_tui.imports import words
from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.hanging import packed
from clinic_tui.imports.headers import Columns
from clinic_tui.imports.merge import Prepared, prepare
from clinic_tui.imports.moments import millis, moment
from clinic_tui.imports.order import Refusal
from clinic_tui.imports.others import said_in
from clinic_tui.imports.portal import Account
from clinic_tui.imports.rows import Unusable, cleaner
from clinic_tui.imports.scan import Scan
from clinic_tui.text import clean, header_safe


def prepared(file: CsvFile, columns: Columns, found: Scan, day: date) -> Iterator[Prepared | Refusal]:
    """Every row made ready, or its line and why it is refused."""
    clean_row = cleaner(columns, found.order, day)
    suspects, first = found.suspects, dict[str, int]()
    source = columns.source
    hangs = bool(columns.contacts) or "portal" in columns.at
    for line, cells, reason, _ in file.rows():
        if reason:
            yield line, reason
            continue
        try:
            row = clean_row(cells)
        except Unusable as error:
            yield line, str(error)
            continue
        if (row.number in suspects or row.source_id in suspects) and (
            again := stands_already(row.number, row.source_id, suspects, first, line)
        ):
            yield line, again
            continue
        try:
            hanging = _hanging(cells, columns, found.order) if hangs else None
        except Unusable as error:
            yield line, str(error)
            continue
        yield prepare(line, row, source, hanging)


def _hanging(cells: list[str], columns: Columns, order: Order) -> tuple[Any, ...] | None:
    """The contacts and the portal account that a row names. Raises Unusable."""
    account = None
    if (at := columns.at.get("portal", -1)) >= 0 and (text := header_safe(cells[at])):
        state = words.portal(text)
        if state is None:
            raise Unusable(f"{columns.shown('portal')} {clean(text, 30)!r} is no state of a portal account known here")
        since = None
        if (since_at := columns.at.get("portal_since", -1)) >= 0 and cells[since_at].strip():
            since = moment(cells[since_at], order)
        account = Account(state, millis(since) if since else None)
    return packed(said_in(cells, columns.contacts), account)


def stands_already(
    number: str | None, source_id: str | None, suspects: frozenset[str], first: dict[str, int], line: int
) -> str:
    """Why a row is refused whose number or id an earlier one has, else "". `first` is kept from row to row."""
    for kind, key in (("number", number), ("id", source_id)):
        if key and key in suspects and first.setdefault(f"{kind} {key}", line) != line:
            return f"its {kind} {clean(key, 40)} stands already in row {first[f'{kind} {key}']}"
    return ""
