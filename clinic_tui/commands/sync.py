"""`clinic-tui sync`: sends what is due, reads the mailbox, expires."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked


@click.command("sync")
@click.option("--watch", is_flag=True, help="Go on until stopped.")
@click.option("--senders", type=click.IntRange(1, 32), default=4, show_default=True, help="Connections to send by.")
@pass_asked
def command(asked: Asked, watch: bool, senders: int) -> None:
    """Send what is due, read the mailbox, let invitations expire."""
    config, _viewer = asked.open()
    from clinic_tui.mail import sync

    if watch:
        sync.watch(config, senders=senders)
        return
    counts = sync.run_once(config, senders=senders)._asdict()
    if asked.json:
        output.document(counts)
        return
    said = [f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items() if number]
    output.line(", ".join(said) + "." if said else "Nothing to do.")
