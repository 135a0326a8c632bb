from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.messages.checking import MOST, check
from clinic_tui.messages.languages import LANGUAGES


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["invitation", "reminder", "confirmation", "setup"])
def test_nothing_is_wrong_with_the_words_that_come_with_the_program(kind: Any, language: str) -> None:
    standard = LANGUAGES[language].standard[kind]
    assert check(kind, standard.subject, standard.body) == []


@pytest.mark.parametrize(
    ("subject", "body", "words", "why"),
    [
        ("Your blood test", "", "blood", "health"),
        ("Hello", "about your Diagnosis", "Diagnosis", "health"),
        ("Hallo", "Ihre Überweisung", "Überweisung", "health"),
        ("Hello", "born 12/03/1984", "12/03/1984", "date of birth"),
        ("Hello", "12 March 1984", "12 March 1984", "date of birth"),
        ("Hello", "your D.O.B. please", "D.O.B", "date of birth"),
        ("For [patient full name]", "", "[patient full name]", "full name"),
        ("A FREE day", "", "FREE", "sells"),
        ("Hello", "Come!!!", "!!!", "shouting"),
        ("Stop waiting", "", "Stop", "answer"),
        ("  «Not me» she said", "", "Not me", "answer"),
        ("Hello", "send your password", "password", "password"),
        ("Hello", "Dear [Patient Nickname]", "[Patient Nickname]", "no term"),
        ("Hello", "[How To Accept] [How To Accept]", "[How To Accept]", "twice"),
        ("Hello", "[Set Up Steps]", "[Set Up Steps]", "no term"),
    ],
)
def test_what_is_marked_and_where(subject: str, body: str, words: str, why: str) -> None:
    marks = [mark for mark in check("invitation", subject, body) if why in mark.why]
    assert [mark.words for mark in marks] == [words]
    for mark in marks:
        text = " ".join(subject.split()) if mark.place == "subject" else body
        assert text[mark.start : mark.end] == mark.words


def test_what_is_not_marked() -> None:
    body = "Please ring [Practice Name] on [Practice Phone], nobody waits long. Works until [Invitation Expiry]."
    assert check("invitation", "Nobody waits at [Practice Name]", f"[Greeting]\n\n{body}") == []


@given(st.text(max_size=300), st.text(max_size=2_000))
def test_any_text_can_be_checked(subject: str, body: str) -> None:
    assert len(check("invitation", subject, body)) <= MOST


def test_a_huge_text_is_checked_at_once() -> None:
    assert len(check("invitation", "[" * 5_000, "[Patient " * 10_000 + "free " * 2_000)) == MOST
