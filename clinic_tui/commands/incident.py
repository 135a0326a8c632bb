"""`clinic-tui incident`: messages that reached the wrong person, until somebody has assessed them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked

if TYPE_CHECKING:
    from clinic_tui.invitations.incidents import IncidentRow


@click.group("incident", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Messages that reached the wrong person: list them, show or close one, open one by hand."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Closed ones as well.")
@pass_asked
def list_(asked: Asked, everything: bool = False) -> None:
    """What is to be assessed, what is due first."""
    viewer = asked.viewer()
    from clinic_tui.commands.records import patient_name
    from clinic_tui.invitations import incidents

    rows = incidents.listing(viewer, include_closed=everything)
    if asked.json:
        output.document([_record(row) for row in rows])
        return
    output.table(
        ("incident", "patient", "address", "opened", "by", "due", "closed", "closed by"),
        (
            (row.id, patient_name(row.given, row.family, row.preferred, row.number), row.email, row.opened_at,
             row.opened_by, row.due_at, row.closed_at, row.closed_by)
            for row in rows
        ),
    )  # fmt: skip
    if not rows:
        output.aside("No incident is open.")


@command.command("show")
@click.argument("incident_id", metavar="ID", type=ROW_ID)
@pass_asked
def show(asked: Asked, incident_id: int) -> None:
    """One incident: what happened, what is known, what there is to assess."""
    viewer = asked.viewer()
    from clinic_tui.commands.records import patient_name
    from clinic_tui.invitations import incidents

    row, timeline, facts = incidents.one(viewer, incident_id)
    if asked.json:
        moments = [{"at": output.moment(moment.at), "who": moment.who, "what": moment.what} for moment in timeline]
        assess = list(incidents.TO_ASSESS)
        output.document({**_record(row), "facts": facts, "assess": assess, "timeline": moments})
        return
    output.fields(
        (
            ("incident", row.id), ("patient", patient_name(row.given, row.family, row.preferred, row.number)),
            ("invitation", row.invitation_id), ("address", row.email), ("opened", row.opened_at),
            ("opened by", row.opened_by), ("to assess by", row.due_at), ("closed", row.closed_at),
            ("closed by", row.closed_by), ("note", row.note),
        )
    )  # fmt: skip
    for heading, said in (("Known", facts), ("To assess", incidents.TO_ASSESS)):
        output.line()
        output.line(f"{heading}:")
        for sentence in said:
            output.line(f"  - {sentence}")
    output.line()
    output.table(("when", "who", "what"), timeline)


@command.command("open")
@click.argument("invitation_id", metavar="INVITATION", type=ROW_ID)
@pass_asked
def open_(asked: Asked, invitation_id: int) -> None:
    """INVITATION reached the wrong person: revoke it, block its address, open an incident."""
    viewer = asked.viewer()
    from clinic_tui.clock import local
    from clinic_tui.invitations import answering, incidents

    incident = incidents.one(viewer, answering.wrong_person(viewer, invitation_id)).row
    if asked.json:
        output.document(_record(incident))
    else:
        output.line(f"Revoked, and the address is blocked. Incident {incident.id} is to be assessed by "
                    f"{local(incident.due_at).date().isoformat()}.")  # fmt: skip


@command.command("close")
@click.argument("incident_id", metavar="ID", type=ROW_ID)
@click.option("--note", metavar="TEXT", required=True, help="What was found and what was decided.")
@pass_asked
def close(asked: Asked, incident_id: int, note: str) -> None:
    """Close an incident that was assessed; for owners."""
    viewer = asked.viewer()
    from clinic_tui.invitations import incidents

    incidents.close(viewer, incident_id, note)
    if asked.json:
        output.document(_record(incidents.one(viewer, incident_id).row))
    else:
        output.line(f"Incident {incident_id} is closed.")


def _record(row: IncidentRow) -> dict[str, Any]:
    return {
        "id": row.id, "patient": row.patient_id, "invitation": row.invitation_id, "email": row.email,
        "opened": output.moment(row.opened_at), "by": row.opened_by, "due": output.moment(row.due_at),
        "closed": output.moment(row.closed_at), "closed_by": row.closed_by, "note": row.note,
    }  # fmt: skip
