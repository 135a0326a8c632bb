"""`clinic-tui review`: replies that need a person."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked


@click.group("review", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Replies that need a person: list them, accept or dismiss one."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(waiting)


@command.command("list")
@pass_asked
def waiting(asked: Asked) -> None:
    """What waits, the oldest first, with what was written."""
    viewer = asked.viewer()
    from clinic_tui.commands.records import patient_name
    from clinic_tui.invitations import reviewing
    from clinic_tui.invitations.states import ago

    rows = reviewing.waiting(viewer)
    if asked.json:
        output.document(
            [
                {
                    "id": row.id, "invitation": row.invitation_id, "patient": row.patient_id, "kind": row.kind,
                    "why": row.why, "from": row.sender, "subject": row.subject, "text": row.body,
                    "received": output.moment(row.received_at), "age_seconds": row.age_seconds,
                }
                for row in rows
            ]
        )  # fmt: skip
        return
    for row in rows:
        output.fields(
            (
                ("reply", row.id), ("patient", patient_name(row.given, row.family, row.preferred, row.number)),
                ("invitation", row.invitation_id and f"{row.invitation_id} ({row.invitation_state})"),
                ("from", row.sender), ("received", row.received_at), ("age", ago(row.received_at)),
                ("subject", row.subject), ("why", row.why),
            )
        )  # fmt: skip
        output.quoted(row.body)
        output.line()
    output.aside(
        "Accept one with: clinic-tui review accept ID. Put it away with: clinic-tui review dismiss ID."
        if rows
        else "No reply waits for a person."
    )


@command.command("accept")
@click.argument("reply_id", metavar="ID", type=ROW_ID)
@pass_asked
def accept(asked: Asked, reply_id: int) -> None:
    """Take the reply as a yes."""
    viewer = asked.viewer()
    from clinic_tui.invitations import reviewing

    accepted = reviewing.accept(viewer, reply_id)
    if asked.json:
        output.document({"id": reply_id, "outcome": "accepted", "invitation": accepted.invitation_id,
                         "patient": accepted.patient_id})  # fmt: skip
    else:
        steps = "Check the patient's identity." if accepted.identity_wanted else "The set-up steps are queued."
        output.line(f"Accepted. {steps}")


@command.command("dismiss")
@click.argument("reply_id", metavar="ID", type=ROW_ID)
@pass_asked
def dismiss(asked: Asked, reply_id: int) -> None:
    """Put the reply away: nothing follows from it."""
    viewer = asked.viewer()
    from clinic_tui.invitations import reviewing

    reviewing.dismiss(viewer, reply_id)
    if asked.json:
        output.document({"id": reply_id, "outcome": "dismissed"})
    else:
        output.line("Put away.")
