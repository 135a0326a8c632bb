"""`clinic-tui check`: looks whether the practice is in order."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked
from clinic_tui.text import clean


@click.command("check")
@click.option("--send", is_flag=True, help="Send two messages to the practice itself, one to a plus-address, and wait.")
@click.option(
    "--wait", type=click.IntRange(1, 900), default=60, show_default=True, help="How many seconds, with --send."
)
@pass_asked
def command(asked: Asked, send: bool, wait: int) -> None:
    """Look whether database, key, modes, portal, mail, DNS, the last sync and the logout are in order.

    The exit status is 0 where it could look, whatever it found: a script reads "ok" with --json.
    """
    config = asked.load()
    from clinic_tui import checks

    if asked.json:
        found = list(checks.look(config, send=send, wait=wait))
        output.document({"ok": all(check.ok for check in found), "checks": [check._asdict() for check in found]})
        return
    bad = 0
    for check in checks.look(config, send=send, wait=wait):
        bad += not check.ok
        click.echo(f"{'ok    ' if check.ok else 'NOT OK'}  {check.name:<8}  {clean(check.detail)}")
    output.aside("All is in order." if not bad else f"{output.plural(bad, 'thing')} to look at.")
