from __future__ import annotations

from typing import Any

import peewee
import pytest

from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db import migrate
from clinic_tui.db.connection import database, transaction
from clinic_tui.db.models import patients, post
from clinic_tui.db.models import practice as practice_tables
from clinic_tui.db.models.base import Row
from clinic_tui.db.models.patients import Patient
from clinic_tui.errors import ClinicError

MODELS: set[Any] = {
    value
    for module in (practice_tables, patients, post)
    for value in vars(module).values()
    if isinstance(value, type) and issubclass(value, peewee.Model) and value is not Row
}


@pytest.mark.parametrize("model", sorted(MODELS, key=str), ids=lambda model: model.__name__)
def test_the_migrations_make_what_the_models_say(practice: Viewer, model: Any) -> None:
    made = {column.name: column for column in database.get_columns(model._meta.table_name)}
    assert set(made) == {field.column_name for field in model._meta.sorted_fields}
    for field in model._meta.sorted_fields:
        if not field.primary_key:
            assert made[field.column_name].null == field.null, field.name
    unique = {tuple(index.columns) for index in database.get_indexes(model._meta.table_name) if index.unique}
    for field in model._meta.sorted_fields:
        if field.unique:
            assert (field.column_name,) in unique, field.name


def test_migrating_twice_does_nothing(practice: Viewer) -> None:
    assert migrate.migrate() == []
    assert migrate.pending() == []


def test_a_database_of_a_newer_version_is_left_alone(practice: Viewer) -> None:
    with transaction():
        database.execute_sql("INSERT INTO schema_migration (name, applied) VALUES ('9999_later', '2030-01-01')")
    with pytest.raises(ClinicError, match="newer"):
        migrate.migrate()


@pytest.mark.parametrize(
    "wrong",
    [{"status": "alive"}, {"sex": "x"}, {"given": " ", "family": ""}, {"communication": "fax"}, {"number": None}],
)
def test_the_database_itself_refuses_what_cannot_be(practice: Viewer, wrong: dict[str, Any]) -> None:
    values = {"number": "1", "given": "Jo", "family": "Smith", "sort_name": "smith jo", **wrong}
    with pytest.raises(peewee.IntegrityError), transaction():
        Patient.create(**values)


def test_a_failed_transaction_leaves_nothing(practice: Viewer) -> None:
    with pytest.raises(RuntimeError), transaction():
        Patient.create(number="1", given="Jo", family="Smith", sort_name="smith jo")
        raise RuntimeError
    assert Patient.select().count() == 0


def test_moments_come_back_as_they_were(practice: Viewer) -> None:
    with transaction():
        Patient.create(number="1", given="Jo", sort_name="jo", portal_at=now())
    assert Patient.get().portal_at == now()
    assert Patient.select().where(Patient.portal_at <= now()).count() == 1
