"""A table as one viewer may see it: rows out of reach are not there, hidden columns are NULL in the SQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, TypeVar

import peewee

from clinic_tui.access.viewer import Viewer
from clinic_tui.db import bulk
from clinic_tui.db.connection import is_postgres
from clinic_tui.db.models import patients as tables
from clinic_tui.db.models import post
from clinic_tui.db.models.base import Row
from clinic_tui.errors import NotFound

M = TypeVar("M", bound=Row)
AT_ONCE = 1_000  # ids that one question holds

# A birth date and a postcode together name a person as well as a name does; free text may say anything.
_HIDDEN_WITH_NAMES = frozenset(
    ("given", "family", "preferred", "middle", "sort_name", "mobile", "phone", "email", "email_fold",
     "name", "birth_date", "street", "suburb", "region", "postcode", "custom_message", "body", "sender", "subject",
     "relationship", "answer", "reason", "detail", "why", "identity_how", "slip_how", "note", "known_from")
)  # fmt: skip


class Scoped(Generic[M]):
    """One table as one viewer may see it: `columns` to build expressions with, `select` and `update` in reach."""

    def __init__(self, viewer: Viewer, model: type[M], what: str, among: Any = None) -> None:
        """`among`: a condition that keeps it to fewer rows still."""
        self.model = model
        self._what = what
        self._reach = _both(_reach(viewer, model), among)
        self._hidden = _HIDDEN_WITH_NAMES if viewer.names_hidden else frozenset()
        self.columns: Any = _Columns(model, self._hidden)

    def select(self, *columns: Any) -> peewee.ModelSelect[M]:
        """The rows in reach; without `columns`, whole rows, hidden columns NULL."""
        if not columns:
            columns = tuple(self.columns[name] for name in self.model._meta.sorted_field_names)
        query = self.model.select(*columns)
        return query if self._reach is None else query.where(self._reach)

    def met(self, row_id: Any, *conditions: Any) -> Any:
        """The condition that a row that a walk through something else meets is in reach, and as `conditions` say.

        It is looked up by that id: whatever statistics a database has or lacks, it can begin with nothing else.
        """
        query = self.select(peewee.SQL("1")).where(self.model.id == row_id, *conditions)
        # OFFSET 0 keeps PostgreSQL from turning the question into a join, and so from walking another index first.
        return peewee.fn.EXISTS(query.offset(0) if is_postgres() else query)

    def get(self, row_id: int, *, lock: bool = False) -> M:
        """The row with this id. With `lock`, other writers wait until the transaction ends. Raises NotFound."""
        query = self.select().where(self.model.id == row_id)
        if lock and is_postgres():
            query = query.for_update(of=[self.model])
        row = query.get_or_none()
        if row is None:
            raise self.missing(row_id)
        return row

    def missing(self, row_id: int) -> NotFound:
        """What to say of a row that is not there, or out of reach."""
        return NotFound(f"There is no {self._what} {row_id} that you may see.", "Look it up again.")

    def lock(self, row_ids: Iterable[int]) -> None:
        """Let other writers of these rows wait until the transaction ends (SQLite has one writer anyway).

        The rows are taken in the order of their ids, so that two who want the same ones never wait for each other.
        """
        if not is_postgres():
            return
        wanted, table = sorted(set(row_ids)), self.model._meta.table_name
        for first in range(0, len(wanted), AT_ONCE):
            test, ids = bulk.any_of(wanted[first : first + AT_ONCE])
            bulk.fetch(f"SELECT id FROM {table} WHERE id {test} ORDER BY id FOR UPDATE", ids)  # noqa: S608

    def update(self, **values: Any) -> peewee.ModelUpdate:
        """An UPDATE of rows in reach: add `.where(...)`, then `.execute()`; it returns how many rows it met."""
        query = self.model.update(**values)
        return query if self._reach is None else query.where(self._reach)

    def delete(self) -> peewee.ModelDelete:
        """A DELETE of rows in reach: add `.where(...)`, then `.execute()`; it returns how many rows it met."""
        query = self.model.delete()
        return query if self._reach is None else query.where(self._reach)

    def among(self, row_ids: Sequence[int], by: str = "id") -> list[M]:
        """The rows in reach whose `by` is one of these ids (as many as an IN takes: up to a few thousand)."""
        return list(self.select().where(self.is_one_of(by, row_ids)))

    def is_one_of(self, column: str, values: Sequence[Any]) -> Any:
        """The condition that a column holds one of these values: quickly made, however many they are."""
        return bulk.is_one_of(getattr(self.model, column), values)

    def add_many(self, fields: Sequence[str], rows: Iterable[tuple[Any, ...]], number: int, **shared: Any) -> list[int]:
        """New rows, so many, each with a value for each of `fields`, and what is `shared`; their ids, in order.

        Checked by the caller as for `add`.
        """
        ids = list(bulk.new_ids(self.model._meta.table_name, number))
        bulk.add(self.model, ("id", *fields), ((row_id, *row) for row_id, row in zip(ids, rows, strict=True)), **shared)
        return ids

    def add(self, **values: Any) -> M:
        """A new row. The caller has checked by `get` that what it hangs on is in reach."""
        return self.model.create(**values)


class _Columns:
    """A table's columns by name; a hidden one is NULL."""

    def __init__(self, model: type[Row], hidden: frozenset[str]) -> None:
        self._model = model
        self._hidden = hidden

    def __getitem__(self, name: str) -> Any:
        if name in self._hidden:
            return peewee.SQL("NULL").alias(name)
        return getattr(self._model, name)

    def __getattr__(self, name: str) -> Any:
        return peewee.SQL("NULL") if name in self._hidden else getattr(self._model, name)


def _both(one: Any, other: Any) -> Any:
    return other if one is None else one if other is None else one & other


def _reach(viewer: Viewer, model: type[Row]) -> Any:
    """The condition that keeps `model` to the viewer's patients; None where all are in reach."""
    if viewer.sees_all:
        return None
    patient, invitation, revoked = tables.Patient, post.Invitation, tables.RevokedRelationship
    in_scope: Any = None if viewer.scope is None else patient.practitioner.in_(sorted(viewer.scope))
    # Those kept from the viewer are few. Of what hangs on patients, theirs is left out: to let all else in, an engine
    # would read all patients.
    kept: Any = revoked.select(revoked.patient).where(revoked.staff == viewer.staff_id) if viewer.revoked else None
    if model is patient:
        return _both(in_scope, None if kept is None else patient.id.not_in(kept))
    column: Any = getattr(model, "patient", None)
    among: Any = None if in_scope is None else patient.select(patient.id).where(in_scope)
    if column is None:
        column = model.invitation  # type: ignore[attr-defined]
        among, kept = (
            None if them is None else invitation.select(invitation.id).where(invitation.patient.in_(them))
            for them in (among, kept)
        )
    # What is about nobody is for viewers of all patients.
    within = column.is_null(False) if among is None else column.in_(among)
    return _both(within, None if kept is None else column.not_in(kept))
