"""`clinic-tui migrate`: brings the database to this version."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked


@click.command("migrate")
@click.option("--new", is_flag=True, help="Make the database and the key where they are not there yet.")
@pass_asked
def command(asked: Asked, new: bool) -> None:
    """Bring the database to this version."""
    config = asked.load()
    from clinic_tui.db.connection import open_database
    from clinic_tui.db.migrate import migrate
    from clinic_tui.practice import need_files

    if not new:
        need_files(config)
    open_database(config.database)
    applied = migrate()
    asked.open(new=new)  # seeds the settings and makes the key
    if asked.json:
        output.document({"applied": applied})
    elif applied:
        output.line(f"Applied: {', '.join(applied)}.")
    else:
        output.line("Nothing to do: the database is at this version.")
