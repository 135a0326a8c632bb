"""`clinic-tui notifications`: what the desk is told."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked


@click.command("notifications")
@click.option("--all", "everything", is_flag=True, help="Archived ones too.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=500, show_default=True, help="At most so many.")
@pass_asked
def command(asked: Asked, everything: bool, limit: int) -> None:
    """What the desk is told, the newest first."""
    viewer = asked.viewer()
    from clinic_tui import notifications
    from clinic_tui.commands.records import patient_name

    rows = notifications.listing(viewer, include_archived=everything, limit=limit)
    if asked.json:
        output.document(
            [
                {
                    "id": row.id, "kind": row.kind, "patient": row.patient_id, "created": output.moment(row.created_at),
                    "invitation": row.invitation_id, "detail": row.detail, "archived": output.moment(row.archived_at),
                    "archived_by": row.archived_by,
                }
                for row in rows
            ]
        )  # fmt: skip
        return
    output.table(
        ("id", "what", "patient", "detail", "when", *(("archived", "by") if everything else ())),
        (
            (
                row.id, row.kind, patient_name(row.given, row.family, row.preferred, row.number), row.detail,
                row.created_at, *((row.archived_at, row.archived_by) if everything else ()),
            )
            for row in rows
        ),
    )  # fmt: skip
    if not rows:
        output.aside("Nothing to tell.")
