"""`clinic-tui patient show|add|set`: one record."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked

if TYPE_CHECKING:
    from clinic_tui.access import Viewer

FIELDS = {
    "number": "The practice's number for the patient.",
    "given": "Given name.",
    "middle": "Middle names.",
    "family": "Family name.",
    "preferred": "What they are called.",
    "birth_date": "Birth date, such as 1980-02-28.",
    "sex": "female, male or other.",
    "mobile": "Mobile phone.",
    "phone": "Other phone.",
    "email": "E-mail address.",
    "street": "Street.",
    "suburb": "Suburb or town.",
    "region": "State or region.",
    "postcode": "Postcode.",
    "country": "Country.",
    "language": "Language.",
    "status": "current, waiting, archived, deceased or blocked.",
    "communication": "What mail they want: all, email, phone or none.",
    "practitioner": "Their practitioner, by name or id.",
}
Command = Callable[..., Any]


def _fields(command: Command) -> Command:
    for name, about in reversed(FIELDS.items()):
        command = click.option(f"--{name.replace('_', '-')}", name, help=about)(command)
    return command


@click.group("patient", no_args_is_help=False)
def command() -> None:
    """Show, add or change one patient."""


@command.command("show")
@click.argument("patient_id", metavar="ID", type=ROW_ID)
@pass_asked
def show(asked: Asked, patient_id: int) -> None:
    """Show one record."""
    _show(asked, asked.viewer(), patient_id)


@command.command("add")
@_fields
@pass_asked
def add(asked: Asked, /, **given: str | None) -> None:
    """Add a patient; a number is made where none is given."""
    viewer = asked.viewer()
    from clinic_tui.patients import duplicates, records

    values = _values(given)
    warned = _warnings(viewer, values, 0)
    alike = duplicates.likely(viewer, values.get("given", ""), values.get("family", ""), values.get("birth_date"))
    warned += [
        {"kind": "duplicate", "detail": f"Patient {row.number} (id {row.id}) has the same name and birth date."}
        for row in alike
    ]
    _show(asked, viewer, records.add(viewer, **values), warned)


@command.command("set")
@click.argument("patient_id", metavar="ID", type=ROW_ID)
@_fields
@pass_asked
def change(asked: Asked, /, patient_id: int, **given: str | None) -> None:
    """Change one record; an empty value empties the field."""
    if not _values(given):
        raise click.UsageError("Say what to change, such as --email.")
    viewer = asked.viewer()
    from clinic_tui.patients import records

    warned = _warnings(viewer, _values(given), patient_id)
    records.change(viewer, patient_id, **_values(given))
    _show(asked, viewer, patient_id, warned)


@command.command("portal")
@click.argument("patient_id", metavar="ID", type=ROW_ID)
@click.argument("state", type=click.Choice(("active", "disabled", "none")), required=False)
@click.option("--since", metavar="DAY", help="Since when, such as 2026-03-12; else from now.")
@click.option("--known-from", metavar="WHERE", help="Where that is known from; else the desk.")
@pass_asked
def portal(asked: Asked, patient_id: int, state: str | None, since: str | None, known_from: str | None) -> None:
    """Show or set the patient's account in the portal by hand; who has one is not invited."""
    if state is None and (since or known_from):
        raise click.UsageError("Say active, disabled or none too.")
    viewer = asked.viewer()
    from clinic_tui.invitations import accounts
    from clinic_tui.patients import profile

    profile.read(viewer, patient_id)
    if state is not None:
        accounts.put(viewer, patient_id, state, since=since, known_from=known_from or accounts.DESK)
    known = accounts.of(viewer, patient_id)
    document = {
        "patient": patient_id,
        "state": known.state if known else "none",
        "since": known.since if known else None,
        "known_from": known.known_from if known else None,
    }
    if asked.json:
        output.document(document)
    else:
        output.fields(tuple(document.items()))


def _values(given: dict[str, str | None]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _warnings(viewer: Viewer, values: dict[str, Any], patient_id: int) -> list[dict[str, str]]:
    """What is to be said of the address that is given; it stands in nobody's way."""
    from clinic_tui.patients import lookalikes

    said = lookalikes.warnings(viewer, values.get("email"), patient_id)
    return [{"kind": one.kind, "detail": one.sentence} for one in said]


def _show(asked: Asked, viewer: Viewer, patient_id: int, warned: Sequence[dict[str, str]] | None = None) -> None:
    from clinic_tui.commands.records import profile
    from clinic_tui.invitations import reading
    from clinic_tui.patients import lookup
    from clinic_tui.patients.profile import read

    record = read(viewer, patient_id)
    invitations = reading.of_patient(viewer, patient_id)
    document = profile(record, invitations)
    if warned is not None:
        document["warnings"] = warned
        for one in () if asked.json else warned:
            output.aside(f"Note: {one['detail']}")
    if asked.json:
        output.document(document)
        return
    output.fields(
        (
            ("patient", lookup.display_name(record.patient, record.middle)),
            *((name.replace("_", " "), document[name]) for name in (
                "id", "number", "birth_date", "sex", "mobile", "phone", "email"
            )),
            ("address", ", ".join(record.address)),
            *((name, document[name]) for name in ("language", "communication", "practitioner", "status", "portal")),
            ("last visit", record.last_visit), ("next visit", record.next_visit), ("visits", record.visits),
        )
    )  # fmt: skip
    _part(
        "Contacts",
        ("name", "relationship", "guardian", "e-mail", "phone"),
        [(row.name, row.relationship, row.is_guardian, row.email, row.phone) for row in record.contacts],
    )
    _part(
        "Appointments",
        ("starts", "minutes", "status", "practitioner"),
        [(row.starts_at, row.minutes, row.status, row.practitioner) for row in record.appointments],
    )
    _part(
        "Invitations",
        ("id", "e-mail", "state", "created", "sent", "expires", "by"),
        [(row.id, row.email, row.state, row.created_at, row.sent_at, row.expires_at, row.staff) for row in invitations],
    )


def _part(heading: str, headings: Sequence[str], rows: list[tuple[object, ...]]) -> None:
    if rows:
        output.line()
        output.line(heading)
        output.table(headings, rows)
