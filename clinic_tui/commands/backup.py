"""`clinic-tui backup`: a copy of the database."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, FileName, pass_asked


@click.command("backup")
@click.argument("file", type=FileName())
@click.option("--to", "recipients", multiple=True, metavar="KEY",
              help="Encrypt it so that only this age or SSH key reads it; may be repeated.")  # fmt: skip
@pass_asked
def command(asked: Asked, file: Path, recipients: tuple[str, ...]) -> None:
    """Copy the database to a new FILE, for you alone (0600), while everybody works on; for owners.

    - is standard output. The key that codes are made with is not in the copy. Without --to, the config's [backup] says
    to whom it is encrypted.
    """
    if file == Path("-") and asked.json:
        raise click.UsageError("--json and - both want standard output.")
    config, viewer = asked.open()
    from clinic_tui import backup

    to = recipients or config.backup_to
    if file == Path("-"):
        if sys.stdout.isatty():
            raise click.UsageError("A copy is nothing for a terminal: send standard output to a file.")
        backup.to_stream(viewer, config, sys.stdout.buffer, to)
        return
    size = backup.to_file(viewer, config, file, to)
    if asked.json:
        output.document({"file": str(file), "bytes": size, "encrypted": bool(to)})
        return
    how = f"encrypted to {output.plural(len(to), 'key')}" if to else "NOT encrypted"
    output.line(f"The copy is {file}: {size:,} bytes, {how}.")
    output.line(f"Keep {config.key_file} elsewhere: it is not in the copy, and codes need it.")
