from __future__ import annotations

import csv
import gzip
import io
import json
import sqlite3
import tracemalloc
import zipfile
from itertools import islice
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui.errors import ClinicError
from clinic_tui.imports.csv_file import CsvFile

HEADER = ["number", "given name", "family name", "date of birth", "e-mail"]


def written(folder: Path, data: str | bytes, encoding: str = "utf-8", name: str = "patients.csv") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode(encoding))
    return path


def cells(path: Path) -> list[list[str]]:
    return [row.cells for row in CsvFile(path).rows()]


def refusal_to_open(path: Path) -> str:
    with pytest.raises(ClinicError) as caught:
        list(CsvFile(path).rows())
    assert path.name in caught.value.title
    assert caught.value.advice
    return caught.value.title


CELL = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)


@settings(max_examples=150)
@given(
    rows=st.lists(st.lists(CELL, min_size=5, max_size=5).filter(lambda row: any(map(str.strip, row))), max_size=20),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]),
    end=st.sampled_from(["\n", "\r\n"]),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC]),
)
def test_any_table_that_csv_writes_reads_back(
    tmp_path_factory: pytest.TempPathFactory,
    rows: list[list[str]],
    delimiter: str,
    encoding: str,
    end: str,
    quoting: Literal[1, 2],
) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting)
    # Enough plain rows to know UTF-16 without its mark by, and the delimiter.
    writer.writerows([HEADER, *[["7", "Ann", "Smith", "1984-03-12", "a@example.org"]] * 40, *rows])
    path = written(tmp_path_factory.mktemp("csv"), out.getvalue(), encoding)
    file = CsvFile(path)
    assert file.header == HEADER
    assert [row.cells for row in file.rows()][40:] == rows


@pytest.mark.parametrize("name", ["cp1252", "iso8859-1"])
def test_western_names_in_a_single_byte_encoding(tmp_path: Path, name: str) -> None:
    path = written(tmp_path, "given;family\nRenée;Müller\nJosé;Ñíguez\nSéan;O'Brien\n", name)
    assert cells(path)[0] == ["Renée", "Müller"]
    assert CsvFile(path).delimiter == ";"


@pytest.mark.parametrize("names", ["Muñoz,López", "Élise,Noël", "Peña,Núñez", "Müller,Größ", "Conceição,João"])
def test_western_names_from_a_mac(tmp_path: Path, names: str) -> None:
    assert cells(written(tmp_path, f"given,family\nAnn,Lee\n{names}\n", "mac_roman"))[1] == names.split(",")


def test_dashes_and_apostrophes_of_a_word_processor_are_no_sign_of_a_mac(tmp_path: Path) -> None:
    text = "given,family\nAnne–Marie,O’Brien\nRenée,Müller\n"
    assert cells(written(tmp_path, text, "cp1252"))[0] == ["Anne–Marie", "O’Brien"]


def test_cyrillic_and_polish_names_in_their_encodings(tmp_path: Path) -> None:
    russian = [["Иван", "Петров"], ["Ольга", "Кузнецова"], ["Дмитрий", "Соколов"], ["Наталья", "Иванова"]] * 5
    text = "given,family\n" + "".join(f"{a},{b}\n" for a, b in russian)
    assert cells(written(tmp_path, text, "cp1251")) == russian
    polish = [["Łukasz", "Wiśniewski"], ["Małgorzata", "Dąbrowska"], ["Paweł", "Zieliński"], ["Żaneta", "Wójcik"]] * 5
    text = "given,family\n" + "".join(f"{a},{b}\n" for a, b in polish)
    assert cells(written(tmp_path, text, "cp1250")) == polish


def test_a_late_accent_in_a_long_file_is_no_surprise(tmp_path: Path) -> None:
    text = "given,family\n" + "Ann,Smith\n" * 200_000 + "Renée,Łoś\n"
    assert cells(written(tmp_path, text))[-1] == ["Renée", "Łoś"]
    path = written(tmp_path, ("given,family\n" + "Ann,Smith\n" * 200_000 + "Renée,Muñoz\n").encode("cp1252"))
    assert cells(path)[-1] == ["Renée", "Muñoz"]


def test_damaged_utf8_names_the_line(tmp_path: Path) -> None:
    good = "given,family\n" + "Renée,Müller\n" * 50
    path = written(tmp_path, good.encode() + b"Ren\xe9e,Smith\n" + b"Ann,Lee\n")
    assert "Line 52" in refusal_to_open(path)


def test_a_byte_that_the_encoding_does_not_have_names_the_line(tmp_path: Path) -> None:
    good = ("given,family\n" + "Renée,Müller\n" * 9000).encode("cp1252")
    path = written(tmp_path, good + b"Ann,\x81Smith\n" + b"Ann,Lee\n" * 20_000)
    assert "Line 9002" in refusal_to_open(path)


def test_a_file_cut_within_a_character_loses_its_last_row_only(tmp_path: Path) -> None:
    path = written(tmp_path, "given,family\nAnn,Lee\nZoë,Müller\n".encode()[:-6])
    rows = list(CsvFile(path).rows())
    assert [row.cells for row in rows] == [["Ann", "Lee"], []]
    assert rows[1].line == 3
    assert "cut off" in rows[1].refused


