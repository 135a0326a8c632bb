"""`clinic-tui report adoption`: what became of the invitations, as a chart, as JSON or as CSV."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, FileName, pass_asked

if TYPE_CHECKING:
    from clinic_tui.adoption import Adoption, By

BY = ("month", "practitioner", "template", "age")
_LEAST, _MOST, _BESIDE = 10, 60, 92  # cells of a bar; those of a wide table without it


@click.command("adoption")
@click.option("--by", type=click.Choice(BY), default="month", show_default=True, help="What the rows are of.")
@click.option("--from", "first", metavar="DAY", help="Invitations made from this day on; 2026 or mar 2026 will do.")
@click.option("--to", "last", metavar="DAY", help="Up to this day, with it.")
@click.option(
    "--csv", "csv_file", metavar="FILE", type=FileName(),
    help="Write the rows to FILE, for you alone (0600); - is standard output.",
)  # fmt: skip
@pass_asked
def command(asked: Asked, by: str, first: str | None, last: str | None, csv_file: Path | None) -> None:
    """What became of the invitations: invited, delivered, accepted, declined, bounced, active.

    One that was resent counts once, one that was taken back before it went not at all. Active: the patient has an
    active portal account now.
    """
    if asked.json and csv_file == Path("-"):
        raise click.UsageError("--json and --csv - both want standard output.")
    viewer = asked.viewer()
    from clinic_tui import adoption, csv_out

    found = adoption.read(viewer, cast("By", by), adoption.read_period(viewer, first, last))
    if csv_file == Path("-"):
        for line in adoption.csv_lines(found):
            click.echo(line, nl=False)
    elif csv_file is not None:
        csv_out.write(csv_file, adoption.csv_lines(found))
        output.aside(f"{output.plural(len(found.lines), 'row')} in {csv_file}, which only you can read.")
    if asked.json:
        rows = [line._asdict() for line in found.lines]
        total = {name: number for name, number in found.total._asdict().items() if name != "name"}
        output.document(
            {"by": by, "from": found.period.first, "to": found.period.last, "total": total, "rows": rows}
        )  # fmt: skip
    elif csv_file is None:
        _show(found)


def _show(found: Adoption) -> None:
    from clinic_tui import adoption, charts

    marks = charts.UNICODE if (sys.stdout.encoding or "").lower().startswith("utf") else charts.ASCII
    width = max(_LEAST, min(_MOST, shutil.get_terminal_size().columns - _BESIDE))
    most = max((line.invited for line in found.lines), default=0)

    def drawn(line: adoption.Line) -> str:
        cells = charts.adopted(line.invited, line.delivered, line.accepted, most, width)
        return "".join(mark * number for mark, number in zip(marks, cells, strict=True))

    rows = [(*(line[:1]), *(f"{number:,}" for number in line[1:]), drawn(line)) for line in found.lines]
    if not rows:
        output.aside("No invitation was made in this time.")
        return
    output.table((found.by, *adoption.COUNTS, ""), [*rows, ("total", *(f"{n:,}" for n in found.total[1:]), "")])
    output.aside(f"{marks[0]} accepted  {marks[1]} delivered  {marks[2]} invited")
