"""The languages that messages can be written in: every sentence of ours in each, and which one a patient reads."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from clinic_tui.messages.languages import de, en, es
from clinic_tui.messages.languages.wording import Kind, Standard, Wording
from clinic_tui.text import fold

__all__ = ["ENGLISH", "LANGUAGES", "Kind", "Standard", "Wording", "language_of", "wording"]

ENGLISH = "en"
LANGUAGES: Mapping[str, Wording] = {one.code: one for one in (en.WORDING, de.WORDING, es.WORDING)}
_BY_NAME = {fold(name): one.code for one in LANGUAGES.values() for name in (one.code, one.iso3, one.name, one.own_name)}


def wording(language: str) -> Wording:
    """The sentences in `language`; in English where we have none in it."""
    return LANGUAGES.get(language, en.WORDING)


@lru_cache(1_000)  # many records name few languages
def language_of(text: str | None) -> str | None:
    """The code of the language that a record names, one of LANGUAGES: "es-AU", "spa", "Spanish", "Español" are `es`.

    None where it names none, or one that we have no sentences in.
    """
    plain = fold(text or "")
    first = plain.replace("_", "-").partition("-")[0].strip()
    return _BY_NAME.get(plain) or (_BY_NAME.get(first) if len(first) in (2, 3) else None)
