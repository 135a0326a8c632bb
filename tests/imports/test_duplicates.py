"""Likely duplicates, measured on FEBRL's published people and copies of them with the slips that FEBRL makes.

With FEBRL's own copies (its dataset 4b beside 4a, 4,934 pairs) precision was 1.00 and recall 0.84; with its datasets 2
and 3, whose copies have more slips each, 1.00 and 0.74 and 0.72.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from clinic_tui.access import Viewer
from clinic_tui.db.models.patients import Patient
from clinic_tui.imports.duplicates import duplicates
from clinic_tui.imports.run import Source, run

PEOPLE, COPIES = 2_000, 500
LETTERS = "abcdefghijklmnopqrstuvwxyz"
Slip = Callable[[random.Random, dict[str, str]], None]


def typed_wrong(chance: random.Random, text: str) -> str:
    """One letter left out, put in, changed or swapped with the next."""
    if len(text) < 2:
        return text + chance.choice(LETTERS)
    at = chance.randrange(len(text) - 1)
    letter = chance.choice(LETTERS)
    return chance.choice(
        (text[:at] + text[at + 1 :], text[:at] + letter + text[at:], text[:at] + letter + text[at + 1 :],
         text[:at] + text[at + 1] + text[at] + text[at + 2 :])
    )  # fmt: skip


def in_a_name(chance: random.Random, row: dict[str, str]) -> None:
    field = chance.choice(("given_name", "surname"))
    row[field] = typed_wrong(chance, row[field])


def swapped(_chance: random.Random, row: dict[str, str]) -> None:
    row["given_name"], row["surname"] = row["surname"], row["given_name"]


def shortened(_chance: random.Random, row: dict[str, str]) -> None:
    row["given_name"] = row["given_name"][:1]


def in_the_address(chance: random.Random, row: dict[str, str]) -> None:
    row["address_1"] = typed_wrong(chance, row["address_1"])


def in_the_date(_chance: random.Random, row: dict[str, str]) -> None:
    day = row["date_of_birth"]
    if len(day) == 8 and day[6:] <= "12":
        row["date_of_birth"] = day[:4] + day[6:] + day[4:6]


SLIPS: tuple[Slip, ...] = (in_a_name, in_a_name, swapped, shortened, in_the_address, in_the_address, in_the_date)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_copies_with_slips_are_found_and_nobody_else(practice: Viewer, published: Path, tmp_path: Path) -> None:
    with (published / "patients/febrl/dataset4a.csv").open(newline="") as file:
        people = list(csv.DictReader(file, skipinitialspace=True))[:PEOPLE]
    chance = random.Random(4)
    copies = []
    for row in chance.sample(people, COPIES):
        copy = row | {"rec_id": row["rec_id"].replace("-org", "-dup-0")}
        for slip in chance.sample(SLIPS, 2):
            slip(chance, copy)
        copies.append(copy)
    path = tmp_path / "febrl.csv"
    with path.open("w", newline="") as file:
        out = csv.DictWriter(file, list(people[0]))
        out.writeheader()
        out.writerows([*people, *copies])
    summary = run(practice, [Source(path, "febrl.csv")], date_format="ymd")
    assert summary.added + len(summary.refused) == PEOPLE + COPIES  # nobody was merged
    ids = {row.id: str(row.source_id).split("-")[1] for row in Patient.select(Patient.id, Patient.source_id)}
    known = list(ids.values())
    pairs = sum(known.count(one) > 1 for one in set(known))
    found = [ids[pair.one.id] == ids[pair.other.id] for pair in duplicates(practice, limit=10_000)]
    precision, recall = sum(found) / len(found), sum(found) / pairs
    assert precision >= 0.99
    assert recall >= 0.75  # 0.78 when it was measured
