"""Whatever stands in a name, an address or a reply: nothing of it talks to the terminal."""

from __future__ import annotations

import csv
import io
import json
import os
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.commands import output
from tests.commands.running import Desk
from tests.published import published

# Controls but for the line end, bidi and zero-width characters.
UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def test_naughty_names_are_listed_without_an_escape(desk: Desk) -> None:
    desk.write_config()
    names = json.loads((published("hostile") / "blns.json").read_text(encoding="utf-8"))
    names += [
        "\x1b]52;c;ZXZpbA==\x07Bob",
        "Bob [/]",
        "[@click=app.bell]Ann",
        "a\r\nBcc: x@y.example",
        "\u202egro.elpmaxe",
        "\x9b31m",
    ]
    rows = io.StringIO()
    writer = csv.writer(rows)
    writer.writerow(("Number", "First Name", "Last Name"))
    for number, name in enumerate(names, 1):
        writer.writerow((number, name, f"Naughty{number}"))
    total = desk.ask("import", desk.write_patients(rows.getvalue()))
    assert total["added"] + len(total["refused"]) == total["read"] == len(names)
    for words in (["patients", "naughty", "--limit", "5000"], ["patient", "show", "1"], ["history"], ["invite", "1"]):
        ran = desk.run(*words)
        assert ran.status == 0, ran
        assert not UNSAFE.search(ran.out), words
        assert not UNSAFE.search(ran.err), words
    plain = desk.run("patients", "naughty", "--limit", "5000", "--json")
    assert plain.out.isascii()
    assert not UNSAFE.search(plain.out)
    assert len(plain.json) == total["added"]


@pytest.mark.parametrize(
    "words", [["patients", "\x1b[31mx"], ["settings", "\x1b[31mx"], ["\x1b[31mx"], ["import", "\x1b[31mx"]]
)
def test_what_is_typed_comes_back_safe(desk: Desk, words: list[str]) -> None:
    desk.write_config()
    ran = desk.run(*words)
    assert not UNSAFE.search(ran.err + ran.out)


def test_a_file_whose_name_is_in_another_encoding_is_imported(desk: Desk) -> None:
    desk.write_config()
    path = desk.write_patients().rename(desk.home / os.fsdecode(b"patientes \xe9.csv"))
    assert desk.ask("import", path)["added"] == 3


def test_a_setting_keeps_no_line_break(desk: Desk) -> None:
    desk.write_config()
    desk.run("settings", "practice.name", "Harbour\r\nBcc: evil@x.example\x1b[0m")
    assert desk.ask("settings", "practice.name")["practice.name"] == "Harbour Bcc: evil@x.example[0m"


@given(st.dictionaries(st.text(), st.text() | st.lists(st.text())))
def test_every_document_is_plain_ascii_and_reads_back_the_same(value: dict[str, object]) -> None:
    from click import command
    from click.testing import CliRunner

    @command()
    def show() -> None:
        output.document(value)

    printed = CliRunner().invoke(show).output
    assert printed.isascii()
    assert not UNSAFE.search(printed)
    assert json.loads(printed) == value


@given(st.lists(st.tuples(st.text(), st.text()), min_size=1))
def test_a_table_has_a_line_a_row_and_nothing_unsafe(rows: list[tuple[str, str]]) -> None:
    from click import command
    from click.testing import CliRunner

    @command()
    def show() -> None:
        output.table(("one", "two"), rows)

    printed = CliRunner().invoke(show).output
    assert not UNSAFE.search(printed)
    assert printed.count("\n") == len(rows) + 1
