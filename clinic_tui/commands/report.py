"""`clinic-tui report`: the case load, reports saved by name, and adoption."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clinic_tui.commands import adoption, output
from clinic_tui.commands.asked import Asked, FileName, pass_asked
from clinic_tui.commands.case_load_options import COLUMNS, filter_options, record, table

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.case_load.filters import Filters
    from clinic_tui.case_load.orders import Sort

_SHOWN = 100  # rows of a table, where nobody said how many
_SORT = click.option(
    "--sort", metavar="COLUMN", help=f"Sort by COLUMN, -COLUMN from the highest down: {', '.join(COLUMNS)}."
)
_LIMIT = click.option("--limit", type=click.IntRange(0), help=f"At most so many rows. A table without it: {_SHOWN}.")
_CSV = click.option(
    "--csv", "csv_file", metavar="FILE", type=FileName(),
    help="Write the rows to FILE, for you alone (0600); - is standard output.",
)  # fmt: skip


@click.group("report")
def command() -> None:
    """Patients by what they have in common, reports saved by name, and what became of invitations."""


command.add_command(adoption.command)


@command.command("case-load")
@filter_options
@_SORT
@_LIMIT
@_CSV
@pass_asked
def case_load(asked: Asked, /, sort: str | None, limit: int | None, csv_file: Path | None, **typed: Any) -> None:
    """The patients for whom every filter given holds; without one, every patient that you may see."""
    _one_output(asked, csv_file)
    viewer = asked.viewer()
    from clinic_tui.case_load import filters, orders

    chosen = orders.read_sort(sort) if sort is not None else orders.Sort()
    _show(asked, viewer, filters.read(viewer, typed), chosen, limit, csv_file)


@command.command("list")
@pass_asked
def list_(asked: Asked) -> None:
    """The saved reports."""
    viewer = asked.viewer()
    from clinic_tui.case_load import saved

    found = saved.listing(viewer)
    if asked.json:
        output.document(
            [
                {"name": row.name, "report": "case-load", "filters": row.says, "sort": str(row.sort),
                 "saved": output.moment(row.saved_at), "by": row.saved_by, "notes": row.notes}
                for row in found
            ]
        )  # fmt: skip
        return
    output.table(
        ("name", "filters", "sort", "saved", "by"),
        ((row.name, row.says, row.sort, row.saved_at, row.saved_by) for row in found),
    )
    for row in found:
        for note in row.notes:
            output.aside(f"{row.name}: {note}")
    if not found:
        output.aside("No report is saved yet. Save one with: clinic-tui report save NAME.")


@command.command("save")
@click.argument("name")
@filter_options
@_SORT
@click.option("--replace", is_flag=True, help="In place of the one of this name.")
@pass_asked
def save(asked: Asked, /, name: str, sort: str | None, replace: bool, **typed: Any) -> None:
    """Save a case load under NAME, for the whole practice."""
    viewer = asked.viewer()
    from clinic_tui.case_load import filters, orders, saved
    from clinic_tui.case_load.sentence import sentence

    chosen = filters.read(viewer, typed)
    by = orders.read_sort(sort) if sort is not None else orders.Sort()
    kept = saved.save(viewer, name, chosen, by, replace=replace)
    if asked.json:
        output.document({"name": kept, "report": "case-load", "filters": sentence(chosen), "sort": str(by)})
        return
    output.line(f"{kept}: {sentence(chosen)}.")


@command.command("run")
@click.argument("name")
@_SORT
@_LIMIT
@_CSV
@pass_asked
def run(asked: Asked, name: str, sort: str | None, limit: int | None, csv_file: Path | None) -> None:
    """Run the report that was saved under NAME."""
    _one_output(asked, csv_file)
    viewer = asked.viewer()
    from clinic_tui.case_load import orders, saved

    opened = saved.open_report(viewer, name)
    for note in opened.notes:
        output.aside(note)
    chosen = orders.read_sort(sort) if sort is not None else opened.sort
    _show(asked, viewer, opened.filters, chosen, limit, csv_file)


def _one_output(asked: Asked, csv_file: Path | None) -> None:
    if asked.json and csv_file == Path("-"):
        raise click.UsageError("--json and --csv - both want standard output.")


def _show(asked: Asked, viewer: Viewer, filters: Filters, sort: Sort, limit: int | None, csv_file: Path | None) -> None:
    from clinic_tui.case_load import export, query
    from clinic_tui.case_load.sentence import sentence

    if csv_file is None and not asked.json:
        limit = _SHOWN if limit is None else limit
        shown = export.in_pages(viewer, filters, query.first_ids(viewer, filters, sort, limit))
        table(shown)
        total = query.count(viewer, filters)
        more = f" The first {limit:,} are shown: --limit shows more." if limit < total else ""
        output.aside(f"{output.plural(total, 'patient')}: {sentence(filters)}.{more}")
        return
    ids = query.all_ids(viewer, filters, sort)
    wanted = ids if limit is None else ids[:limit]
    if csv_file == Path("-"):
        export.record(viewer, len(wanted))
        for line in export.lines(export.in_pages(viewer, filters, wanted)):
            click.echo(line, nl=False)
    elif csv_file is not None:
        export.write(viewer, csv_file, filters, wanted)
        export.record(viewer, len(wanted))
        output.aside(f"{output.plural(len(wanted), 'patient')} in {csv_file}, which only you can read.")
    if asked.json:
        # Row by row: a document of a million patients fits no memory.
        click.echo(f'{{"count": {len(ids)}, "rows": [', nl=False)
        for at, row in enumerate(export.in_pages(viewer, filters, wanted)):
            text = json.dumps(record(row), ensure_ascii=True).replace("\x7f", "\\u007f")
            click.echo(f"{',' if at else ''}\n  {text}", nl=False)
        click.echo("]}" if not wanted else "\n]}")
