"""`clinic-tui sync`: sends what is due, reads the mailbox, expires."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked

if TYPE_CHECKING:
    from clinic_tui.mail.sync import SyncCounts


@click.command("sync")
@click.option("--watch", is_flag=True, help="Go on until stopped.")
@click.option("--for-app", is_flag=True, hidden=True, help="As the one worker of open apps; leaves when none is open.")
@click.option("--senders", type=click.IntRange(1, 32), default=4, show_default=True, help="Connections to send by.")
@pass_asked
def command(asked: Asked, watch: bool, for_app: bool, senders: int) -> int:
    """Send what is due, read the mailbox, let invitations expire."""
    config, viewer = asked.open()
    from clinic_tui import outbox
    from clinic_tui.mail import sync

    if not (watch or for_app):
        paused = outbox.paused_reason() is not None  # then sending nothing is what was asked for
        counts = sync.run_once(config, viewer, senders=senders)
        if asked.json:
            output.document(counts.numbers())
        else:
            output.line(_said(counts) or ("Nothing was done." if counts.troubles else "Nothing to do."))
        _warn(counts)
        return 1 if counts.troubles and not paused and not counts.did_anything else 0
    viewer.need("owner", "practitioner", "front-desk")
    total = dict.fromkeys(sync.SyncCounts().numbers(), 0)

    def told(counts: SyncCounts) -> None:
        for name, number in counts.numbers().items():
            total[name] += number
        if not asked.json and _said(counts):
            output.line(_said(counts))
        _warn(counts)

    sync.watch(config, for_app=for_app, senders=senders, told=told)
    if asked.json:
        output.document(total)
    return 0


def _said(counts: SyncCounts) -> str:
    said = [f"{number:,} {name.replace('_', ' ')}" for name, number in counts.numbers().items() if number]
    return ", ".join(said) + "." if said else ""


def _warn(counts: SyncCounts) -> None:
    for trouble in counts.troubles:
        output.aside(trouble)
