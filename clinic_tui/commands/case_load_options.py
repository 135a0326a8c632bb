"""The filters of a case load as options of a command, and its rows as JSON and tables have them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from clinic_tui.commands import output

if TYPE_CHECKING:
    from clinic_tui.case_load.query import CaseRow

F = TypeVar("F", bound=Callable[..., Any])

# Spelled out, as `db.models.patients` has them, so that wrong usage needs no database.
STATUSES = ("current", "waiting", "archived", "deceased", "blocked")
SEXES = ("female", "male", "other")
COLUMNS = (
    "patient", "age", "practitioner", "appointments", "first_seen", "last_seen", "next_appointment", "email", "portal",
)  # fmt: skip

_OPTIONS = (
    click.option("--practitioner", "practitioners", metavar="NAME", multiple=True, help="Patients of NAME."),
    click.option("--status", "statuses", type=click.Choice(STATUSES), multiple=True, help="In this status."),
    click.option("--portal", metavar="LINE", multiple=True, help='With this portal line, as "not invited".'),
    click.option("--seen-from", metavar="DAY", help="Seen on DAY or later."),
    click.option("--seen-to", metavar="DAY", help="Seen on DAY or earlier."),
    click.option("--seen-by", metavar="NAME", multiple=True, help="Seen (in that time) by NAME."),
    click.option("--appointments-min", "visits_min", metavar="N", help="Seen (in that time) N times or more."),
    click.option("--appointments-max", "visits_max", metavar="N", help="Seen (in that time) N times or less."),
    click.option("--no-appointment-since", "not_seen_since", metavar="DAY", help="Not seen on DAY or later."),
    click.option("--next-from", metavar="DAY", help="Next appointment on DAY or later."),
    click.option("--next-to", metavar="DAY", help="Next appointment on DAY or earlier."),
    click.option("--age-min", metavar="N", help="N years old or more."),
    click.option("--age-max", metavar="N", help="N years old or less."),
    click.option("--sex", "sexes", type=click.Choice(SEXES), multiple=True, help="Of this sex."),
    click.option(
        "--has-email/--no-email",
        default=None,
        help="With, or without, an e-mail of their own: a guardian's does not count.",
    ),
    click.option("--place", "places", metavar="TEXT", multiple=True, help="With this postcode, or in this suburb."),
    click.option("--never-invited", is_flag=True, help="Who never had an invitation."),
)


def filter_options(command: F) -> F:
    """Give the command an option for each filter; those that may be given several times mean any of them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def record(row: CaseRow) -> dict[str, Any]:
    """One row in JSON; what is hidden from the viewer is null. Moments are in UTC."""
    from clinic_tui.commands.records import listed

    patient = listed(row.patient)
    return {
        "id": patient["id"],
        "number": patient["number"],
        "name": patient["name"],
        "birth_date": patient["birth_date"] and patient["birth_date"].isoformat(),
        "age": row.age,
        "practitioner": row.patient.practitioner,
        "appointments": row.appointments,
        "first_seen": output.moment(row.first_seen),
        "last_seen": output.moment(row.last_seen),
        "next_appointment": output.moment(row.next_appointment),
        "email": patient["email"],
        "status": patient["status"],
        "portal": patient["portal"],
    }


def table(rows: Iterable[CaseRow]) -> None:
    """Print the rows in columns."""
    from clinic_tui.clock import local
    from clinic_tui.invitations.states import portal_word
    from clinic_tui.patients.lookup import display_name

    output.table(
        ("id", "patient", "age", "practitioner", "appointments", "first seen", "last seen", "next", "e-mail", "portal"),
        (
            (
                row.patient.id, display_name(row.patient), row.age, row.patient.practitioner, row.appointments,
                row.first_seen and local(row.first_seen).date(), row.last_seen and local(row.last_seen).date(),
                row.next_appointment, row.patient.email, portal_word(row.patient.portal, row.patient.portal_until),
            )
            for row in rows
        ),
    )  # fmt: skip
