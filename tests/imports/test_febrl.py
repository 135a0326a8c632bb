"""FEBRL's published Australians, whole and against the file; and as its other sets have them, with slips."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

from clinic_tui.access import Viewer
from clinic_tui.db.models.patients import Patient
from clinic_tui.imports.tally import Counts
from clinic_tui.text import header_safe
from tests.imports.test_patients_csv import whole
from tests.imports.test_synthea import importing

FILE = "patients/febrl/dataset4a.csv"


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        rows = list(csv.reader(file, skipinitialspace=True))
    return [dict(zip(rows[0], map(str.strip, row), strict=True)) for row in rows[1:]]


def test_the_published_file_comes_in_whole_and_stays_the_same(practice: Viewer, published: Path) -> None:
    path = published / FILE
    dry = importing(practice, path, dry_run=True)
    first = importing(practice, path)
    assert first.kinds == dry.kinds == {"patients": Counts(5000, 4999, refused=1)}
    assert [(row.row, row.reason) for row in first.refused] == [(3778, "it has no name")]
    assert first.unused == ["soc_sec_id"]
    kept = {row.source_id: row for row in Patient.select()}
    named = [row for row in rows_of(path) if row["given_name"] or row["surname"]]
    assert kept.keys() == {row["rec_id"] for row in named}
    for row in named:
        one = kept[row["rec_id"]]
        said = (row["given_name"], row["surname"], row["suburb"] or None, row["state"] or None, row["postcode"] or None)
        assert (one.given, one.family, one.suburb, one.region, one.postcode) == said
        assert (one.birth_date.strftime("%Y%m%d") if one.birth_date else "") == row["date_of_birth"]
        house = " ".join(filter(None, (row["street_number"], row["address_1"])))
        assert (one.street or "") == header_safe(", ".join(filter(None, (house, row["address_2"]))))
        assert (one.source, one.status, one.email) == ("febrl", "current", None)
    michaela = kept["rec-1070-org"]
    assert (michaela.given, michaela.family, michaela.birth_date) == ("michaela", "neumann", date(1915, 11, 11))
    assert (michaela.street, michaela.suburb, michaela.postcode) == ("8 stanley street, miami", "winston hills", "4223")
    assert sum(1 for row in kept.values() if row.birth_date is None) == 94
    again = importing(practice, path)
    assert again.kinds == {"patients": Counts(5000, unchanged=4999, refused=1)}
    assert whole()


def test_another_set_of_the_same_people_with_slips(practice: Viewer, published: Path, tmp_path: Path) -> None:
    rows = rows_of(published / FILE)[:600]
    slips = {"19481930": "no date", "19480431": "no date", "20480411": "in the future", "18880411": "over 130"}
    for at, born in enumerate(slips):
        rows[at]["date_of_birth"] = born
    for row in rows:
        row["rec_id"] = row["rec_id"].replace("-org", "-dup-0")
    path = tmp_path / "dataset4b.csv"
    path.write_text("\n".join(", ".join(row) for row in (list(rows[0]), *(row.values() for row in rows))) + "\n")
    summary = importing(practice, path)
    assert summary.kinds == {"patients": Counts(600, 596, refused=4)}
    for refused, reason in zip(summary.refused, slips.values(), strict=True):
        assert reason in refused.reason
    assert Patient.get(Patient.source_id == rows[10]["rec_id"]).family == rows[10]["surname"]
