"""`clinic-tui invitations`: lists invitations."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked

# The states of `db.models.post.INVITATION_STATES`, spelled out so that wrong usage needs no database.
STATES = (
    "queued", "sent", "unconfirmed", "failed", "bounced",
    "accepted", "declined", "expired", "revoked", "superseded", "cancelled",
)  # fmt: skip


@click.command("invitations")
@click.option("--state", type=click.Choice(STATES), help="Only those in this state.")
@click.option("--patient", "patient_id", metavar="ID", type=ROW_ID, help="Only this patient's.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=1000, show_default=True, help="At most so many.")
@pass_asked
def command(asked: Asked, state: str | None, patient_id: int | None, limit: int) -> None:
    """List invitations, the newest first."""
    viewer = asked.viewer()
    from clinic_tui.commands.records import invitation
    from clinic_tui.invitations import reading

    rows = reading.listing(viewer, state=state, patient_id=patient_id, limit=limit)
    if asked.json:
        output.document([invitation(row) for row in rows])
        return
    output.table(
        ("id", "patient", "e-mail", "state", "created", "sent", "expires", "by"),
        (
            (row.id, row.patient_id, row.email, row.state, row.created_at, row.sent_at, row.expires_at, row.staff)
            for row in rows
        ),
    )
    if not rows:
        output.aside("No invitation to list.")
