"""Names and phones as practices have them, for the tests of the lookup."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import date

from hypothesis import strategies as st

from clinic_tui.text import words

_KNOWN = [
    "Smith", "Joanna", "O'Brien", "Łoś", "Straßmann", "Yılmaz", "Aníbal", "José", "Zoë", "D’Angelo", "Nguyễn", "Jürgen",
    "Øystein", "Ægir", "Đorđe", "Papadópoulos", "Иванов", "Ольга", "İnci", "Ñuño", "Čapek", "Müller-Lüdenscheidt",
    "McDonald", "Siân", "Ó'Súilleabháin", "Τσίπρας", "حسن", "王小明", "김민준",
]  # fmt: skip

a_word = st.one_of(
    st.sampled_from(_KNOWN),
    st.text(st.sampled_from("abcdefghijklmnopqrstuvwxyzàéîõüçßłıøåñěšžęąőű"), min_size=1, max_size=12).map(str.title),
).filter(lambda word: bool(words(word)))
a_name = st.lists(a_word, min_size=1, max_size=3).map(" ".join)
a_birth_date = st.dates(date(1920, 1, 1), date(2026, 11, 22))


@st.composite
def a_phone(draw: st.DrawFn) -> str:
    """An Australian number, or one from abroad, in one of the ways people write them."""
    rest = "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=8, max_size=8)))
    area = draw(st.sampled_from(["4", "2", "3", "7", "8"]))
    a, b, c = rest[:2], rest[2:5], rest[5:]
    return draw(
        st.sampled_from(
            [
                f"0{area}{a} {b} {c}", f"0{area}{rest}", f"+61 {area}{a} {b} {c}", f"+61{area}{rest}",
                f"(0{area}) {rest[:4]} {rest[4:]}", f"0{area}-{rest[:4]}-{rest[4:]}",
                f"+61 (0){area} {rest[:4]} {rest[4:]}", f"+44 7{area}{a} {b}{c}",
            ]
        )
    )  # fmt: skip


def without_accents(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


typed_as: st.SearchStrategy[Callable[[str], str]] = st.sampled_from([str.strip, str.upper, str.lower, without_accents])
