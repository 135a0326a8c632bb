"""Which column of a file holds what of a patient, told by the names in its header alone.

Only exact, known names count (`fields.NAMES`). A guardian's, an emergency contact's or a practitioner's address and
phone have longer names (`Guardian Email`), match nothing, and so never end up on the patient.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from clinic_tui.errors import ClinicError
from clinic_tui.imports.fields import FIRST_WINS, NAMES, field_of, place_of
from clinic_tui.imports.others import Column, column_of, is_unclear
from clinic_tui.imports.systems import system_of
from clinic_tui.text import clean, words

# Whose the patient's own columns may be said to be: practices call patients so.
_WHOSE = ("patients", "patient", "clients", "client", "residents", "resident", "customers", "customer", "pat", "pt")
# Numbers that a program gives by itself: beside one that the practice gives, each is the program's own id.
_OWN_IDS = frozenset(f"{whose}id" for whose in _WHOSE)
_NUMBER = re.compile(r"#(?!\s*\d)|№")
_ASIDE = re.compile(r"\(([^()]*)\)|\[([^][]*)\]")
_HINTS = frozenset(("required", "optional", "mandatory", "dob", "primary", "main", "personal", "own", *_WHOSE))
_FORMAT = re.compile(r"(?<=.)(?:ddmm(?:yy|yyyy)|mmdd(?:yy|yyyy)|ddmmmyyyy|yyyymmdd|yymmdd)$")

_SYNTHEA = frozenset(("birthdate", "deathdate", "ssn", "drivers", "passport"))
_NO_PATIENTS = frozenset(
    ("organization", "organisation", "speciality", "specialty", "utilization", "revenue", "npi", "providernumber")
)
_FEBRL = frozenset(("recid", "socsecid", "dateofbirth"))


class Columns(NamedTuple):
    """Where each field stands (`at`), what the file looks like (`source`), the columns that nothing reads.

    `contacts`: where what is said of somebody else stands; `codes`: words of this program for those of a field;
    `questions`: columns of which somebody must say whose they are (`--map`).
    """

    at: dict[str, int]
    source: str
    unused: list[str]
    names: dict[str, str]
    contacts: dict[Column, int] = {}
    codes: Mapping[str, Mapping[str, str]] = {}
    questions: list[str] = []

    def shown(self, *fields: str) -> str:
        """The file's own names for these fields' columns, for a message."""
        return " and ".join(repr(clean(self.names[field], 40)) for field in fields if field in self.names)


def recognise(
    header: Sequence[str], shown: str, source: str | None = None, mapping: Mapping[str, str] | None = None
) -> Columns:
    """The columns of a file called `shown`, by its header. `source`: which program it comes from, where that is said;
    `mapping`: what columns hold, by the key of their header, where that is said; "" for nothing kept.

    Fields: number, source_id, given, middle, family, preferred, full, birth_date, sex, mobile, phone, home_phone,
    work_phone, email, street_number, street, street2, suburb, region, postcode, country, language, status,
    deceased, active, death_date, practitioner, communication, consent, opt_out.
    Raises ClinicError where two columns claim one field, or none can name a patient or tell two apart.
    """
    keys = [key_of(name) for name in header]
    claims: dict[str, list[int]] = {}
    contacts: dict[Column, int] = {}
    unclear: list[int] = []
    system = system_of(frozenset(keys))
    for index, field in enumerate(guesses(header, mapping)):
        if isinstance(field, Column):
            contacts.setdefault(field, index)
        elif field in NAMES:
            claims.setdefault(field, []).append(index)
        elif field is None and is_unclear(keys[index]):
            unclear.append(index)
    _tell_ids_apart(claims, keys)
    at: dict[str, int] = {}
    for field, indices in claims.items():
        at[field] = min(indices, key=lambda index: (keys[index] not in (mapping or ()), place_of(_bare(keys[index]))))
        if len(indices) > 1 and field not in FIRST_WINS:
            one, other = (clean(header[index].strip(), 40) for index in indices[:2])
            raise ClinicError(
                f"Two columns of {shown} both hold the patient's {_spoken(field)}: {one!r} and {other!r}.",
                f'Rename or remove one in the file, or say it with --map FILE, by a line such as "{other}" = "".',
            )
    source = source or _source(frozenset(keys))
    if "id" in at:
        # A bare `id` is the practice's number where the file has no other, and no known source gave it.
        at["source_id" if source != "csv" or "number" in at else "number"] = at.pop("id")
    _need_a_name(at, header, shown)
    _need_an_identity(at, frozenset(keys), shown)
    if "given" in at and "family" in at:
        at.pop("full", None)
    names = {field: header[index].strip() for field, index in at.items()}
    used = {*at.values(), *contacts.values()}
    unused = [name.strip() for index, name in enumerate(header) if index not in used and name.strip()]
    questions = [header[index].strip() for index in unclear] if "email" not in at else []
    return Columns(at, source, unused, names, contacts, system.codes if system else {}, questions)


def guesses(header: Sequence[str], mapping: Mapping[str, str] | None = None) -> list[str | Column | None]:
    """What each column is taken to hold: a field, or something of somebody else; "" for nothing kept, None unknown."""
    keys = [key_of(name) for name in header]
    system = system_of(frozenset(keys))
    said = {**(system.fields if system else {}), **(mapping or {})}
    found: list[str | Column | None] = []
    for key in keys:
        field = said.get(key, _field(key))
        other = column_of(_bare(key) if field is None else key_of(field)) if field != "" else None
        found.append(other or field)
    return found


def key_of(name: str) -> str:
    """A header's name as it is compared: `Home Phone`, `HOME_PHONE` and `homePhone` are one.

    What only says how it is to be filled in is no part of it: `DOB (dd/mm/yyyy)`, `First Name (required)`.
    """
    text = _ASIDE.sub(_unless_hint, _NUMBER.sub(" number ", name))
    return _FORMAT.sub("", "".join(words(text)))


def names_persons(keys: Sequence[str]) -> bool:
    """Whether a header with these keys has anybody's name, or birth date, in it."""
    return any(_field(key) in ("given", "family", "full", "birth_date") for key in keys)


