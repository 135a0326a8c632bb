"""`clinic-tui outbox`: the queue."""

from __future__ import annotations

import sys

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked


@click.command("outbox")
@click.argument("action", type=click.Choice(("pause", "resume")), required=False)
@click.option("--state", type=click.Choice(("held", "queued", "sending", "sent", "deferred", "failed", "unconfirmed",
                                            "bounced", "cancelled")), help="Only messages in this state.")  # fmt: skip
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="At most so many.")
@click.option("--copy", is_flag=True, help="With resume: go on in a copy of the database that was put back; what "
                                           "waited in it counts as unconfirmed.")  # fmt: skip
@pass_asked
def command(asked: Asked, action: str | None, state: str | None, limit: int, copy: bool) -> None:
    """Show the queue; pause or resume it."""
    if copy and action != "resume":
        raise click.UsageError("--copy goes with resume.")
    viewer = asked.viewer()
    from clinic_tui import outbox
    from clinic_tui.commands.records import patient_name

    if action == "pause":
        outbox.pause(viewer)
    elif action == "resume":
        outbox.resume(viewer, copy=copy or _is_agreed(outbox.is_copy()))
    counts = outbox.counts(viewer)
    rows = [] if action else outbox.rows(viewer, state=state, limit=limit)
    if asked.json:
        document = {**counts._asdict(), "messages": [
            {
                "id": row.message_id, "invitation": row.invitation_id, "patient": row.patient_id, "kind": row.kind,
                "email": row.email, "state": row.state, "due": output.moment(row.due_at), "attempts": row.attempts,
                "answer": row.answer, "sent": output.moment(row.sent_at),
            }
            for row in rows
        ]}  # fmt: skip
        output.document(document)
        return
    output.table(
        ("message", "invitation", "patient", "kind", "e-mail", "state", "due", "sent", "answer"),
        (
            (
                row.message_id, row.invitation_id,
                patient_name(row.given, row.family, row.preferred, row.number),
                row.kind, row.email, row.state, row.due_at, row.sent_at, row.answer,
            )
            for row in rows
        ),
    )  # fmt: skip
    numbers = {name: number for name, number in counts._asdict().items() if name != "paused" and number}
    output.line(", ".join(f"{number:,} {name}" for name, number in numbers.items()) or "Nothing waits.")
    if counts.paused:
        output.line(f"Paused: {counts.paused} {outbox.way_on()}")


def _is_agreed(copy: bool) -> bool:
    """Whether a person at a terminal, asked about a copy, says yes."""
    if not copy or not (sys.stdin.isatty() and sys.stderr.isatty()):
        return False
    return click.confirm(
        "This database is a copy that was put back. Go on, with all that waits in it as unconfirmed?", err=True
    )
