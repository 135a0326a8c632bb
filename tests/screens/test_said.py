"""What is said beside a field: how two addresses differ, and how soon something goes."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.emails import difference
from clinic_tui.text import clean
from screens.widgets.code_field import in_threes
from screens.widgets.soon import soon
from screens.widgets.typed_again import told_apart


@pytest.mark.parametrize(
    ("typed", "confirm", "sentence"),
    [
        ("john@example.com", "john@exmaple.com", 'differs: "exmaple" here, "example" above'),
        ("john.smyth@example.com", "john.smith@example.com", 'differs: "smith" here, "smyth" above'),
        ("john@example.com", "john@example.con", 'differs: "con" here, "com" above'),
        ("john@example.com", "john@example.com.au", 'differs: "com.au" here, "com" above'),
        ("john@example.com", "jane.john@example.com", 'differs: "jane" here, "john" above'),
    ],
)
def test_the_piece_that_differs_is_named(typed: str, confirm: str, sentence: str) -> None:
    span = difference(typed, confirm)
    assert span is not None
    assert told_apart(typed, confirm, span) == (sentence, *span)


@given(st.text(max_size=40), st.text(max_size=40))
def test_whatever_was_typed_the_sentence_is_one_clean_line(typed: str, confirm: str) -> None:
    span = difference(typed, confirm)
    if span is not None:
        sentence, start, end = told_apart(typed, confirm, span)
        assert clean(sentence) == sentence
        assert 0 <= start < end <= len(confirm) + 1


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "at once"), (0, "at once"), (1, "in 1 second"), (45, "in 45 seconds"), (119.9, "in 2 minutes"),
        (120, "in 2 minutes"), (3600, "in 60 minutes"), (7200, "in 2 hours"), (86_400 * 3, "in 3 days"),
    ],
)  # fmt: skip
def test_how_soon(still_clock: datetime, seconds: float, said: str) -> None:
    assert soon(still_clock + timedelta(seconds=seconds)) == said


@given(st.text("0123456789", max_size=10))
def test_threes_keep_every_digit(number: str) -> None:
    spaced = in_threes(number)
    assert spaced.replace(" ", "") == number
    assert all(len(group) <= 3 for group in spaced.split(" "))
