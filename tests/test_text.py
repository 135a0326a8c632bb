from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clinic_tui import text
from tests.published import published

HOSTILE = [
    ("Bob\x1b]52;c;aGk=\x07", "Bob]52;c;aGk="),
    ("Ann\u202eevil", "Annevil"),
    ("Zo\u200be", "Zoe"),
    ("line\nbreak", "line break"),
    ("\u009b31mred", "31mred"),
    ("Bob [/]", "Bob [/]"),
    ("a" + "\u0301" * 40, "a" + "\u0301" * 3),
]


@pytest.mark.parametrize(("foreign", "safe"), HOSTILE)
def test_what_could_move_the_terminal_is_gone(foreign: str, safe: str) -> None:
    assert text.clean(foreign) == safe


@given(st.text())
def test_clean_text_is_one_safe_line_and_stays_so(foreign: str) -> None:
    safe = text.clean(foreign)
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") for c in safe)
    assert not any(unicodedata.bidirectional(c) in ("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI") for c in safe)
    assert text.clean(safe) == safe


def test_published_hostile_strings_are_safe_to_draw() -> None:
    for foreign in json.loads((published("hostile") / "blns.json").read_text()):
        safe = text.clean(foreign)
        assert "\x1b" not in safe
        assert "\n" not in safe
        text.fold(foreign)
        text.header_safe(foreign)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Łoś", "los"), ("Straße", "strasse"), ("ILGIN Yıldız", "ilgin yildiz"), ("İpek", "ipek"),
        ("Ångström", "angstrom"),
        ("Æsa  Þór", "aesa thor"), ("Ｊｏ", "jo"), ("ŒUVRE", "oeuvre"), ("Đặng", "dang"), ("  a  b ", "a b"),
    ],
)  # fmt: skip
def test_names_are_compared_without_accents_and_strokes(name: str, folded: str) -> None:
    assert text.fold(name) == folded


def test_a_name_is_found_by_each_of_its_words() -> None:
    assert text.name_tokens("Aníbal", "de Smit-Jonker") == {"anibal", "de", "smit", "jonker"}
    assert {"obrien", "brien"} <= text.name_tokens("O'Brien")
    assert text.name_tokens("O’Brien") == text.name_tokens("O'Brien")


@example("𝜜")
@example("ǽ")
@given(st.text(max_size=30))
def test_folding_twice_is_folding_once(name: str) -> None:
    assert text.fold(text.fold(name)) == text.fold(name)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_header_holds_one_line(first: str, second: str) -> None:
    assert "\n" not in text.header_safe(f"{first}\r\n{second}")
    assert "\r" not in text.header_safe(f"{first}\r\n{second}")


def test_digits_of_any_script() -> None:
    assert text.digits("+61 (02) 5550-1234") == "610255501234"
    assert text.digits("٠٤١٢") == "0412"
