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

from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache

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
    birth_date: date | str | None = None,
    phones: Iterable[str | None] = (),
) -> set[str]:
    """Every token of one patient; see the top of this file. `birth_date`: a date, or one as ISO 8601 writes it."""
    born = "\t" + (str(birth_date).replace("-", "") if birth_date else "")
    families, givens = _words(family), _words(given)
    if len(families) == len(givens) == 1 and not preferred and families != givens:  # most patients
        found = {f"f{families[0]} {givens[0]}{born}", f"g{givens[0]} {families[0]}{born}"}
    else:
        found = _of_words(families, givens + _words(preferred) if preferred else givens, born)
    for phone in phones:
        for number in nationals(phone) if phone else ():
            found.add(f"p{number}{born}")
            found.add(f"r{number[::-1]}{born}")
    return found


def _of_words(family: Sequence[str], given: Sequence[str], born: str) -> set[str]:
    families = list(dict.fromkeys(family))[:_MOST_WORDS]
    givens = list(dict.fromkeys(word for word in given if word not in family))[:_MOST_WORDS]
    found: set[str] = set()
    for kind, own, others in (("f", families, givens + families), ("g", givens, families + givens)):
        for place, word in enumerate(own):
            rest = "".join([" " + other for other in others if other is not word])
            found.add(kind + word + ("!" if place else "") + rest[:_LONGEST_REST] + born)
    return found


@lru_cache(16_384)  # a million patients share few names
def _words(name: str) -> tuple[str, ...]:
    found = words(name)
    if not name.isalpha():  # the parts that only `name_tokens` knows: `brien` of O'Brien
        found += sorted(name_tokens(name).difference(found))
    return tuple(word[:LONGEST_WORD] for word in found)
