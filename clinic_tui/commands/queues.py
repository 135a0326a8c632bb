"""`clinic-tui queues [NAME]`: what waits for somebody, queue by queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.queues import QueueRow


@click.command("queues")
@click.argument("name", required=False)
@click.option("--limit", type=click.IntRange(1, 1_000), default=1_000, show_default=True, help="At most so many rows.")
@click.option("--done", "patient_id", metavar="PATIENT", type=ROW_ID,
              help="of-age: somebody has seen to this patient, by id.")  # fmt: skip
@pass_asked
def command(asked: Asked, name: str | None, limit: int, patient_id: int | None) -> None:
    """How many wait in each queue; with a NAME, who they are.

    Counts stop at 1,000; a queue that asks what is hidden from you has none.
    """
    if patient_id is not None and name != "of-age":
        raise click.UsageError("--done goes with of-age.")
    viewer = asked.viewer()
    if patient_id is not None:
        _seen_to(asked, viewer, patient_id)
    elif name is None:
        _counts(asked, viewer)
    else:
        _rows(asked, viewer, name, limit)


def _seen_to(asked: Asked, viewer: Viewer, patient_id: int) -> None:
    from clinic_tui.queues import of_age

    of_age.seen_to(viewer, patient_id)
    if asked.json:
        output.document({"patient": patient_id, "done": True})
    else:
        output.line("Kept: somebody has seen to it.")


def _counts(asked: Asked, viewer: Viewer) -> None:
    from clinic_tui import queues

    counts = queues.counts(viewer)
    known = [(queue, counts[queue.name]) for queue in queues.QUEUES]
    if asked.json:
        output.document(
            [
                {"name": queue.name, "title": queue.title, "count": number and min(number, queues.MOST),
                 "more": number is not None and number > queues.MOST}
                for queue, number in known
            ]
        )  # fmt: skip
        return
    output.table(("queue", "waiting", ""), ((queue.name, queues.said(number), queue.title) for queue, number in known))


def _rows(asked: Asked, viewer: Viewer, name: str, limit: int) -> None:
    from clinic_tui import queues

    queue = queues.of_name(name)
    found = queues.rows_by_id(viewer, name, queues.ids(viewer, name)[:limit])
    if asked.json:
        output.document([_document(row) for row in found])
        return
    output.table(
        ("id", "patient", "portal", queue.time, "next", "more"),
        (
            (row.id if row.patient is None else row.patient.id, *_patient(row), row.time,
             row.does.replace("_", " "), row.note)
            for row in found
        ),
    )  # fmt: skip
    if not found:
        output.aside("Nobody waits here.")


def _patient(row: QueueRow) -> tuple[str | None, str | None]:
    from clinic_tui.invitations.states import portal_word
    from clinic_tui.patients.lookup import display_name

    if row.patient is None:
        return "no patient found", None
    return display_name(row.patient), portal_word(row.patient.portal, row.patient.portal_until)


def _document(row: QueueRow) -> dict[str, Any]:
    from datetime import datetime

    from clinic_tui.commands import records

    time = output.moment(row.time) if isinstance(row.time, datetime) else row.time
    who = None if row.patient is None else records.listed(row.patient)
    reply = row.id if row.does == "review" else None
    return {"patient": who, "invitation": row.invitation_id, "reply": reply, "time": time, "note": row.note or None,
            "next": row.does or None}  # fmt: skip
