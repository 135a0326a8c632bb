"""`clinic-tui import FILE...`: takes patients from files."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, FileName, pass_asked
from clinic_tui.errors import ClinicError
from clinic_tui.text import clean

SHOWN_REFUSALS = 20
COUNTS = ("read", "added", "updated", "unchanged")


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, type=FileName(str))
@click.option(
    "--format", "kind",
    type=click.Choice(("csv", "synthea", "fhir", "patients", "practitioners", "appointments", "portal")),
    help="What the files are, or list, where they do not show it themselves.",
)  # fmt: skip
@click.option(
    "--date-format", metavar="F", help="How dates are written, such as DD/MM/YYYY, where the file leaves it open."
)
@click.option("--map", "mapping", type=FileName(), help="TOML or CSV that says what columns hold: header and field.")
@click.option("--complete", is_flag=True, help="It is a full export: archive who came from it before and is absent.")
@click.option("--dry-run", is_flag=True, help="Say what would come of it; keep nothing.")
@click.option("--list", "listed", is_flag=True, help="List the latest imports.")
@click.option("--show", type=ROW_ID, metavar="BATCH", help="Show what became of one import.")
@click.option("--refused", type=ROW_ID, metavar="BATCH", help="The rows that one import refused, as CSV.")
@click.option("--duplicates", is_flag=True, help="List patients who may be one person twice.")
@click.option("--undo", type=ROW_ID, metavar="BATCH", help="Undo one import, as long as nobody has used its rows.")
@pass_asked
def command(
    asked: Asked, files: tuple[str, ...], kind: str | None, date_format: str | None, mapping: Path | None,
    complete: bool, dry_run: bool, listed: bool, show: int | None, refused: int | None, duplicates: bool,
    undo: int | None,
) -> None:  # fmt: skip
    """Take patients, practitioners, appointments, contacts and portal accounts from files (- is standard input).

    Folders are looked into. The same files twice change nothing.
    """
    others = [name for name, said in (("--list", listed), ("--show", show), ("--refused", refused),
                                      ("--duplicates", duplicates), ("--undo", undo)) if said]  # fmt: skip
    if len(others) > 1 or (others and files):
        raise click.UsageError(f"{others[0]} stands alone.")
    if others:
        from clinic_tui.commands import import_batches

        viewer = asked.viewer()
        if refused:
            import_batches.print_refused(viewer, refused)
        elif show:
            import_batches.show(viewer, show, asked.json)
        elif undo:
            import_batches.undo(viewer, undo, asked.json)
        elif duplicates:
            import_batches.duplicates(viewer, asked.json)
        else:
            import_batches.show_all(viewer, asked.json)
        return
    if not files:
        raise click.UsageError("Name a file or a folder; - is standard input.")
    if (*files, str(mapping)).count("-") > 1:
        raise click.UsageError("Standard input can be read once.")
    viewer = asked.viewer()
    from clinic_tui.imports import mapping as maps
    from clinic_tui.imports.run import Source, run

    with ExitStack() as stack:
        held = None
        if mapping is not None:
            named = str(mapping)
            held = maps.read(stack.enter_context(_file(named)), _shown(named))
        sources = [Source(stack.enter_context(_file(name)), _shown(name)) for name in files]
        progress = stack.enter_context(_bar(files[0] if len(files) == 1 else f"{len(files)} files"))
        summary = run(
            viewer, sources, kind=kind, mapping=held, date_format=date_format, complete=complete, dry_run=dry_run,
            progress=progress,
        )  # fmt: skip
    document: dict[str, Any] = {"batch": summary.batch, **{count: getattr(summary, count) for count in COUNTS}}
    document["refused"] = [row._asdict() for row in summary.refused]
    document["kinds"] = {what: counts._asdict() for what, counts in summary.kinds.items()}
    document |= {name: getattr(summary, name) for name in ("unused", "passed", "archived", "notes")}
    if asked.json:
        output.document(document)
    else:
        _tell(document, dry_run)


@contextmanager
def _file(name: str) -> Iterator[Path]:
    """The file; standard input as a file of its owner's alone, for it is read more than once."""
    if name != "-":
        yield Path(name)
        return
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="clinic-tui-"))
        path = Path(folder) / "standard input"
        try:
            with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as copy:
                shutil.copyfileobj(sys.stdin.buffer, copy)
        except OSError as error:
            raise ClinicError(f"Standard input cannot be kept in {folder}: {error.strerror}.", "Make room.") from error
        yield path


@contextmanager
def _bar(name: str) -> Iterator[Callable[[int, int, Any], None] | None]:
    """A progress bar on standard error, where somebody would see it."""
    if not output.progress_is_seen():
        yield None
        return
    with click.progressbar(length=1, label=clean(name, 40), file=sys.stderr, width=0) as bar:

        def progress(done: int, of: int, _counts: Any) -> None:
            bar.length = max(of, 1)
            bar.update(min(done, bar.length) - bar.pos)

        yield progress


def _tell(total: dict[str, Any], dry_run: bool) -> None:
    refused = total["refused"]
    would = "Would be: " if dry_run else ""
    for kind, of in total["kinds"].items() if len(total["kinds"]) > 1 else ():
        output.line(
            f"{would}{kind}: {of['read']:,} read, {of['added']:,} added, {of['updated']:,} updated, "
            f"{of['unchanged']:,} unchanged, {of['refused']:,} refused."
        )
    rows = sum(1 for row in refused if row["row"] is not None)
    output.line(
        f"{would}{output.plural(total['read'], 'row')} read: {total['added']:,} added, {total['updated']:,} updated, "
        f"{total['unchanged']:,} unchanged, {rows:,} refused."
    )
    if total["archived"]:
        output.line(f"{would}{total['archived']:,} archived, who were absent from the export.")
    for note in total["notes"]:
        output.line(note)
    if total["passed"]:
        output.line(f"Passed over, for they hold nothing that is kept here: {', '.join(total['passed'])}.")
    if total["unused"]:
        output.line(f"Columns that were not read: {', '.join(total['unused'])}.")
    output.table(
        ("file", "row", "refused because"),
        ((row["file"], row["row"], row["reason"]) for row in refused[:SHOWN_REFUSALS]),
    )
    if len(refused) > SHOWN_REFUSALS:
        output.line(f"... and {len(refused) - SHOWN_REFUSALS:,} more; --json names them all.")
    if total["batch"] is not None:
        output.line(f"Batch {total['batch']}.")


def _shown(name: str) -> str:
    """How the file is called: a name in another encoding cannot be kept as it is."""
    return "standard input" if name == "-" else os.fsencode(name).decode("utf-8", "replace")