def _unless_hint(aside: re.Match[str]) -> str:
    inside = "".join(words(aside[1] or aside[2] or ""))
    return " " if inside in _HINTS or _FORMAT.fullmatch(f" {inside}", 1) else aside[0]


def _field(key: str) -> str | None:
    if field := field_of(key):
        return field
    field = field_of(_bare(key))
    return {"id": "number", "practitioner": None}.get(field, field) if field else None


def _bare(key: str) -> str:
    """The key without the words that it is the patient's."""
    tried = [key, *(key.removeprefix(whose) for whose in _WHOSE), *(key.removesuffix(f"of{whose}") for whose in _WHOSE)]
    return next((one for one in tried if field_of(one) or column_of(one)), key)


def _tell_ids_apart(claims: dict[str, list[int]], keys: Sequence[str]) -> None:
    """Of two numbers one may be the program's own id."""
    numbers = claims.get("number", [])
    ids = [index for index in numbers if keys[index] in _OWN_IDS]
    if len(numbers) > 1 and len(ids) == 1 and not claims.keys() & {"id", "source_id"}:
        numbers.remove(ids[0])
        claims["source_id"] = ids


def _source(keys: frozenset[str]) -> str:
    if keys >= _SYNTHEA:
        return "synthea"
    return "febrl" if keys >= _FEBRL else "csv"


def _need_a_name(at: dict[str, int], header: Sequence[str], shown: str) -> None:
    if at.keys() & {"given", "family", "full"}:
        return
    seen = ", ".join(repr(clean(name.strip(), 30)) for name in header[:6])
    what = "no column with a name" if at else "no header that is known here"
    raise ClinicError(
        f"{shown} has {what}: its first row reads {seen}.",
        "The first row must name the columns: given name, family name, date of birth, e-mail and so on.",
    )


def _need_an_identity(at: dict[str, int], keys: frozenset[str], shown: str) -> None:
    if at.keys() & {"birth_date", "birth_year"}:
        return
    if keys & _NO_PATIENTS:
        raise ClinicError(
            f"{shown} looks like a list of practitioners or organisations.", "Import the list of patients."
        )
    if not at.keys() & {"number", "source_id"}:
        raise ClinicError(
            f"{shown} has neither patient numbers nor birth dates: two patients of one name could not be told apart.",
            "Export it with a column of either.",
        )


def _spoken(field: str) -> str:
    return {"id": "id", "source_id": "id", "email": "e-mail", "full": "whole name", "region": "state"}.get(
        field, field.replace("_", " ")
    )
