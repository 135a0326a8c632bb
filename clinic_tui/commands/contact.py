"""`clinic-tui contact add|set|remove`: whom a patient has, and who is their guardian."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked

if TYPE_CHECKING:
    from clinic_tui.access import Viewer

F = TypeVar("F", bound=Callable[..., Any])
_OPTIONS = (
    click.option("--relationship", metavar="R", help="Such as mother, or carer."),
    click.option("--email", metavar="E", help="E-mail address."),
    click.option("--phone", metavar="P", help="Phone."),
    click.option("--guardian/--no-guardian", "is_guardian", default=None, help="Whether they are the guardian."),
)


def _about(command: F) -> F:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("contact")
def command() -> None:
    """Whom a patient has: next of kin, carers, and the guardians through whom minors are invited."""


@command.command("add")
@click.argument("patient_id", metavar="PATIENT", type=ROW_ID)
@click.option("--name", metavar="N", required=True, help="Who it is.")
@_about
@pass_asked
def add(asked: Asked, /, patient_id: int, **given: Any) -> None:
    """Add a contact of a patient."""
    viewer = asked.viewer()
    from clinic_tui.patients import contacts

    _show(asked, viewer, patient_id, contacts.add(viewer, patient_id, **_given(given)))


@command.command("set")
@click.argument("contact_id", metavar="CONTACT", type=ROW_ID)
@click.option("--name", metavar="N", help="Who it is.")
@_about
@pass_asked
def change(asked: Asked, /, contact_id: int, **given: Any) -> None:
    """Change a contact; an empty value empties the field. `patient show` has the ids, with --json."""
    if not _given(given):
        raise click.UsageError("Say what to change, such as --email.")
    viewer = asked.viewer()
    from clinic_tui.patients import contacts

    _show(asked, viewer, contacts.change(viewer, contact_id, **_given(given)), contact_id)


@command.command("remove")
@click.argument("contact_id", metavar="CONTACT", type=ROW_ID)
@pass_asked
def remove(asked: Asked, contact_id: int) -> None:
    """Take a contact off the record."""
    viewer = asked.viewer()
    from clinic_tui.patients import contacts

    patient_id = contacts.remove(viewer, contact_id)
    if asked.json:
        output.document({"id": contact_id, "patient": patient_id, "removed": True})
    else:
        output.line(f"Contact {contact_id} of patient {patient_id} is removed.")


def _given(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _show(asked: Asked, viewer: Viewer, patient_id: int, contact_id: int) -> None:
    from clinic_tui.patients.profile import read

    row = next(row for row in read(viewer, patient_id).contacts if row.id == contact_id)
    document = {
        "id": row.id, "patient": patient_id, "name": row.name, "relationship": row.relationship,
        "guardian": row.is_guardian, "email": row.email, "phone": row.phone,
    }  # fmt: skip
    if asked.json:
        output.document(document)
    else:
        output.fields(tuple(document.items()))
