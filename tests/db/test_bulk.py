"""Values that are asked for many at a time are those very values, whatever they are made of."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui.db import bulk
from clinic_tui.db.connection import database, transaction

AWKWARD = [
    "",
    " ",
    "NULL",
    "null",
    '"',
    '""',
    "\\",
    '\\"',
    "a,b",
    "{}",
    "{a}",
    "'",
    "O'Brien",
    "a\nb",
    "\t",
    "é",
    "😀",
    "%s",
]
SETTINGS = settings(max_examples=60)
texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)


@pytest.fixture
def table(opened: str) -> None:
    with transaction():
        database.execute_sql("CREATE TABLE said (number BIGINT, word TEXT)")


def found(column: str, values: list[int] | list[str]) -> list[object]:
    test, asked = bulk.any_of(values)
    return sorted(row[0] for row in bulk.fetch(f"SELECT {column} FROM said WHERE {column} {test}", asked))


@SETTINGS
@given(kept=st.sets(texts | st.sampled_from(AWKWARD)), asked=st.sets(texts | st.sampled_from(AWKWARD)))
def test_words(table: None, kept: set[str], asked: set[str]) -> None:
    kept.update(AWKWARD)
    with transaction():
        database.execute_sql("DELETE FROM said")
        bulk.insert("said", ["word"], [(word,) for word in kept])
    assert found("word", list(asked)) == sorted(kept & asked)


@SETTINGS
@given(asked=st.sets(st.integers(-(2**63), 2**63 - 1)))
def test_numbers(table: None, asked: set[int]) -> None:
    kept = {*list(asked)[::2], 0, 1, -1, 2**63 - 1}
    with transaction():
        database.execute_sql("DELETE FROM said")
        bulk.insert("said", ["number"], [(number,) for number in kept])
    assert found("number", list(asked)) == sorted(kept & asked)
