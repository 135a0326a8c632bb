"""Printing through `lp`: what it is given, and what is said where it fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic_tui import printing
from clinic_tui.errors import ClinicError, FieldError
from clinic_tui.settings import BY_NAME
from tests.printers import Printer


@pytest.fixture
def printer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Printer:
    return Printer(tmp_path / "bin", monkeypatch)


def test_text_goes_by_standard_input_and_no_word_of_it_into_the_command_line(printer: Printer) -> None:
    text = "Código: 482 913 706 5; $(touch x) `id`\n"
    printing.print_text("desk", text)
    assert printer.printed == text
    assert printer.called == ["-s", "-d", "desk", "-t", "clinic-tui"]


def test_no_lp_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ClinicError, match="This host has no lp: nothing was printed"):
        printing.print_text("desk", "x")


def test_what_lp_says_is_said_in_one_clean_line(printer: Printer) -> None:
    printer.does("#!/bin/sh\nprintf 'lp: The printer\\033[2J does not exist.\\nmore\\n' >&2\nexit 1\n")
    with pytest.raises(ClinicError) as refused:
        printing.print_text("desk", "x" * 1_000_000)  # it does not even read it
    assert refused.value.title == "Nothing was printed: lp: The printer[2J does not exist."


def test_a_printer_that_hangs_is_given_up(printer: Printer) -> None:
    printer.does("#!/bin/sh\nexec sleep 60\n")
    with pytest.raises(ClinicError, match="did not answer within"):
        printing.print_text("desk", "x", seconds=0.2)


@pytest.mark.parametrize("name", ["-o raw", "-d", "two words", "a/b/c", "x;y", "$(id)", "a" * 128])
def test_what_lp_would_take_for_something_else_is_no_printers_name(name: str) -> None:
    with pytest.raises(FieldError, match="one word"):
        BY_NAME["desk.printer"].read(name)


@pytest.mark.parametrize("name", ["", "Brother_HL-L2350DW", "front@server", "desk/two-sided"])
def test_printers_names(name: str) -> None:
    assert BY_NAME["desk.printer"].read(name) == name
