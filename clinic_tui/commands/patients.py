"""`clinic-tui patients QUERY`: lookup."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked


@click.command("patients")
@click.argument("query", nargs=-1)
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="At most so many.")
@pass_asked
def command(asked: Asked, query: tuple[str, ...], limit: int) -> None:
    """Look patients up: by name, birth date, phone, e-mail or number. Without QUERY, the first by name."""
    viewer = asked.viewer()
    from clinic_tui.commands.records import listed
    from clinic_tui.patients import lookup

    text = " ".join(query)
    found = lookup.search(viewer, text, limit)
    if asked.json:
        output.document([listed(row) for row in found.rows])
        return
    records = [listed(row) for row in found.rows]
    output.table(
        ("id", "number", "name", "born", "phone", "e-mail", "portal"),
        (
            (r["id"], r["number"], lookup.display_name(row), r["birth_date"], r["phone"], r["email"], r["portal"])
            for r, row in zip(records, found.rows, strict=True)
        ),
    )
    if not records:
        output.aside(
            f"No patient matches {text!r}."
            if text
            else "There is no patient yet. Add some with: clinic-tui import FILE."
        )
    elif found.more:
        output.aside(f"More patients match: the first {limit} are shown. --limit shows more.")
