"""A row of cells made into what we keep of a patient, or the reason why it cannot be. Pure, and quick."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from clinic_tui.dates import Order, parse_date
from clinic_tui.imports import words
from clinic_tui.imports.moments import moment
from clinic_tui.imports.names import split_name
from clinic_tui.text import clean, digits, header_safe

if TYPE_CHECKING:
    from clinic_tui.imports.headers import Columns

NAME_LIMIT = 200
TEXT_LIMIT = 500
_OLDEST = 130
_CACHE = 100_000

_ATOM = r"[^\s@<>()\[\],;:\\\".\x00-\x1f]+"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@(?:[^\W_](?:[\w-]{{0,61}}[^\W_])?\.)+[^\W\d_](?:[\w-]{{0,61}}[^\W_])")
_NULLS = frozenset(("NULL", r"\N"))  # what databases write for a cell without a value
_MANGLED = re.compile(r"\d[.,]?\d*E\+?\d+", re.IGNORECASE)


class PatientRow(NamedTuple):
    """What a row says of a patient. None: the cell is empty or not there, which changes nothing."""

    number: str | None
    source_id: str | None
    given: str | None
    family: str | None
    preferred: str | None
    birth_date: date | None
    sex: str | None
    mobile: str | None
    phone: str | None
    email: str | None
    street: str | None
    suburb: str | None
    region: str | None
    postcode: str | None
    country: str | None
    language: str | None
    status: str | None
    communication: str | None
    practitioner: str | None
    middle: str | None = None


class Unusable(Exception):
    """Why a row is refused."""


def cleaner(columns: Columns, order: Order, today: date) -> Callable[[list[str]], PatientRow]:
    """A function that cleans the rows of one file; it raises Unusable, saying why, for a row that cannot stand."""
    return _Cleaner(columns, order, today).clean


class _Cleaner:
    def __init__(self, columns: Columns, order: Order, today: date) -> None:
        self._columns = columns
        self._order = order
        self._today = today
        self._dates: dict[str, date | None] = {}
        self._births: dict[str, date | None] = {}
        # The cell that fields without a column read: an empty one, put behind the row.
        self._at = dict.fromkeys(_FIELDS, -1) | columns.at
        self._plain = itemgetter(*(self._at[field] for field in _PLAIN))
        self._named = {self._at[field] for field in ("given", "family", "full")}  # somebody may be called so
        self._states = bool(columns.at.keys() & _STATES)
        self._reaches = bool(columns.at.keys() & {"communication", "consent", "opt_out"})
        self._bits = bool(columns.at.keys() & {"street_number", "street2"})

    def clean(self, cells: list[str]) -> PatientRow:
        text = "|".join(cells)
        if text.isascii() and text.isprintable():
            if "  " in text or " |" in text or "| " in text or text[0] == " " or text[-1] == " ":
                cells = [" ".join(cell.split()) for cell in cells]
        elif "\x00" in text:
            raise Unusable("it holds a NUL byte: the file is damaged here")
        else:
            cells = [header_safe(cell) for cell in cells]
        if "NULL" in text or r"\N" in text:
            cells = ["" if cell in _NULLS and index not in self._named else cell for index, cell in enumerate(cells)]
        cells.append("")
        at = self._at
        given, family, preferred = self._name(cells)
        number, source_id, suburb, region, postcode, country, language, practitioner, mobile, email, sex, middle = (
            self._plain(cells)
        )
        if len(text) > TEXT_LIMIT:
            self._measure(cells)
        if at["birth_year"] >= 0 and cells[at["birth_year"]]:
            parts = (cells[at[part]] or "?" for part in ("birth_year", "birth_month", "birth_day"))
            birth_date = self._birth_date("-".join(parts))
        else:
            birth_date = self._birth_date(cells[at["birth_date"]])
        if self._columns.codes:
            sex = self._word("sex", sex)
        street = cells[at["street"]]
        if self._bits:
            street = " ".join(filter(None, (cells[at["street_number"]], street)))
            street = ", ".join(filter(None, (street, cells[at["street2"]])))
        phone = cells[at["phone"]] or cells[at["home_phone"]] or cells[at["work_phone"]]
        return PatientRow(
            number or None,
            source_id or None,
            given or None,
            family or None,
            preferred or None,
            birth_date,
            words.sex(sex) if sex else None,
            _phone(mobile) if mobile else None,
            _phone(phone) if phone else None,
            read_email(email) if email else None,
            street or None,
            suburb or None,
            region or None,
            postcode or None,
            country or None,
            language or None,
            self._status(cells, birth_date) if self._states else None,
            self._communication(cells) if self._reaches else None,
            practitioner or None,
            middle[:NAME_LIMIT] or None,
        )

    def _name(self, cells: list[str]) -> tuple[str, str, str]:
        at = self._at
        given, family, preferred = cells[at["given"]], cells[at["family"]], cells[at["preferred"]]
        if at["full"] >= 0 and not (given and family):
            parts = split_name(cells[at["full"]])
            given, family, preferred = given or parts[0], family or parts[1], preferred or parts[2]
        if not given and not family:
            raise Unusable("it has no name")
        if len(given) > NAME_LIMIT or len(family) > NAME_LIMIT:
            raise Unusable(f"a name is longer than {NAME_LIMIT} characters")
        return given, family, preferred

    def _measure(self, cells: list[str]) -> None:
        for field, index in self._columns.at.items():
            if len(cells[index]) > TEXT_LIMIT:
                raise Unusable(f"{self._columns.shown(field)} is longer than {TEXT_LIMIT} characters")

    def _date(self, text: str, field: str) -> date | None:
        if not text:
            return None
        try:
            found = self._dates[text]
        except KeyError:
            if len(self._dates) > _CACHE:
                self._dates.clear()
            found = self._dates[text] = parse_date(text, self._order, self._today)
        if found is None and not words.is_nothing(text):
            raise Unusable(f"{self._columns.shown(field)} {clean(text, 30)!r} is no date that can be")
        return found

    def _birth_date(self, text: str) -> date | None:
        if text not in self._births:
            found = self._date(text, "birth_date")
            if len(self._births) > _CACHE:
                self._births.clear()
            self._births[text] = None if found is None else check_born(found, text, self._today)
        return self._births[text]

    def _died(self, text: str, field: str) -> date | None:
        at = moment(
            text, self._order
        )  # with a time and a zone the day may be another one here: it is death all the same
        return at.date() if at else self._date(text, field)

    def _status(self, cells: list[str], birth_date: date | None) -> str | None:
        at = self._at
        died, dead = cells[at["death_date"]], cells[at["deceased"]]
        if died and (said := words.yes_or_no(died)) is not None:
            died, dead = "", dead or ("yes" if said else "")
        if dead and words.yes_or_no(dead) is None:
            died, dead = died or dead, ""
        if died and (day := self._died(died, "death_date" if at["death_date"] >= 0 else "deceased")):
            if day > self._today or (birth_date and day < birth_date):
                raise Unusable(f"the date of death {clean(died, 30)!r} cannot be")
            return "deceased"
        if dead and words.yes_or_no(dead):
            return "deceased"
        if text := self._word("status", cells[at["status"]]):
            found = words.status(text)
            if found is None:
                raise Unusable(f"{self._columns.shown('status')} {clean(text, 30)!r} is no status known here")
            return found
        if text := cells[at["active"]]:
            said = words.yes_or_no(text)
            if said is None:
                raise Unusable(f"{self._columns.shown('active')} {clean(text, 30)!r} is neither yes nor no")
            if not said:
                return "archived"
        for field in ("archived_at", "ended_at"):
            when = cells[at[field]]
            if when and words.yes_or_no(when) is not False and not words.is_nothing(when):
                return "archived"
        return "current" if text else None

    def _word(self, field: str, text: str) -> str:
        """The cell, or what the program's own code in it means."""
        codes = self._columns.codes.get(field)
        return codes.get(text.lower(), text) if codes else text

    def _communication(self, cells: list[str]) -> str | None:
        at = self._at
        for field, means in (("opt_out", False), ("consent", True)):
            if text := cells[at[field]]:
                said = words.yes_or_no(text)
                if said is None:
                    raise Unusable(f"{self._columns.shown(field)} {clean(text, 30)!r} is neither yes nor no")
                if said is not means:
                    return "none"
        if text := cells[at["communication"]]:
            found = words.communication(text)
            if found is None:
                raise Unusable(f"{self._columns.shown('communication')} {clean(text, 30)!r} is not known here")
            return found
        return "all" if cells[at["consent"]] else None


