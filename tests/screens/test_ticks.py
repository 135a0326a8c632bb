"""Ticks, the ticking of many, the paged result and the columns, without a screen."""

from __future__ import annotations

from array import array
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual.content import Content

from screens.widgets import ticking
from screens.widgets.cells import cell_len
from screens.widgets.columns import GAP, Column, across, cell, place
from screens.widgets.paged_result import CACHED, PagedResult
from screens.widgets.ticking import Does, Ticking
from screens.widgets.ticks import Ticks

IDS = st.lists(st.integers(-5, 2_000) | st.integers(-(2**62), 2**62), unique=True)


@given(st.lists(st.tuples(st.sampled_from(["add", "remove", "flip"]), IDS)))
def test_ticks_are_a_set(steps: list[tuple[str, list[int]]]) -> None:
    ticks, model = Ticks(), set[int]()
    for does, ids in steps:
        before = ticks.copy()
        getattr(ticks, does)(ids)
        had = set(model)
        {"add": model.update, "remove": model.difference_update, "flip": model.symmetric_difference_update}[does](ids)
        assert list(ticks) == sorted(model)
        assert len(ticks) == len(model)
        assert ticks.among(ids) == len(model.intersection(ids))
        assert set(before) == had
    assert ticks.ids() == array("q", sorted(model))


@given(IDS, IDS, st.sets(st.integers(0, 40)), st.sampled_from(["add", "remove", "flip", "count"]), st.data())
def test_ticking_in_pieces(
    ids: list[int], ticked: list[int], barred_at: set[int], does: Does, data: st.DataObject
) -> None:
    """Whatever the size of the pieces, and however the ids come: as if done at once."""
    barred = {ids[at] for at in barred_at if at < len(ids)}
    cut = data.draw(st.integers(0, len(ids)))
    before = Ticks(ticked)
    work = Ticking(does, before, barred.__contains__)
    at_once, ticking.AT_ONCE = ticking.AT_ONCE, data.draw(st.integers(1, 9))
    try:
        while work.step(array("q", ids[:cut]), done=False):
            pass
        while more := work.step(array("q", ids), done=True):
            pass
    finally:
        ticking.AT_ONCE = at_once
    had, listed = set(ticked), set(ids)
    free = {number for number in listed if number not in barred or number in had}
    wanted = {"add": had | free, "remove": had - listed, "flip": had ^ free, "count": had}[does]
    assert more is False
    assert set(work.ticks) == wanted
    assert set(before) == had
    assert work.shown == (len(had & listed) if does == "count" else 0)
    assert work.barred == (len(listed) - len(free) if does in ("add", "flip") else 0)


@given(st.lists(st.integers(0, 99), unique=True, max_size=30), st.integers(0, 30), st.integers(0, 60), st.data())
def test_a_stream_ends_as_it_was_sent(ids: list[int], first: int, hold: int, data: st.DataObject) -> None:
    result: PagedResult[str] = PagedResult()
    result.begin([-1, -2, -3], done=True)
    result.begin(ids[:first], done=False, hold=hold)
    begun = list(result.ids)
    assert begun == (ids[:first] if len(ids[:first]) >= hold else [-1, -2, -3])
    at, listed = 0, list(result.ids)
    while at < len(ids):
        size = data.draw(st.integers(1, 7))
        new = result.take(array("q", ids[at : at + size]), done=False)
        at += size
        listed = list(new) if len(new) == len(result.ids) else listed + list(new)
        assert listed == list(result.ids)
        assert listed == begun or listed == ids[:at]
    result.take(array("q"), done=True)
    assert list(result.ids) == ids
    assert result.done


def test_rows_are_asked_for_once_and_before_they_are_seen() -> None:
    result: PagedResult[str] = PagedResult()
    result.begin(range(1_000), done=True)
    result.keep(dict.fromkeys(range(50), "row"))
    assert result.to_read(0, 25, 25) == []
    assert result.to_read(0, 30, 30) == list(range(50, 60))
    assert result.to_read(0, 30, 30) == []
    assert result.to_read(40, 80, 40) == list(range(50, 120))
    assert result.to_read(40, 80, 30) == []
    assert result.to_read(500, 540, 40) == list(range(460, 580))
    result.keep(dict.fromkeys(range(460, 579), "row"), range(460, 580))
    assert result.is_gone(579)
    assert result.to_read(500, 540, 40) == []
    result.grow_old()
    assert result.row(500) == "row"
    assert 500 in result.to_read(500, 540, 40)


def test_few_rows_are_kept() -> None:
    result: PagedResult[str] = PagedResult()
    for number in range(5 * CACHED):
        result.keep({number: "row"})
    assert len(result.at_hand()) == CACHED


NAMES = st.text(st.sampled_from("ab é山🦊김ا"), max_size=30)


@given(NAMES, st.integers(0, 20), st.booleans(), st.sampled_from("…~"), st.booleans())
def test_a_cell_is_as_wide_as_it_should(text: str, width: int, right: bool, ellipsis: str, styled: bool) -> None:
    value = Content.styled(text, "bold") if styled else text
    shown = str(cell(value, width, right=right, ellipsis=ellipsis))
    assert cell_len(shown) == width
    if cell_len(text.strip()) > width > 0:
        assert ellipsis in shown


COLUMN = st.builds(
    lambda least, more, flex, rank: Column("key", "Title", least, least + more, flex, rank=rank),
    st.integers(1, 20), st.integers(0, 20), st.integers(0, 3), st.integers(0, 4),
)  # fmt: skip


@given(st.lists(COLUMN, min_size=1, max_size=9), st.integers(1, 220))
def test_columns_fit(columns: list[Column], room: int) -> None:
    placed = place(columns, room, 5)
    assert placed[-1].x + placed[-1].width <= 5 + room
    for before, after in pairwise(placed):
        assert before.x + before.width + GAP == after.x
    for column, _, width in placed:
        assert width <= column.most
        assert width >= column.least or len(placed) == 1
    kept = [place.column for place in placed]
    left_out = [column for column in columns if not any(column is one for one in kept)]
    if left_out and len(kept) > 1:
        assert min(column.rank for column in left_out) >= max(column.rank for column in kept)
    unused = room + 5 - placed[-1].x - placed[-1].width
    assert unused <= 0 or all(width == column.most for column, _, width in placed)


@pytest.mark.parametrize("name", ["Ana", "山田 太郎", "🦊 Fox", "Z\u0336alg\u0336o", "a\x1b[31mb\u202e"])
def test_what_stands_beside_a_name_is_aligned(name: str) -> None:
    columns = place([Column("name", "Name", 12, 12), Column("age", "Age", 3, 3, right=True)], 40, 2)
    shown = across("> ", columns, lambda place: name if place.column.key == "name" else "7", "…").plain
    assert cell_len(shown) == 2 + 12 + GAP + 3
    assert shown.endswith("  7")
    assert "\x1b" not in shown
