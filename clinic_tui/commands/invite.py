"""`clinic-tui invite ID...`, or of a saved report: queues invitations."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import TYPE_CHECKING

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked

if TYPE_CHECKING:
    from clinic_tui.access import Viewer


@click.command("invite")
@click.argument("ids", metavar="[ID...]", type=ROW_ID, nargs=-1)
@click.option("--report", metavar="NAME", help="The patients of the report saved under NAME, instead of IDs.")
@click.option("--email", metavar="E", help="The address to invite (for one patient); else the one on the record.")
@click.option("--message", metavar="M", help="A message of your own, shown above the invitation.")
@click.option("--template", metavar="T", help="The communication template by its name; else the patient's language's.")
@click.option(
    "--resend", is_flag=True, help="To those whose invitation is pending or has expired: a new one in its place."
)
@click.option(
    "--hold", metavar="SECONDS", type=click.IntRange(0, 86_400), help="How long it can be taken back; else the setting."
)
@click.option(
    "--pace", metavar="N", type=click.IntRange(1, 10_000), help="At most N messages a minute; else as many as go."
)
@click.option("--dry-run", is_flag=True, help="Say who would get it and who would not; queue nothing.")
@pass_asked
def command(
    asked: Asked,
    ids: tuple[int, ...],
    report: str | None,
    email: str | None,
    message: str | None,
    template: str | None,
    resend: bool,
    hold: int | None,
    pace: int | None,
    dry_run: bool,
) -> None:
    """Queue invitations to the portal for patients by their ID (clinic-tui patients shows it), or of a report.

    Those of a report go as a batch: the first 50, then the rest once those did not come back. With --resend each goes
    to the address that the old one went to, with its message unless --message is given.
    """
    if bool(ids) == (report is not None):
        raise click.UsageError(
            "Name patients by ID, or a saved report with --report."
            if not ids
            else "Name patients by ID or a report, not both."
        )
    if email is not None and len(set(ids)) != 1:
        raise click.UsageError("--email is for one patient.")
    if pace is not None and resend:
        raise click.UsageError("--pace goes with new invitations: leave out --resend.")
    if email is not None and resend:
        raise click.UsageError("--resend goes to the address of the old invitation: leave out --email.")
    viewer = asked.viewer()
    from clinic_tui.invitations import bulk, inviting
    from clinic_tui.invitations.readiness import warnings
    from clinic_tui.patients import lookalikes
    from clinic_tui.patients.slips import Mistyped

    warned = [{"kind": "practice", "detail": said} for said in warnings(viewer)] if dry_run else []
    if email is not None and not viewer.names_hidden:
        warned += [{"kind": one.kind, "detail": one.sentence} for one in lookalikes.warnings(viewer, email, ids[0])]
    patients = ids if report is None else _of_report(viewer, report)
    chosen = None if template is None else _template(viewer, template)
    if resend:
        outcome = bulk.resend_many(
            viewer, patients, custom_message=message, hold=hold, dry_run=dry_run, template=chosen
        )
    else:
        outcome = inviting.invite_many(
            viewer, patients, email=email, custom_message=message or "", hold=hold, bulk=report is not None,
            pace=pace or 0, dry_run=dry_run, template=chosen,
        )  # fmt: skip
    if email is None:
        addresses = (row.email for row in outcome.queued)
        warned += [{"kind": "domain", "detail": said} for said in Mistyped(addresses).sentences()]
    if asked.json:
        output.document(
            {
                "queued": [
                    # A dry run keeps nothing: the ids that it used will be another invitation's.
                    {
                        "patient": row.patient_id,
                        "invitation": None if dry_run else row.invitation_id,
                        "email": row.email,
                    }
                    for row in outcome.queued
                ],
                "warnings": warned,
                "skipped": [
                    {"patient": row.patient_id, "reason": row.reason, "detail": row.detail} for row in outcome.skipped
                ],
            }
        )
        return
    for one in warned:
        output.aside(f"Note: {one['detail']}")
    if dry_run:
        output.table(("patient", "would be sent to"), ((row.patient_id, row.email) for row in outcome.queued))
    else:
        output.table(
            ("patient", "invitation", "e-mail", "due"),
            ((row.patient_id, row.invitation_id, row.email, row.due_at) for row in outcome.queued),
        )
    output.table(("patient", "skipped", "why"), ((row.patient_id, row.reason, row.detail) for row in outcome.skipped))
    said = "would be invited" if dry_run else "queued"
    why = ", ".join(
        f"{many:,} {reason}" for reason, many in Counter(row.reason for row in outcome.skipped).most_common()
    )
    output.aside(f"{len(outcome.queued):,} {said}, {len(outcome.skipped):,} skipped{f': {why}' if why else ''}.")
    if outcome.queued and not dry_run:
        output.aside("clinic-tui sync sends what is due.")


def _template(viewer: Viewer, name: str) -> int:
    """The id of the template of this name."""
    from clinic_tui.messages.templates import by_name

    return by_name(viewer, name).id


def _of_report(viewer: Viewer, name: str) -> Iterable[int]:
    """The patients whom the saved report finds now, in its order."""
    from clinic_tui.case_load import query, saved

    opened = saved.open_report(viewer, name)
    for note in opened.notes:
        output.aside(note)
    return query.all_ids(viewer, opened.filters, opened.sort)