def check_born(born: date, said: str, today: date) -> date:
    """The birth date, `said` so in the file. Raises Unusable where nobody alive was born then."""
    if born > today:
        raise Unusable(f"the birth date {clean(said, 30)!r} lies in the future")
    if today.year - born.year > _OLDEST:
        raise Unusable(f"the birth date {clean(said, 30)!r} is over {_OLDEST} years ago")
    return born


def read_email(text: str) -> str | None:
    """The address in a cell, None where the cell says in words that there is none. Raises Unusable."""
    if len(text) <= 254 and _ADDRESS.fullmatch(text):
        local, _, domain = text.rpartition("@")
        if len(local) <= 64:
            return text if domain.islower() else f"{local}@{domain.lower()}"
    if words.is_nothing(text):
        return None
    if text.count("@") > 1:
        raise Unusable(f"there are two e-mail addresses in one cell: {clean(text, 60)!r}")
    raise Unusable(f"e-mail {clean(text, 60)!r} is not an address")


def _phone(text: str) -> str | None:
    if text.replace(" ", "").isdecimal():
        return text
    if _MANGLED.fullmatch(text):
        raise Unusable(f"phone {clean(text, 30)!r} was shortened by a spreadsheet")
    return None if words.is_nothing(text) and not digits(text) else text


_PLAIN = (
    "number", "source_id", "suburb", "region", "postcode", "country", "language", "practitioner", "mobile", "email",
    "sex", "middle",
)  # fmt: skip
_STATES = frozenset(("status", "deceased", "active", "death_date", "archived_at", "ended_at"))
_FIELDS = (
    "given", "family", "preferred", "full", "birth_date", "phone", "home_phone", "work_phone", "street_number",
    "street", "street2", *_PLAIN, *_STATES, "communication", "consent", "opt_out", "birth_year", "birth_month",
    "birth_day",
)  # fmt: skip
