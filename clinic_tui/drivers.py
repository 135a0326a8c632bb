"""Loading only the driver that is wanted: Peewee imports PostgreSQL's whenever it is installed, wanted or not."""

from __future__ import annotations

import sys


def only_for(url: str) -> None:
    """Where `url` is SQLite's, import Peewee without psycopg: half the time until the first rows.

    For a process that will open this one database, before anything has imported Peewee; else it does nothing.
    """
    if url.startswith("sqlite:") and not {"peewee", "psycopg"} & set(sys.modules):
        sys.modules["psycopg"] = None  # type: ignore[assignment]  # importing it now raises ImportError
        try:
            import peewee  # noqa: F401
        finally:
            del sys.modules["psycopg"]