@pytest.mark.parametrize(
    ("head", "delimiter"),
    [("a;b;c", ";"), ("a\tb\tc", "\t"), ("a|b|c", "|"), ("a,b,c", ","), ("sep=;\na;b;c", ";"), ("sep=:\na:b:c", ":")],
)
def test_delimiters(tmp_path: Path, head: str, delimiter: str) -> None:
    path = written(tmp_path, head + "\n" + delimiter.join(["1", '"x, y; z"', "3"]) + "\n")
    file = CsvFile(path)
    assert file.header == ["a", "b", "c"]
    assert [(row.line, row.cells) for row in file.rows()] == [(head.count("\n") + 2, ["1", "x, y; z", "3"])]


def test_a_space_after_each_comma(tmp_path: Path) -> None:
    path = written(tmp_path, 'given, family, street\nAnn, Lee, "5, High Street"\n')
    assert CsvFile(path).header == ["given", "family", "street"]
    assert cells(path) == [["Ann", "Lee", "5, High Street"]]


def test_row_numbers_are_the_lines_where_rows_begin(tmp_path: Path) -> None:
    path = written(tmp_path, 'a,b\n1,"x\ny\nz"\n\n2,y\n3\n4,y,z\n5,y,\n')
    rows = list(CsvFile(path).rows())
    assert [(row.line, row.cells) for row in rows] == [
        (2, ["1", "x\ny\nz"]), (6, ["2", "y"]), (7, []), (8, []), (9, ["5", "y"]),
    ]  # fmt: skip
    assert "only 1 of 2" in rows[2].refused
    assert "3 cells, the header 2" in rows[3].refused


def test_an_unclosed_quote_costs_its_own_row_only(tmp_path: Path) -> None:
    many = "".join(f"{n},Ann\n" for n in range(60_000))
    path = written(tmp_path, 'a,b\n1,"open\n2,x\n3,"y"\n' + many + '4,"cut')
    rows = list(CsvFile(path).rows())
    assert [row.line for row in rows if row.refused] == [2, 60_005]
    assert "never closed" in rows[-1].refused
    assert [row.cells for row in rows[1:3]] == [["2", "x"], ["3", "y"]]
    assert len(rows) == 60_004


def test_a_row_without_end_keeps_memory_flat(tmp_path: Path) -> None:
    forever = "a,b\n1,x\n" + '"\n",' * 3_000_000 + "\n2,y\n"
    one_line = "a,b\n1,x\n" + "z," * 6_000_000 + "\n2,y\n"
    for text in (one_line, forever):
        path = written(tmp_path, text)
        tracemalloc.start()
        refused = sum(bool(row.refused) for row in islice(CsvFile(path).rows(), 50))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert refused >= 1
        assert peak < 60_000_000
    rows = list(CsvFile(written(tmp_path, one_line)).rows())
    assert [(row.line, bool(row.refused)) for row in rows] == [(2, False), (3, True), (4, False)]


def test_a_file_of_endless_rows_is_given_up(tmp_path: Path) -> None:
    assert "do not pair, in row after row" in refusal_to_open(written(tmp_path, "a,b\n1,x\n" + 'a","\n' * 400_000))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n\n  \n", "header and no rows|known|no text"),
        (b"given,family\n", "no rows"),
        (b"%PDF-1.7\n...", "PDF"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0), "gzip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "old Excel"),
        (b'[{"resourceType": "Patient"}]', "JSON"),
        (b"<!DOCTYPE html><table>", "HTML"),
        (b"\x00" * 5000, "NUL"),
    ],
)
def test_what_is_no_csv_is_named(tmp_path: Path, data: bytes, said: str) -> None:
    title = refusal_to_open(written(tmp_path, data))
    assert any(word in title for word in said.split("|")), title


def test_archives_and_databases_are_named(tmp_path: Path) -> None:
    for member, said in (("patients.csv", "a ZIP archive"), ("[Content_Types].xml", "Excel")):
        with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
            archive.writestr(member, "a,b")
        assert said in refusal_to_open(tmp_path / "x.zip")
    with sqlite3.connect(tmp_path / "x.db") as db:
        db.execute("CREATE TABLE patient (id)")
    assert "SQLite" in refusal_to_open(tmp_path / "x.db")
    assert "folder" in refusal_to_open(tmp_path)
    assert "no file" in refusal_to_open(tmp_path / "absent.csv")


def test_the_published_spectrum_reads_as_its_json_says(published: Path) -> None:
    for path in sorted((published / "hostile/csv-spectrum").glob("*.csv")):
        file = CsvFile(path)
        read = [dict(zip(file.header, row.cells, strict=True)) for row in file.rows()]
        expected = json.loads((published / "hostile/csv-spectrum-json" / f"{path.stem}.json").read_text("utf-8"))
        if path.stem == "location_coordinates":
            # Its JSON is a single object, with another phone number than its CSV.
            expected = [expected | {"Contact Phone Number": "2095257564"}]
        assert read == expected, path.name


def test_the_published_patients_read_whole(published: Path) -> None:
    for name, count in (("synthea-unmc/patients", 111), ("synthea-ohdsi/patients", 27), ("febrl/dataset4a", 5000)):
        rows = list(CsvFile(published / "patients" / f"{name}.csv").rows())
        assert len(rows) == count
        assert not any(row.refused for row in rows)
