"""`clinic-tui import --list, --show, --refused, --duplicates, --undo`: the imports that there were."""

from __future__ import annotations

from typing import Any

import click

from clinic_tui.access import Viewer
from clinic_tui.commands import output
from clinic_tui.imports.batches import Batch


def show_all(viewer: Viewer, as_json: bool) -> None:
    """The latest imports."""
    from clinic_tui.imports.batches import batches

    found = batches(viewer)
    if as_json:
        output.document([_document(batch) for batch in found])
        return
    output.table(
        ("batch", "when", "by", "file", "added", "updated", "unchanged", "refused", ""),
        (
            (batch.id, batch.started_at, batch.login, batch.name,
             *(batch.counts.get(count, "") for count in ("added", "updated", "unchanged", "refused")), _state(batch))
            for batch in found
        ),
    )  # fmt: skip


def show(viewer: Viewer, batch: int, as_json: bool) -> None:
    """One import, with the rows that it refused."""
    from clinic_tui.imports.batches import refused, summary

    known, rows = summary(viewer, batch), refused(viewer, batch)
    if as_json:
        output.document(_document(known) | {"refused": [row._asdict() for row in rows]})
        return
    output.fields(
        (
            ("batch", known.id), ("file", known.name), ("by", known.login), ("when", known.started_at),
            *((kind, _told(counts)) for kind, counts in known.kinds.items()), ("archived", known.archived or None),
            ("not read", ", ".join(known.unused)), ("passed over", ", ".join(known.passed)),
            ("notes", " ".join(known.notes)), ("state", _state(known)),
        )
    )  # fmt: skip
    output.table(("file", "row", "refused because"), rows)


def print_refused(viewer: Viewer, batch: int) -> None:
    """The rows that an import refused, as CSV; an empty line before each other header."""
    from clinic_tui.imports.batches import refused_csv

    for at, lines in enumerate(refused_csv(viewer, batch)):
        click.echo(("\n" if at else "") + "".join(lines), nl=False)


def undo(viewer: Viewer, batch: int, as_json: bool) -> None:
    """Undo one import."""
    from clinic_tui.imports.undo import undo as undo_batch

    done = undo_batch(viewer, batch)
    if as_json:
        output.document({"batch": batch, **done._asdict()})
    else:
        output.line(f"Import {batch} is undone: {done.removed:,} taken away, {done.restored:,} put back.")
        if done.left:
            output.line(f"Left as they are, for somebody used them meanwhile: {', '.join(done.left)}.")


def duplicates(viewer: Viewer, as_json: bool) -> None:
    """Patients who may be one person twice."""
    from clinic_tui.imports.duplicates import duplicates as likely

    pairs = likely(viewer)
    if as_json:
        output.document([{"one": pair.one._asdict(), "other": pair.other._asdict(), "why": pair.why} for pair in pairs])
        return
    output.table(
        ("number", "name", "born", "number", "name", "born", "why"),
        (
            (pair.one.number, f"{pair.one.family}, {pair.one.given}", pair.one.birth_date, pair.other.number,
             f"{pair.other.family}, {pair.other.given}", pair.other.birth_date, pair.why)
            for pair in pairs
        ),
    )  # fmt: skip


def _document(batch: Batch) -> dict[str, Any]:
    return {**batch._asdict(), "state": _state(batch)}


def _state(batch: Batch) -> str:
    if batch.undone_at is not None:
        return "undone"
    if batch.undoing:
        return "being undone"
    return "stopped midway" if batch.finished_at is None else ""


def _told(counts: dict[str, int]) -> str:
    return ", ".join(f"{count:,} {what}" for what, count in counts.items())
