from __future__ import annotations

import csv
import io
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.access import Viewer
from clinic_tui.case_load import export, query
from clinic_tui.case_load.export import HEADER
from clinic_tui.case_load.filters import Filters
from clinic_tui.case_load.query import CaseRow
from clinic_tui.errors import ClinicError
from clinic_tui.patients.lookup import PatientRow
from tests.case_load.practice import at, fill
from tests.case_load.test_query import someone


def row(family: str) -> CaseRow:
    patient = PatientRow(
        1, "1", "Jo", family, None, None, None, "+1@x.example", "@Dr", "current", "invited", None, None
    )  # fmt: skip
    return CaseRow(patient, None, 0, None, None, None)


@given(text=st.text(max_size=12) | st.sampled_from(['=HYPERLINK("x")', " =1+1", "\t@x", "\u200b=x", "＝1", "-2", "+3"]))
def test_no_cell_is_a_formula_and_every_row_is_a_row(text: str) -> None:
    written = "".join(export.lines([row(text), row(text)]))
    header, *rows = list(csv.reader(io.StringIO(written, newline="")))
    assert tuple(header) == HEADER
    assert len(rows) == 2
    for cells in rows:
        assert len(cells) == len(HEADER)
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for cell in cells)


def test_a_file_is_the_owners_alone_and_whole(practice: Viewer, tmp_path: Path) -> None:
    one = someone("000017", birth_date=at(-366 * 30).date(), email="jo@example.com", practitioner=1,
                  appointments=[(at(-10), "seen", 1), (at(-5), "seen", 1), (at(3), "booked", 1)])  # fmt: skip
    fill([one, someone("2", family="=cmd|'x'!A1")])
    path = tmp_path / "out.csv"
    path.write_text("what was there")
    path.chmod(0o644)
    export.write(practice, path, Filters(), query.all_ids(practice))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(newline="", encoding="utf-8") as file:
        other, first = csv.DictReader(file)
    assert other["patient"].startswith("'=cmd")
    assert {name: first[name] for name in HEADER if name != "id"} == {
        "number": "000017", "patient": "Smith, Jo", "age": "30", "practitioner": "Dr Okafor", "appointments": "2",
        "first_seen": "2026-11-12", "last_seen": "2026-11-17", "next_appointment": "2026-11-25 00:00",
        "email": "jo@example.com", "portal": "not invited",
    }  # fmt: skip
    assert [each.name for each in tmp_path.iterdir() if each.suffix != ".db" and "clinic" not in each.name] == [
        "out.csv"
    ]


def test_a_file_that_cannot_be_written_is_a_sentence_and_leaves_nothing(practice: Viewer, tmp_path: Path) -> None:
    with pytest.raises(ClinicError, match="cannot be written"):
        export.write(practice, tmp_path / "nowhere" / "out.csv", Filters(), [])
    (tmp_path / "folder").mkdir()
    with pytest.raises(ClinicError, match="cannot be written"):
        export.write(practice, tmp_path / "folder", Filters(), [])
    assert not [each for each in tmp_path.iterdir() if each.name.startswith(".case-load")]
