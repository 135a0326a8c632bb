"""The lookup's terms in SQL: ranges of indexes to walk, and conditions to ask of what a walk meets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

import peewee
from peewee import fn

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.db.connection import is_postgres
from clinic_tui.patients.query import Birthday, Born, Email, Number, PhoneEnd, PhoneStart, Term, Word

_LAST = "\U0010ffff"  # sorts behind whatever may follow a beginning, in the byte order of both engines
_LONGER = "0"  # sorts behind the ends of a token's first word (a space, a slash), before all that may continue it


def covers(driver: Term, term: Term) -> bool:
    """Whether a row met on a walk along `driver` itself says if it matches `term`."""
    if isinstance(driver, Word):
        return isinstance(term, Word | Born | Birthday)
    if isinstance(driver, PhoneStart | PhoneEnd):
        return isinstance(term, Born | Birthday)
    return not isinstance(term, Word | PhoneStart | PhoneEnd)


class Walks:
    """The walks and conditions for one viewer. A walk is a query of patients' ids in the order of its index."""

    def __init__(self, viewer: Viewer) -> None:
        self._patients = access.patients(viewer)
        self._patient: Any = self._patients.model
        self._token: Any = None if viewer.names_hidden else access.tokens(viewer)
        self._scoped = viewer.scope is not None

    def of(self, term: Term, others: Sequence[Term] = ()) -> list[Any]:
        """The walks along `term`, best first, of patients that match `others` too."""
        if not isinstance(term, Word | PhoneStart | PhoneEnd):
            column = self._column(term)
            return [self._along(column, condition, others) for condition in self._ranges(term)]
        token = self._token
        query = token.select(token.patient).order_by(token.token, token.patient)
        conditions = self._of_token(term, others)
        return [query.where(between, *conditions) for between in self._token_ranges(token.token, term)]

    def in_reach(self, others: Sequence[Term] = ()) -> Any:
        """The walk through all patients in the viewer's reach that match `others`."""
        return self._along(self._patient.sort_name, None, others)

    def to_count(self, term: Term) -> list[Any]:
        """Walks that meet each of the term's rows once, in no order."""
        if isinstance(term, Word):
            starts = [self._token.token, "f" + term.start], [self._token.token, "g" + term.start]
            return [self._token.select(peewee.SQL("1")).where(_begins(*start)) for start in starts]
        return [walk.order_by() for walk in self.of(term)]

    def _along(self, column: Any, condition: Any, others: Sequence[Term]) -> Any:
        patient = self._patient
        conditions = [] if condition is None else [condition]
        conditions += [self._condition(other, patient.id) for other in others]
        query = self._patients.select(patient.id).order_by(column, patient.id)
        return query.where(*conditions) if conditions else query

    # Conditions

    def _of_token(self, driver: Term, terms: Iterable[Term]) -> list[Any]:
        """What a token of `driver` can say by itself, and only then what other rows must."""
        text = self._token.token
        conditions: list[Any] = []
        elsewhere: list[Term] = []
        for term in terms:
            if not covers(driver, term):
                elsewhere.append(term)
            elif isinstance(term, Word):
                conditions.append((fn.strpos if is_postgres() else fn.instr)(text, " " + term.start) > 0)
            elif isinstance(term, Born):
                born = fn.right(text, 9) if is_postgres() else fn.substr(text, -9)
                conditions.append(born.between(_stamp(term.first), _stamp(term.last)))
            elif isinstance(term, Birthday):
                born = fn.right(text, 9) if is_postgres() else fn.substr(text, -9)
                conditions.append(born.in_([_stamp(day) for day in term.days()]))
        return conditions + self._of_patient(self._token.patient, elsewhere)

    def _of_patient(self, patient_id: Any, terms: Iterable[Term]) -> list[Any]:
        """What the patient of a token must be, besides being in reach."""
        of_tokens = [term for term in terms if isinstance(term, Word | PhoneStart | PhoneEnd)]
        of_columns = [term for term in terms if term not in of_tokens]
        conditions = [self._condition(term, patient_id) for term in of_tokens]
        if of_columns or self._scoped:
            patient = self._patient
            query = self._patients.select(peewee.SQL("1")).where(
                patient.id == patient_id, *(self._condition(term, patient_id) for term in of_columns)
            )
            conditions.append(_exists(query))
        return conditions

    def _condition(self, term: Term, patient_id: Any) -> Any:
        """The condition on a row of `patient`, or for words and phones on whatever has the patient's id."""
        if not isinstance(term, Word | PhoneStart | PhoneEnd):
            return reduce(or_, self._ranges(term))
        token = self._token.alias()
        if isinstance(term, Word):
            ranges = [_begins(token.token, "f" + term.start), _begins(token.token, "g" + term.start)]
        else:
            ranges = self._token_ranges(token.token, term)
        return reduce(or_, (
            _exists(token.select(peewee.SQL("1")).where(token.patient == patient_id, between)) for between in ranges
        ))  # fmt: skip

    # Ranges

    def _column(self, term: Term) -> Any:
        if isinstance(term, Email):
            return self._patient.email_fold
        return self._patient.number if isinstance(term, Number) else self._patient.birth_date

    def _ranges(self, term: Term) -> list[Any]:
        """The ranges of the patient's own column that hold `term`."""
        column = self._column(term)
        if isinstance(term, Email):
            return [_begins(column, term.start)]
        if isinstance(term, Number):
            cases = dict.fromkeys((term.text, term.text.upper(), term.text.lower()))
            if term.whole:
                return [column.in_([*cases, term.filled])]
            return [_begins(column, start) for start in cases]
        if isinstance(term, Born):
            return [column.between(term.first, term.last)]
        assert isinstance(term, Birthday)
        return [column.in_(term.days())]

    @staticmethod
    def _token_ranges(column: Any, term: Term) -> list[Any]:
        """The ranges of tokens that hold `term`: whole words before longer ones, family names before others."""
        if isinstance(term, PhoneStart):
            return [_begins(column, "p" + term.digits)]
        if isinstance(term, PhoneEnd):
            return [_begins(column, "r" + term.digits[::-1])]
        assert isinstance(term, Word)
        family, other = "f" + term.start, "g" + term.start
        return [
            *((column >= start) & (column < start + _LONGER) for start in (family, other)),
            *((column >= start + _LONGER) & (column < start + _LAST) for start in (family, other)),
        ]


def _begins(column: Any, start: str) -> Any:
    return (column >= start) & (column < start + _LAST)


def _stamp(day: date) -> str:
    return "/" + day.isoformat().replace("-", "")


def _exists(query: Any) -> Any:
    # OFFSET 0 keeps PostgreSQL from turning the question into a join, and so from walking another index first.
    return fn.EXISTS(query.offset(0) if is_postgres() else query)
