"""What all tables share."""

from __future__ import annotations

from collections.abc import Iterable

import peewee

from clinic_tui.db.connection import database


class Row(peewee.Model):
    """A row of any table of ours."""

    id = peewee.BigAutoField()

    class Meta:
        """Bound to the process's one database."""

        database = database
        legacy_table_names = False


def one_of(column: str, words: Iterable[str]) -> list[peewee.Node]:
    """The constraint by which the database itself refuses any other word in `column`."""
    quoted = ", ".join(f"'{word}'" for word in words)
    return [peewee.Check(f"{column} IN ({quoted})")]
