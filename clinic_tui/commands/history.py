"""`clinic-tui history`: who did what."""

from __future__ import annotations

import json

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked


@click.command("history")
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="At most so many lines.")
@pass_asked
def command(asked: Asked, limit: int) -> None:
    """Who did what, the newest first; for owners."""
    viewer = asked.viewer()
    from clinic_tui import history
    from clinic_tui.db.connection import session

    with session():
        events = history.latest(viewer, limit)
    if asked.json:
        output.document(
            [
                {
                    "at": output.moment(event.at), "login": event.login, "action": event.action,
                    "patient": event.patient_id, "invitation": event.invitation_id, "detail": event.detail,
                }
                for event in events
            ]
        )  # fmt: skip
        return
    output.table(
        ("when", "who", "what", "patient", "invitation", "detail"),
        (
            (event.at, event.login, event.action, event.patient_id, event.invitation_id,
             json.dumps(event.detail, ensure_ascii=False) if event.detail else "")
            for event in events
        ),
    )  # fmt: skip
