"""Which whole line is an answer, in every language that a patient may answer in.

The English words of every message (ACCEPT, NO, STOP, NOT ME) stay valid in every language.
"""

from __future__ import annotations

import unicodedata
from typing import Literal

from clinic_tui.text import fold

Answer = Literal["acceptance", "decline", "stop", "not_me"]

MAX_LINE = 60  # a longer line is a sentence

# What a patient is told to type, by language; accents and case are ignored. No "yes", no "I accept", no "OK":
# people write those in sentences, about other things, and below other people's questions.
WORDS: dict[str, dict[Answer, tuple[str, ...]]] = {
    "en": {"acceptance": ("accept",), "decline": ("no", "decline"), "stop": ("stop",), "not_me": ("not me",)},
    "de": {
        "acceptance": ("annehmen", "akzeptieren"),
        "decline": ("nein", "ablehnen"),
        "stop": ("stopp",),
        "not_me": ("nicht ich", "bin ich nicht", "das bin ich nicht"),
    },
    "fr": {
        "acceptance": ("accepter",),
        "decline": ("non", "refuser"),
        "stop": ("arrêter", "arrêt"),
        "not_me": ("pas moi", "ce n'est pas moi"),
    },
    "es": {
        "acceptance": ("aceptar",),
        "decline": ("no", "rechazar"),
        "stop": ("parar", "alto"),
        "not_me": ("no soy yo",),
    },
    "it": {
        "acceptance": ("accettare", "accetta"),
        "decline": ("no", "rifiutare"),
        "stop": ("fermare",),
        "not_me": ("non sono io",),
    },
    "nl": {
        "acceptance": ("accepteren",),
        "decline": ("nee", "weigeren"),
        "stop": ("stoppen",),
        "not_me": ("niet ik", "ben ik niet", "dat ben ik niet"),
    },
    "pt": {
        "acceptance": ("aceitar",),
        "decline": ("não", "recusar"),
        "stop": ("parar",),
        "not_me": ("não sou eu",),
    },
    "pl": {
        "acceptance": ("akceptuj", "akceptuję"),
        "decline": ("nie", "odrzuć"),
        "stop": ("stop",),
        "not_me": ("nie ja", "to nie ja"),
    },
    "sv": {
        "acceptance": ("acceptera",),
        "decline": ("nej",),
        "stop": ("stopp", "sluta"),
        "not_me": ("inte jag", "det är inte jag"),
    },
    "da": {"acceptance": ("accepter",), "decline": ("nej",), "stop": ("stop",), "not_me": ("ikke mig",)},
    "nb": {"acceptance": ("aksepter",), "decline": ("nei",), "stop": ("stopp",), "not_me": ("ikke meg",)},
    "fi": {"acceptance": ("hyväksy",), "decline": ("ei",), "stop": ("lopeta",), "not_me": ("en ole minä",)},
}

_AROUND = " .!,;:\"'`´“”„‟‘’‚‛«»‹›()[]{}<>*_-–—…·•¡。！"


_OVERLAYS = frozenset("\u0335\u0336\u0337\u0338")  # combining strokes: text crossed out


def folded(line: str) -> str:
    """A line as answers are compared: no case, accents, invisible characters or double spaces."""
    return fold("".join(c for c in line if c.isspace() or unicodedata.category(c) not in ("Cf", "Cc", "Co")))


_BY_WORD = {
    folded(word): answer for answers in reversed(WORDS.values()) for answer, words in answers.items() for word in words
}


def answer_of(line: str) -> Answer | None:
    """The answer that this whole line is, or None; what stands around it may be punctuation, but no question mark."""
    if len(line) > MAX_LINE * 4 or not _OVERLAYS.isdisjoint(line):
        return None
    plain = folded(line)
    if len(plain) > MAX_LINE:
        return None
    return _BY_WORD.get(plain.strip(_AROUND))


def told(language: str, answer: Answer) -> str:
    """The word that a message in `language` tells its patient to type: `ACCEPT`, `ANNEHMEN`."""
    return WORDS[language][answer][0].upper()


def begins_with(line: str) -> str | None:
    """The answer's word or words that the line begins with, folded; None where it begins with none."""
    plain = folded(line[:MAX_LINE]).lstrip(_AROUND)
    found = [word for word in _BY_WORD if plain.startswith(word) and not plain[len(word) :][:1].isalnum()]
    return max(found, key=len, default=None)
