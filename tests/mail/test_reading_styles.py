"""Our message answered in the style of many mail programs: the word is found wherever it was typed, and only there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.mail.reading import read_mail
from clinic_tui.messages.answers import Answer, told
from clinic_tui.messages.compose import compose
from tests.mail.reply_styles import BANNERS, BLOCKS, FOOTERS, HEADS, Ours, html_styles, plain_styles, quoted, reply
from tests.messages.test_compose import FACTS
from tests.published import SHARED

ANSWERS = get_args(Answer)
STYLES = [*plain_styles(), *html_styles()]
LANGUAGES = ("en", "de", "es")


@cache
def ours(language: str) -> Ours:
    """Our message with the bare words in it too, as a practice's own template may have them."""
    made = compose(replace(FACTS, language=language))
    bare = [told(language, answer) for answer in ANSWERS]
    page = made.html.replace("</body>", f"{''.join(f'<p>{word}</p>' for word in bare)}</body>")
    return Ours(f"{made.text}\n" + "\n\n".join(bare), page, FACTS.subject)


def in_turn() -> Iterator[tuple[str, str, Ours, int]]:
    """Each style once, in one of the languages."""
    for at, (name, _) in enumerate(STYLES):
        language = LANGUAGES[at % len(LANGUAGES)]
        yield name, language, ours(language), at


def kind_of(at: int, typed: str, message: Ours, encoding: str | None = None) -> str:
    return read_mail(reply(STYLES[at][1](typed, message), message, to=FACTS.reply_to, encoding=encoding)).kind


def test_there_are_many_styles() -> None:
    assert len(STYLES) > 300
    assert len({name for name, _ in STYLES}) == len(STYLES)


@pytest.mark.parametrize("answer", ANSWERS)
def test_an_answer_is_found_in_every_style(answer: Answer) -> None:
    lost = [name for name, language, message, at in in_turn() if kind_of(at, told(language, answer), message) != answer]
    assert not lost


def test_an_acceptance_is_found_in_every_encoding() -> None:
    for encoding in ("base64", "quoted-printable"):
        lost = [n for n, lang, m, at in in_turn() if kind_of(at, told(lang, "acceptance"), m, encoding) != "acceptance"]
        assert not lost, encoding


@pytest.mark.parametrize("typed", ["", "I do not want to {}", "{}?", "Why {}\n\n{}", "not {}", "~~{}~~"])
def test_what_is_no_answer_stays_none_in_every_style(typed: str) -> None:
    wrong = []
    for name, language, message, at in in_turn():
        kind = kind_of(at, typed.replace("{}", told(language, "acceptance")), message)
        if kind != "reply":
            wrong.append((name, kind))
    assert not wrong


def _published() -> list[str]:
    folders = [SHARED / "replies" / name for name in ("github", "zapier", "discourse/emails")]
    files = [
        path for folder in folders if folder.is_dir() for path in sorted(folder.iterdir()) if path.suffix == ".txt"
    ]
    return [path.read_text(encoding="utf-8") for path in files] or ["Hello, what is this?"]


PUBLISHED = _published()


@given(
    st.sampled_from(PUBLISHED),
    st.sampled_from([*HEADS.values(), *(block.format(desk="d@p.example", subject="x") for block in BLOCKS.values())]),
    st.sampled_from(LANGUAGES),
    st.booleans(),
)
def test_what_others_wrote_above_our_message_never_accepts(text: str, head: str, language: str, marked: bool) -> None:
    message = ours(language)
    below = quoted(message.text) if marked else message.text
    raw = f"From: ada@mail.example\nTo: {FACTS.reply_to}\nSubject: Re: x\nContent-Type: text/plain; charset=utf-8\n\n"
    assert read_mail(f"{raw}{text}\n\n{head}\n{below}\n".encode()).kind not in ANSWERS


@given(
    st.sampled_from(BANNERS), st.sampled_from(FOOTERS), st.sampled_from(list(HEADS.values())), st.sampled_from(ANSWERS)
)
def test_whatever_stands_around_the_word(banner: str, footer: str, head: str, answer: Answer) -> None:
    word = told("en", answer)
    raw = f"From: ada@mail.example\nTo: {FACTS.reply_to}\nSubject: Re: x\nContent-Type: text/plain; charset=utf-8\n\n"
    body = f"{banner}\n\n{word}\n\n{footer}\n\n{head}\n{quoted(ours('en').text)}\n"
    assert read_mail(f"{raw}{body}".encode()).kind == answer
