"""`clinic-tui migrate`: brings the database to this version."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked


@click.command("migrate")
@pass_asked
def command(asked: Asked) -> None:
    """Bring the database to this version."""
    config = asked.load()
    from clinic_tui.db.connection import open_database
    from clinic_tui.db.migrate import migrate

    open_database(config.database)
    applied = migrate()
    asked.viewer()  # seeds the settings and makes the key
    if asked.json:
        output.document({"applied": applied})
    elif applied:
        output.line(f"Applied: {', '.join(applied)}.")
    else:
        output.line("Nothing to do: the database is at this version.")
