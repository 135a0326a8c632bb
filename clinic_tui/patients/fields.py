"""What may stand in each field of a patient's record: typed or given text made into a value, or a reason. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from email_validator import EmailNotValidError

from clinic_tui import access
from clinic_tui.clock import today
from clinic_tui.dates import parse_typed_date
from clinic_tui.emails import normalized
from clinic_tui.errors import FieldError
from clinic_tui.text import clean, digits, header_safe

NAME_LIMIT = 200
NUMBER_LIMIT = 60
TEXT_LIMIT = 500
_OLDEST = 130

_SHOWN = {"birth_date": "birth date", "email": "e-mail", "preferred": "preferred name", "given": "given name",
          "middle": "middle names",
          "family": "family name"}  # fmt: skip


def read(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values as the record keeps them, for those fields that are given; None (or '') empties one.

    Raises FieldError for a field that there is not, or a value that cannot stand.
    """
    kept: dict[str, Any] = {}
    for field, value in values.items():
        reader = _READERS.get(field)
        if reader is None:
            raise FieldError(field, f"A patient has no field {clean(field, 40)!r}.", f"There are: {', '.join(FIELDS)}.")
        kept[field] = reader(field, value)
    return kept


def shown(field: str) -> str:
    """What to call the field in a sentence."""
    return _SHOWN.get(field, field)


def _line(limit: int) -> Callable[[str, Any], str | None]:
    def read_line(field: str, value: Any) -> str | None:
        text = header_safe(str(value or ""))
        if len(text) > limit:
            raise FieldError(field, f"The {shown(field)} is longer than {limit} characters.", "Shorten it.")
        return text or None

    return read_line


def _name(field: str, value: Any) -> str:
    return _line(NAME_LIMIT)(field, value) or ""


def _number(field: str, value: Any) -> str:
    text = _line(NUMBER_LIMIT)(field, value)
    if not text:
        raise FieldError(field, "A patient keeps a number.", "Leave it out, and one is made.")
    return text


def _birth_date(field: str, value: Any) -> date | None:
    if value is None or value == "":
        return None
    if isinstance(value, date):
        born = value
    else:
        days = [found.first for found in parse_typed_date(str(value), today()) if found.first == found.last]
        if not days:
            raise FieldError(field, f"{clean(str(value), 30)!r} is no date.", "Write it as 1984-03-12 or 12 mar 1984.")
        if len(days) > 1:
            either = " or ".join(day.isoformat() for day in days)
            raise FieldError(field, f"{clean(str(value), 30)!r} may be {either}.", "Write it as 1984-03-12.")
        born = days[0]
    if born > today():
        raise FieldError(field, f"The birth date {born} lies in the future.", "Check the year.")
    if today().year - born.year > _OLDEST:
        raise FieldError(field, f"The birth date {born} is over {_OLDEST} years ago.", "Check the year.")
    return born


def _email(field: str, value: Any) -> str | None:
    typed = str(value or "").strip()
    if not typed:
        return None
    if clean(typed) != typed or len(typed) > 254:
        raise FieldError(field, "The address holds characters that no address has.", "Type it again.")
    try:
        return normalized(typed)
    except EmailNotValidError as error:
        raise FieldError(field, f"This is not an address: {clean(str(error), 120)}", "Ask, then mend it.") from error


def _phone(field: str, value: Any) -> str | None:
    text = _line(TEXT_LIMIT)(field, value)
    if text and not digits(text):
        raise FieldError(field, f"{clean(text, 30)!r} holds no phone number.", "Write its digits.")
    return text


def _one_of(words: tuple[str, ...], *, empty: bool = False) -> Callable[[str, Any], str | None]:
    def read_word(field: str, value: Any) -> str | None:
        word = str(value or "").strip().lower()
        if word in words or (empty and not word):
            return word or None
        raise FieldError(field, f"{clean(word, 30)!r} is no {shown(field)}.", f"It is one of: {', '.join(words)}.")

    return read_word


def _id(field: str, value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise FieldError(field, "A practitioner is given by id.", "`patient show` of another patient of theirs has it.")


_TEXT = _line(TEXT_LIMIT)
_READERS: dict[str, Callable[[str, Any], Any]] = {
    "number": _number,
    "given": _name,
    "middle": _line(NAME_LIMIT),
    "family": _name,
    "preferred": _line(NAME_LIMIT),
    "birth_date": _birth_date,
    "sex": _one_of(access.SEXES, empty=True),
    "mobile": _phone,
    "phone": _phone,
    "email": _email,
    "street": _TEXT,
    "suburb": _TEXT,
    "region": _TEXT,
    "postcode": _TEXT,
    "country": _TEXT,
    "language": _TEXT,
    "status": _one_of(access.STATUSES),
    "communication": _one_of(access.COMMUNICATION),
    "practitioner": _id,
}
FIELDS = tuple(_READERS)
