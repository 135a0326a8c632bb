"""The published files as other programs would write them: each copy reads as the file does, or is asked about."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from clinic_tui.clock import today
from clinic_tui.errors import ClinicError
from clinic_tui.imports.csv_file import CsvFile
from clinic_tui.imports.dates import OpenOrder
from clinic_tui.imports.headers import recognise
from clinic_tui.imports.merge import Prepared
from clinic_tui.imports.patient_rows import prepared
from clinic_tui.imports.scan import scan

FEBRL, SYNTHEA = "febrl/dataset4a.csv", "synthea-unmc/patients.csv"
DATED = {FEBRL: ("date_of_birth",), SYNTHEA: ("BIRTHDATE", "DEATHDATE")}
ACCENTED = ("Renée", "García", "Ó Sé", "Muñoz", "Zoë", "François")


class Table(NamedTuple):
    """A file's rows, each as wide as its header."""

    header: list[str]
    rows: list[list[str]]

    def each(self, change: Callable[[str, str], str]) -> Table:
        """The same with every cell changed: by its header and what stands in it."""
        return self._replace(
            rows=[[change(name, cell) for name, cell in zip(self.header, row, strict=True)] for row in self.rows]
        )


@pytest.fixture(params=[FEBRL, SYNTHEA])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def table(name: str, published: Path) -> Table:
    """Its first rows, some family names with accents; nobody from before 1927, whose year of two digits is in doubt."""
    with (published / "patients" / name).open(newline="") as file:
        header, *rows = ([cell.strip() for cell in row] for row in csv.reader(file))
    born, family = (header.index(one) for one in (DATED[name][0], "surname" if name == FEBRL else "LAST"))
    rows = [row for row in rows if day_of(row[born]) and row[born] > "1927" and row[family]][:300]
    for at, row in enumerate(rows):
        if at % 5 == 0:
            row[family] = ACCENTED[at // 5 % len(ACCENTED)]
    return Table(header, rows)


def day_of(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def written(
    path: Path, table: Table, *, encoding: str = "utf-8", delimiter: str = ",", end: str = "\r\n", above: str = "",
    mark: bytes = b"", quoting: Any = csv.QUOTE_MINIMAL,
) -> Path:  # fmt: skip
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([table.header, *table.rows])
    path.write_bytes(mark + (above + out.getvalue()).encode(encoding))
    return path


def read(path: Path) -> list[Any]:
    """Every patient of the file, as they would be merged. No row may be refused."""
    file = CsvFile(path)
    columns = recognise(file.header, path.name)
    found = list(prepared(file, columns, scan(file, columns, None, today(), lambda: None), today()))
    assert not [row for row in found if not isinstance(row, Prepared)]
    return [row.values for row in found if isinstance(row, Prepared)]


@pytest.fixture
def same(table: Table, tmp_path: Path, still_clock: object) -> Callable[..., None]:
    """Asserts that a copy reads as the file does."""
    first = read(written(tmp_path / "first.csv", table))
    assert len(first) == len(table.rows)

    def check(copy: Table, **how: Any) -> None:
        assert read(written(tmp_path / "copy.csv", copy, **how)) == first, how

    return check


DATES: dict[str, Callable[[date], str]] = {
    "d/m/y": lambda day: f"{day.day}/{day.month}/{day.year}", "dd.mm.yyyy": lambda day: f"{day:%d.%m.%Y}",
    "m/d/y": lambda day: f"{day:%m/%d/%Y}", "m/d/y 12 am": lambda day: f"{day:%m/%d/%Y} 12:00:00 AM",
    "y-m-d": lambda day: f"{day:%Y-%m-%d}", "y/m/d": lambda day: f"{day:%Y/%m/%d}",
    "timestamp": lambda day: f"{day:%Y-%m-%d} 00:00:00.000", "iso": lambda day: f"{day:%Y-%m-%d}T00:00:00Z",
    "3 Mar 1980": lambda day: f"{day.day} {day:%b %Y}", "03-MAR-80": lambda day: f"{day:%d-%b-%y}".upper(),
    "March 3, 1980": lambda day: f"{day:%B} {day.day}, {day.year}", "day of week": lambda day: f"{day:%A, %d %B %Y}",
    "dd/mm/yy": lambda day: f"{day:%d/%m/%y}", "mm/dd/yy": lambda day: f"{day:%m/%d/%y}",
    "yy-mm-dd": lambda day: f"{day:%y-%m-%d}", "ddmmyyyy": lambda day: f"{day:%d%m%Y}",
    "yyyymmdd": lambda day: f"{day:%Y%m%d}",
}  # fmt: skip


@pytest.mark.parametrize("how", DATES)
def test_dates_in_any_order(name: str, table: Table, same: Callable[..., None], how: str) -> None:
    def change(header: str, cell: str) -> str:
        day = day_of(cell) if header in DATED[name] else None
        return DATES[how](day) if day else cell

    same(table.each(change))


@pytest.mark.parametrize("how", ["d/m/y", "m/d/y", "dd/mm/yy"])
def test_dates_that_leave_their_order_open_are_asked_about(
    name: str, table: Table, tmp_path: Path, still_clock: object, how: str
) -> None:
    def change(header: str, cell: str) -> str:
        day = day_of(cell) if header in DATED[name] else None
        return DATES[how](day.replace(day=day.day % 12 + 1)) if day else cell

    with pytest.raises(OpenOrder, match="can be read as day first or as month first"):
        read(written(tmp_path / "x.csv", table.each(change)))


def test_a_file_of_two_orders_is_asked_about(name: str, table: Table, tmp_path: Path, still_clock: object) -> None:
    rows = [list(row) for row in table.rows]
    at = table.header.index(DATED[name][0])
    for number, row in enumerate(rows):
        day = day_of(row[at])
        row[at] = DATES["d/m/y" if number % 2 else "m/d/y"](day) if day else ""
    with pytest.raises(OpenOrder):
        read(written(tmp_path / "x.csv", Table(table.header, rows)))


ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "latin-1", "mac_roman")


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(table: Table, same: Callable[..., None], encoding: str, delimiter: str) -> None:
    same(table, encoding=encoding, delimiter=delimiter, end="\n" if delimiter == ";" else "\r\n")


@pytest.mark.parametrize(("encoding", "mark"), [("utf-16-le", b"\xff\xfe"), ("utf-16-be", b"\xfe\xff")])
def test_marks_of_either_end(table: Table, same: Callable[..., None], encoding: str, mark: bytes) -> None:
    same(table, encoding=encoding, mark=mark, delimiter="\t")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_quotation_marks(table: Table, same: Callable[..., None], end: str) -> None:
    same(table, end=end)
    same(table, end=end, quoting=csv.QUOTE_ALL)
    place = {"address_1", "ADDRESS"}
    same(table.each(lambda name, cell: cell.replace(" ", end, 1) if name in place else cell), end=end)


def test_columns_at_the_end_without_a_name(table: Table, same: Callable[..., None]) -> None:
    wide = [[*row, "", ""] for row in table.rows]
    same(Table([*table.header, "", ""], wide))
    same(Table(table.header, wide))
    same(Table([*table.header, "", " "], table.rows))


def test_lines_without_text(table: Table, same: Callable[..., None]) -> None:
    empty, blank = [""] * len(table.header), [" "] * len(table.header)
    same(Table(table.header, [line for row in table.rows for line in (row, [], empty, blank)]))
    same(table, above="\r\n\r\n")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_titles_above_the_header(table: Table, same: Callable[..., None], delimiter: str) -> None:
    same(table, delimiter=delimiter, above="Patient list\r\n")
    same(table, delimiter=delimiter, above="Harbour Street Practice\r\nPrinted 1 Jan 2026, by Ann; 9 pages\r\n\r\n")
    rest = delimiter * (len(table.header) - 1)
    filled = f"Patient list{rest}\r\nFrom:{delimiter}1 Jan 2026{rest[1:]}\r\n{rest}\r\n"
    same(table, delimiter=delimiter, above=filled, encoding="utf-16")
    same(table, delimiter=delimiter, above=f"sep={delimiter}\r\n")


def test_another_order_more_columns_and_other_capitals(table: Table, same: Callable[..., None]) -> None:
    order = list(range(len(table.header)))
    random.Random(1).shuffle(order)
    same(Table([table.header[at] for at in order], [[row[at] for at in order] for row in table.rows]))
    same(Table([*table.header, "Notes"], [[*row, 'a;b;c, "d"'] for row in table.rows]))
    same(Table([name.upper() for name in table.header], table.rows))
    same(Table([f"\ufeff {name} " for name in table.header], table.rows))


def test_a_row_below_the_last_costs_itself_alone(table: Table, tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", Table(table.header, [*table.rows, ["Total: 300"]]))
    last = list(CsvFile(path).rows())[-1]
    assert last.refused == f"it has only 1 of {len(table.header)} cells"


def test_what_is_no_title_is_no_header(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("Patients,of,the,practice\nno,name,dob,email\n1,Ann Lee,1980-03-31,\n")
    with pytest.raises(ClinicError, match="no header that is known here: its first row reads 'Patients', 'of'"):
        recognise(CsvFile(path).header, "x.csv")
