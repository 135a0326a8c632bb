"""`clinic-tui notifications`: what the desk is told; put away, and out again."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, pass_asked

# As the database has them; said here, so that --help loads no database.
KINDS = click.Choice(("accepted", "declined", "bounced", "failed", "unconfirmed", "review", "paused"))


@click.group("notifications", invoke_without_command=True)
@click.option("--kind", type=KINDS, help="Only these.")
@click.option("--archived", is_flag=True, help="Those that were archived, with who and when.")
@click.option("--all", "everything", is_flag=True, help="Archived ones too.")
@click.option("--limit", type=click.IntRange(1, 100_000), default=500, show_default=True, help="At most so many.")
@pass_asked
@click.pass_context
def command(ctx: click.Context, asked: Asked, kind: str | None, archived: bool, everything: bool, limit: int) -> None:
    """What the desk is told, the newest first: those of the last two months."""
    if ctx.invoked_subcommand is not None:
        return
    if archived and everything:
        raise click.UsageError("--archived and --all are two ways to ask: use one.")
    viewer = asked.viewer()
    from clinic_tui import notifications
    from clinic_tui.commands.records import patient_name

    shelf: notifications.Shelf = "all" if everything else "archived" if archived else "new"
    rows = notifications.listing(viewer, shelf=shelf, kind=kind, limit=limit)
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
    put_away = shelf != "new"
    output.table(
        ("id", "what", "patient", "detail", "when", *(("archived", "by") if put_away else ())),
        (
            (
                row.id, row.kind, patient_name(row.given, row.family, row.preferred, row.number), row.detail,
                row.created_at, *((row.archived_at, row.archived_by) if put_away else ()),
            )
            for row in rows
        ),
    )  # fmt: skip
    if not rows:
        output.aside("Nothing to tell.")


@command.command("archive")
@click.argument("ids", metavar="[ID]...", nargs=-1, type=ROW_ID)
@click.option("--all", "everything", is_flag=True, help="All new ones.")
@click.option("--kind", type=KINDS, help="With --all: only these.")
@pass_asked
def archive(asked: Asked, ids: tuple[int, ...], everything: bool, kind: str | None) -> None:
    """Put notifications away, for everybody."""
    if bool(ids) == everything:
        raise click.UsageError("Say which ones: their ids, or --all.")
    if kind is not None and not everything:
        raise click.UsageError("--kind goes with --all.")
    viewer = asked.viewer()
    from clinic_tui import notifications

    done = (
        notifications.archive_all(viewer, kind=kind)
        if everything
        else [one for one in dict.fromkeys(ids) if notifications.archive(viewer, one)]
    )
    _tell(asked, "archived", len(done))


@command.command("restore")
@click.argument("ids", metavar="ID...", nargs=-1, type=ROW_ID, required=True)
@pass_asked
def restore(asked: Asked, ids: tuple[int, ...]) -> None:
    """Take notifications out of the archive again."""
    viewer = asked.viewer()
    from clinic_tui import notifications

    _tell(asked, "restored", notifications.restore(viewer, ids))


def _tell(asked: Asked, did: str, number: int) -> None:
    if asked.json:
        output.document({did: number})
    else:
        output.line(f"{output.plural(number, 'notification')} {did}.")
