"""What may be wrong with the words of a template: marked with its place, and left to whoever writes.

A mail is read by whoever opens it, and a subject on a locked telephone: no health fact, no birth date, no full name
belongs there. Words that sell end in a spam folder.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal, NamedTuple

from clinic_tui.messages import terms
from clinic_tui.messages.answers import begins_with
from clinic_tui.messages.languages import Kind
from clinic_tui.text import clean_text, fold, header_safe

Place = Literal["subject", "body"]
MOST = 50


class Mark(NamedTuple):
    """Something to look at: the `words` from `start` to `end` in the subject or the body, and why."""

    place: Place
    start: int
    end: int
    words: str
    why: str


# Beginnings of words, without case and accents; the languages are mixed, as patients' mailboxes are.
_HEALTH = (
    "allerg", "anxi", "asthma", "biops", "blood", "cancer", "chemo", "counsel", "depress", "diabet",
    "diagnos", "disease", "disorder", "dose", "fertil", "hiv", "illness", "immuni", "infect", "medicat", "medicin",
    "mental", "obes", "operation", "patholog", "physio", "pregnan", "prescri", "psych", "referral", "sexual",
    "surg", "symptom", "test result", "therap", "treatment", "tumor", "tumour", "vaccin", "x-ray",
    "arznei", "befund", "behandl", "beschwerden", "blut", "erkrank", "impf", "krankheit", "krebs", "medikament",
    "rezept", "schwanger", "uberweis", "untersuch",
    "analisis", "cancer", "cirug", "embaraz", "enfermedad", "medicament", "receta", "sangre", "sintoma", "terapia",
    "tratamiento", "vacuna",
)  # fmt: skip
_PROMOTING = (
    "act now", "bargain", "best price", "bonus", "buy", "cheap", "click here", "congratulation", "deal", "discount",
    "don't miss", "exclusive", "for free", "free", "gift", "guarantee", "hurry", "limited", "offer", "prize", "promo",
    "reward", "risk-free", "sale", "save", "urgent", "voucher", "winner",
    "angebot", "exklusiv", "gratis", "gutschein", "kostenlos", "rabatt", "sparen", "gewinn",
    "descuento", "gratuit", "oferta", "premio", "regalo", "urgente",
)  # fmt: skip
_PASSWORDS = ("password", "passcode", "passwort", "kennwort", "contrasena", "pin code")
_BORN = (r"date of birth", r"birth ?date", r"\bd\.?o\.?b\b", r"geburtsdatum", r"fecha de nacimiento")
_DATE = (
    r"\b\d{1,2}[./-]\d{1,2}[./-](?:19|20)\d\d\b",
    r"\b(?:19|20)\d\d-\d\d-\d\d\b",
    r"\b\d{1,2}\.? (?:de )?[^\W\d]{3,12} (?:de )?(?:19\d\d|200\d|201\d)\b",
)
_SHOUTED = r"!{2,}|\b[A-Z]{4,}(?: [A-Z]{2,}){2,}\b"


def _any(beginnings: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(map(re.escape, dict.fromkeys(beginnings))) + r")\w*", re.IGNORECASE)


_RULES: Mapping[str, re.Pattern[str]] = {
    "a health word: whoever opens the mailbox reads it": _any(_HEALTH),
    "a word that sells: spam filters look for it": _any(_PROMOTING),
    "no mail of ours asks for a password": _any(_PASSWORDS),
    "a date of birth does not belong in a mail": re.compile("|".join((*_BORN, *_DATE)), re.IGNORECASE),
    "shouting: spam filters look for it": re.compile(_SHOUTED),
}


def check(kind: Kind, subject: str, body: str) -> list[Mark]:
    """What to look at again, in the order of the text, at most MOST. It never keeps a template from being stored."""
    found = [*_in_subject(header_safe(subject)), *_in_text(kind, "subject", header_safe(subject))]
    found += _in_text(kind, "body", clean_text(body))
    return sorted(found, key=lambda mark: (mark.place != "subject", mark.start))[:MOST]


def _in_subject(subject: str) -> Iterator[Mark]:
    word = begins_with(subject)
    if word is not None:
        why = "a subject that begins with a patient's answer may be taken for one"
        first = next(at for at, letter in enumerate(subject) if letter.isalnum())
        yield Mark("subject", first, first + len(word), subject[first : first + len(word)], why)
    for name, start, end in terms.places(subject):
        if name == "Patient Full Name":
            yield Mark("subject", start, end, subject[start:end], "a full name in the subject: others see it")


def _in_text(kind: Kind, place: Place, text: str) -> Iterator[Mark]:
    plain = _folded(text)
    for why, pattern in _RULES.items():
        for match in pattern.finditer(text if why.startswith("shouting") else plain):
            yield Mark(place, *match.span(), text[match.start() : match.end()], why)
    seen: set[str] = set()
    part = terms.PARTS[kind] if place == "body" else ""
    for name, start, end in terms.places(text):
        if name not in terms.TERMS and (name != part or part in seen):
            why = "it stands here twice" if name in seen else "no term that we know: nobody gets it like this"
            yield Mark(place, start, end, text[start:end], why)
        seen.add(name)


def _folded(text: str) -> str:
    """Without case and accents, every character still at its place."""
    return "".join(letter if letter.isascii() else (fold(letter) or letter)[:1] for letter in text)
