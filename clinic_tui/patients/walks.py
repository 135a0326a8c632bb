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
_LONGER = "0"  # sorts behind the ends of a token's first word (a space, a tab, `!`), before all that may continue it


def covers(driver: Term, term: Term) -> bool:
    """Whether a row met on a walk along `driver` itself says if it matches `term`."""
    if isinstance(driver, Word):
        return isinstance(term, Word | Born | Birthday)
    if isinstance(driver, PhoneStart):
        return isinstance(term, Born | Birthday | PhoneEnd)  # an end typed with a beginning is of the same phone
    if isinstance(driver, PhoneEnd):
        return isinstance(term, Born | Birthday | PhoneStart)
    return not isinstance(term, Word | PhoneStart | PhoneEnd)


class Walks:
    """The walks and conditions for one viewer. A walk is a query of patients' ids in the order of its index.

    Each walk names one table only; all else, being in reach too, is asked of each row it meets by a subquery on ids:
    whatever statistics a database has or lacks, it can then walk no other index.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._reach = access.patients(viewer)
        self._patient: Any = self._reach.model.alias()
        self._token: Any = None if viewer.names_hidden else access.tokens(viewer)
        self._scoped = not viewer.sees_all

    def of(self, term: Term, others: Sequence[Term] = ()) -> list[Any]:
        """The walks along `term`, best first, of patients that match `others` too."""
        if _in_token(term):
            column, patient_id = self._token.token, self._token.patient
            query = self._token.select(patient_id)
        else:
            column, patient_id = self._column(term, self._patient), self._patient.id
            query = self._patient.select(patient_id)
        query = query.order_by(column, patient_id)
        conditions = self._conditions(term, others, patient_id)
        return [query.where(between, *conditions) for between in _ranges(column, term)]

    def in_reach(self, others: Sequence[Term] = ()) -> Any:
        """The walk through all patients in the viewer's reach that match `others`."""
        patient: Any = self._reach.model
        query: Any = self._reach.select(patient.id).order_by(patient.sort_name, patient.id)
        conditions = self._of_tokens(patient.id, others)
        conditions += [_any(_ranges(self._column(term, patient), term)) for term in others if not _in_token(term)]
        return query.where(*conditions) if conditions else query

    def to_count(self, term: Term) -> list[Any]:
        """Walks that meet the term's rows, in no order; in reach or not, for they only tell which walk is shortest."""
        if isinstance(term, Word):
            starts = ("f" + term.start, "g" + term.start)
            return [self._token.select(peewee.SQL("1")).where(_begins(self._token.token, start)) for start in starts]
        column = self._token.token if _in_token(term) else self._column(term, self._patient)
        source = self._token if _in_token(term) else self._patient
        return [source.select(peewee.SQL("1")).where(between) for between in _ranges(column, term)]

    @staticmethod
    def _column(term: Term, patient: Any) -> Any:
        if isinstance(term, Email):
            return patient.email_fold
        return patient.number if isinstance(term, Number) else patient.birth_date

    # What is asked of each row of a walk

    def _conditions(self, driver: Term, terms: Sequence[Term], patient_id: Any) -> list[Any]:
        """What the row itself can say, and only then what others must."""
        covered = [term for term in terms if covers(driver, term)]
        others = [term for term in terms if term not in covered]
        if _in_token(driver):
            conditions = [self._said_by_token(term) for term in covered]
        else:
            conditions = [_any(_ranges(self._column(term, self._patient), term)) for term in covered]
        conditions += self._of_tokens(patient_id, others)
        columns = [term for term in others if not _in_token(term)]
        if columns or self._scoped:
            patient: Any = self._reach.model
            theirs = (_any(_ranges(self._column(term, patient), term)) for term in columns)
            conditions.append(self._reach.met(patient_id, *theirs))
        return conditions

    def _said_by_token(self, term: Term) -> Any:
        text = self._token.token
        if isinstance(term, Word):
            return _holds(text, " " + term.start)
        if isinstance(term, PhoneEnd):
            return _holds(text, term.digits + "\t")
        if isinstance(term, PhoneStart):
            return _holds(text, term.digits[::-1] + "\t")
        born = fn.right(text, 9) if is_postgres() else fn.substr(text, -9)
        if isinstance(term, Born):
            return born.between(_stamp(term.first), _stamp(term.last))
        assert isinstance(term, Birthday)
        return born.in_([_stamp(day) for day in term.days()])

    def _of_tokens(self, patient_id: Any, terms: Sequence[Term]) -> list[Any]:
        """What tokens the patient must have. Any token of a name holds all the words."""
        token = self._token and self._token.alias()
        words = [term for term in terms if isinstance(term, Word)]
        conditions: list[list[Any]] = []
        if words:
            text = peewee.Value(" ").concat(fn.substr(token.token, 2))
            conditions.append([token.token.concat("") < "h", *(_holds(text, " " + word.start) for word in words)])
        ends = [term for term in terms if isinstance(term, PhoneEnd)]
        starts = [term for term in terms if isinstance(term, PhoneStart)]
        # Joined with nothing, a token is no range of the key that names it first: only the patient's are looked at.
        for start in starts:
            same = (_holds(token.token, end.digits + "\t") for end in ends)
            conditions.append([*_ranges(token.token.concat(""), start), *same])
        if not starts:
            conditions += [_ranges(token.token.concat(""), end) for end in ends]
        return [
            _exists(token.select(peewee.SQL("1")).where(token.patient == patient_id, *condition))
            for condition in conditions
        ]


def _in_token(term: Term) -> bool:
    return isinstance(term, Word | PhoneStart | PhoneEnd)


def _ranges(column: Any, term: Term) -> list[Any]:
    """The ranges of `column` that hold `term`, best first."""
    if isinstance(term, Word):  # whole words before longer ones, family names before others
        family, other = "f" + term.start, "g" + term.start
        return [
            *((column >= start) & (column < start + _LONGER) for start in (family, other)),
            *((column >= start + _LONGER) & (column < start + _LAST) for start in (family, other)),
        ]
    if isinstance(term, PhoneStart):
        return [_begins(column, "p" + term.digits)]
    if isinstance(term, PhoneEnd):
        return [_begins(column, "r" + term.digits[::-1])]
    if isinstance(term, Email):
        return [_begins(column, term.start)]
    if isinstance(term, Number):
        cases = dict.fromkeys((term.text, term.text.upper(), term.text.lower()))
        return [column.in_([*cases, term.filled])] if term.whole else [_begins(column, case) for case in cases]
    if isinstance(term, Born):
        return [column.between(term.first, term.last)]
    return [column.in_(term.days())]


def _any(conditions: Iterable[Any]) -> Any:
    return reduce(or_, conditions)


def _holds(text: Any, part: str) -> Any:
    return (fn.strpos if is_postgres() else fn.instr)(text, part) > 0


def _begins(column: Any, start: str) -> Any:
    return (column >= start) & (column < start + _LAST)


def _stamp(day: date) -> str:
    """How the token of someone born on `day` ends."""
    return "\t" + day.isoformat().replace("-", "")


def _exists(query: Any) -> Any:
    # OFFSET 0 keeps PostgreSQL from turning the question into a join, and so from walking another index first.
    return fn.EXISTS(query.offset(0) if is_postgres() else query)
