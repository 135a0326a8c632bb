"""`clinic-tui staff`: who may do what; for owners."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked

if TYPE_CHECKING:
    from clinic_tui.staff.members import Member

Command = Callable[..., Any]
_OPTIONS = (
    click.option("--name", help="Their name, as patients and lists have it."),
    click.option("--email", help="Their address."),
    click.option("--role", type=click.Choice(("owner", "practitioner", "front-desk")), help="What they are."),
    click.option("--practitioner", metavar="NAME", help="The practitioner that they are; empty for none."),
    click.option("--scope", metavar="all|own|LOGIN,...", help="Whose patients they see: logins or practitioners."),
    click.option("--hide-names/--show-names", "names_hidden", default=None, help="Whether patients are numbers."),
    click.option("--bulk/--no-bulk", default=None, help="Whether they act on many patients at once, and export."),
    click.option("--active/--inactive", default=None, help="Whether they may come in."),
)


def _fields(command: Command) -> Command:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group("staff", no_args_is_help=False, invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """Who may do what: list staff members, add, change or remove one; for owners."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@command.command("list")
@pass_asked
def list_(asked: Asked) -> None:
    """Every staff member, by login."""
    viewer = asked.viewer()
    from clinic_tui.staff import members

    found = members.listing(viewer)
    if asked.json:
        output.document([_document(row) for row in found])
        return
    output.table(
        ("login", "name", "role", "scope", "names", "bulk", "active", "practitioner", "kept from them"),
        (
            (
                row.login, row.name, row.role, _scope(row), "hidden" if row.names_hidden else "", row.bulk, row.active,
                row.practitioner, ", ".join(map(str, row.revoked)),
            )
            for row in found
        ),
    )  # fmt: skip


@command.command("add")
@click.argument("member", metavar="LOGIN")
@_fields
@pass_asked
def add(asked: Asked, /, member: str, **given: Any) -> None:
    """Add a staff member, and print the line for ~/.ssh/authorized_keys by which they come in."""
    config, viewer = asked.open()
    from clinic_tui.staff import entrance, members

    line = entrance.line_for(config, member)
    added = members.add(viewer, member, **_values(given))
    if asked.json:
        output.document({**_document(added), "authorized_keys": line})
        return
    _show(added)
    output.aside(f"Put this line into ~/.ssh/authorized_keys of this account, with {member}'s public key at its end:")
    click.echo(line)


@command.command("set")
@click.argument("member", metavar="LOGIN")
@_fields
@click.option("--revoke", metavar="PATIENT_ID", type=ROW_ID, multiple=True, help="Keep this patient from them.")
@click.option("--restore", metavar="PATIENT_ID", type=ROW_ID, multiple=True, help="Let them see the patient again.")
@pass_asked
def change(asked: Asked, /, member: str, revoke: tuple[int, ...], restore: tuple[int, ...], **given: Any) -> None:
    """Change a staff member; their queued invitations are asked about again before they go."""
    values = _values(given)
    if not (values or revoke or restore):
        raise click.UsageError("Say what to change, such as --role or --revoke.")
    viewer = asked.viewer()
    from clinic_tui.staff import members

    changed = members.change(viewer, member, revoke=revoke, restore=restore, **values)
    if asked.json:
        output.document(_document(changed))
    else:
        _show(changed)


@command.command("remove")
@click.argument("member", metavar="LOGIN")
@pass_asked
def remove(asked: Asked, member: str) -> None:
    """They are staff no more: they cannot come in, and what they queued is not sent."""
    viewer = asked.viewer()
    from clinic_tui.staff import members

    members.remove(viewer, member)
    if asked.json:
        output.document({"login": member, "removed": True})
    else:
        output.line(f"{member} is staff no more. Take their line out of ~/.ssh/authorized_keys too.")


def _values(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _document(row: Member) -> dict[str, Any]:
    return {name: value for name, value in row._asdict().items() if name != "account"}


def _scope(row: Member) -> str:
    return row.scope if isinstance(row.scope, str) else ", ".join(row.scope)


def _show(row: Member) -> None:
    output.fields(
        (
            ("login", row.login), ("name", row.name), ("e-mail", row.email), ("role", row.role),
            ("scope", _scope(row)), ("names", "hidden" if row.names_hidden else "shown"), ("bulk", row.bulk),
            ("active", row.active), ("practitioner", row.practitioner),
            ("kept from them", ", ".join(map(str, row.revoked))),
        )
    )  # fmt: skip
