"""`clinic-tui practitioner list|add|set`: who treats patients."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked

if TYPE_CHECKING:
    from clinic_tui.patients.practitioners import Practitioner

_EMAIL = click.option("--email", metavar="E", help="Their address: no invitation goes to it.")
_ACTIVE = click.option("--active/--inactive", default=None, help="Whether they treat patients.")


@click.group("practitioner")
def command() -> None:
    """Who treats patients, and the addresses that no invitation may go to; for owners and the front desk."""


@command.command("list")
@pass_asked
def list_(asked: Asked) -> None:
    """Every practitioner, by name."""
    viewer = asked.viewer()
    from clinic_tui.patients import practitioners

    found = practitioners.listing(viewer)
    if asked.json:
        output.document([row._asdict() for row in found])
    else:
        output.table(("id", "name", "e-mail", "active"), found)


@command.command("add")
@click.option("--name", metavar="N", required=True, help="Who it is.")
@_EMAIL
@_ACTIVE
@pass_asked
def add(asked: Asked, /, **given: Any) -> None:
    """Add a practitioner."""
    viewer = asked.viewer()
    from clinic_tui.patients import practitioners

    _show(asked, practitioners.add(viewer, **_given(given)))


@command.command("set")
@click.argument("practitioner_id", metavar="ID", type=ROW_ID)
@click.option("--name", metavar="N", help="Who it is.")
@_EMAIL
@_ACTIVE
@pass_asked
def change(asked: Asked, /, practitioner_id: int, **given: Any) -> None:
    """Change a practitioner; an empty e-mail takes it away."""
    if not _given(given):
        raise click.UsageError("Say what to change, such as --email.")
    viewer = asked.viewer()
    from clinic_tui.patients import practitioners

    _show(asked, practitioners.change(viewer, practitioner_id, **_given(given)))


def _given(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _show(asked: Asked, row: Practitioner) -> None:
    if asked.json:
        output.document(row._asdict())
    else:
        output.fields(tuple(row._asdict().items()))
