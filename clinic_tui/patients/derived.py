"""What the database keeps of a patient only to sort and find it: computed here, for records and imports alike. Pure.

A token is a string that a range of an index finds by its beginning; its first letter says what it is:

- `f` + a word of the family name, then a space and each other word of the patient, given names first:
  `fsmith joanna jo`. The second and later words of a family name have `!` behind them: `fjonker! anna de smit`.
- `g` + a word of the given name, then the others, family name first: `gjoanna smith jo`. The second and later given
  names and the preferred name have `!` behind them: `gjo! smith joanna`.
- `p` + the national digits of a phone (`phones.national`), `r` + the same reversed, for its last digits.

Each ends with a tab and the birth date as YYYYMMDD, if known. So one range of the index answers several words and a
birth date, in the order in which a desk expects them. Words hold letters and digits alone, folded: a tab, a space and
`!` sort before any character of a word.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from clinic_tui.patients.phones import nationals
from clinic_tui.text import fold, fold_email, name_tokens, words

# An index row of PostgreSQL holds 2,704 bytes: names beyond these lengths are found by their beginnings.
LONGEST_WORD = 60
_MOST_WORDS = 20
_LONGEST_REST = 400
_LONGEST_SORT_NAME = 200


def sort_name(given: str, family: str) -> str:
    """What lists are ordered by: the folded "Family Given"."""
    return fold(f"{family} {given}")[:_LONGEST_SORT_NAME]


def email_fold(email: str | None) -> str | None:
    """The address as it is compared; None where there is none."""
    return fold_email(email) or None if email else None


def tokens(
    given: str,
    family: str,
    preferred: str | None = None,
    birth_date: date | None = None,
    phones: Iterable[str | None] = (),
) -> set[str]:
    """Every token of one patient; see the top of this file."""
    families = _words(family)
    givens = [word for word in _words(given) + (_words(preferred) if preferred else []) if word not in families]
    families, givens = list(dict.fromkeys(families))[:_MOST_WORDS], list(dict.fromkeys(givens))[:_MOST_WORDS]
    born = "\t" + (birth_date.isoformat().replace("-", "") if birth_date else "")
    found: set[str] = set()
    for kind, own, others in (("f", families, givens + families), ("g", givens, families + givens)):
        for place, word in enumerate(own):
            rest = "".join([" " + other for other in others if other is not word])
            found.add(kind + word + ("!" if place else "") + rest[:_LONGEST_REST] + born)
    for phone in phones:
        for number in nationals(phone):
            found.add("p" + number + born)
            found.add("r" + number[::-1] + born)
    return found


def _words(name: str) -> list[str]:
    found = words(name)
    if not name.isalpha():  # the parts that only `name_tokens` knows: `brien` of O'Brien
        found += sorted(name_tokens(name).difference(found))
    return [word[:LONGEST_WORD] for word in found]
