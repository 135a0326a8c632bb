"""`clinic-tui check`: looks whether the practice is in order."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked
from clinic_tui.text import clean


@click.command("check")
@pass_asked
def command(asked: Asked) -> None:
    """Look whether database, key, modes, portal, mail, DNS and the last sync are in order."""
    config = asked.load()
    from clinic_tui import checks

    if asked.json:
        found = list(checks.look(config))
        output.document({"ok": all(check.ok for check in found), "checks": [check._asdict() for check in found]})
        return
    bad = 0
    for check in checks.look(config):
        bad += not check.ok
        click.echo(f"{'ok    ' if check.ok else 'NOT OK'}  {check.name:<8}  {clean(check.detail)}")
    output.aside("All is in order." if not bad else f"{output.plural(bad, 'thing')} to look at.")
