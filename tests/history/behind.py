"""What somebody does to the history behind the program's back: with the database's own triggers dropped."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from clinic_tui.db.connection import database, is_postgres, transaction


class Undone(Exception):
    """Puts everything back."""


@contextmanager
def behind_its_back() -> Iterator[None]:
    """A transaction without the triggers; all that is done in it is put back at its end."""
    try:
        with transaction():
            for name in ("deleted", "changed", *(["emptied"] if is_postgres() else ["replaced"])):
                where = " ON history" if is_postgres() else ""
                database.execute_sql(f"DROP TRIGGER history_is_not_{name}{where}")
            yield
            raise Undone
    except Undone:
        pass


def run(statement: str, *values: object) -> None:
    """A statement with its values marked `?`."""
    database.execute_sql(statement.replace("?", "%s") if is_postgres() else statement, values)
