"""`clinic-tui import FILE...`: takes patients from files."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, FileName, pass_asked
from clinic_tui.errors import ClinicError, DatabaseLost, NotAllowed
from clinic_tui.text import clean

if TYPE_CHECKING:
    from clinic_tui.access import Viewer

SHOWN_REFUSALS = 20
COUNTS = ("read", "added", "updated", "unchanged")


@click.command("import")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FileName(str))
@click.option(
    "--format", "kind", type=click.Choice(("csv",)), default="csv", show_default=True, help="What the files are."
)
@click.option(
    "--date-format", metavar="F", help="How dates are written, such as DD/MM/YYYY, where the file leaves it open."
)
@click.option("--dry-run", is_flag=True, help="Say what would come of it; keep nothing.")
@pass_asked
def command(asked: Asked, files: tuple[str, ...], kind: str, date_format: str | None, dry_run: bool) -> None:
    """Take patients from CSV files (- is standard input). The same file twice changes nothing."""
    if files.count("-") > 1:
        raise click.UsageError("Standard input can be read once.")
    viewer = asked.viewer()
    total: dict[str, Any] = {"batch": None, **dict.fromkeys(COUNTS, 0), "refused": []}
    batches: list[int] = []
    failed: list[ClinicError] = []
    for name in files:
        try:
            batch = _import(viewer, name, date_format, dry_run, total)
        except (DatabaseLost, NotAllowed):
            raise
        except ClinicError as error:
            failed.append(error)
            total["refused"].append({"file": name, "row": None, "reason": str(error)})
        else:
            batches += [] if batch is None else [batch]
    if len(failed) == len(files):
        raise failed[0]
    total["batch"] = batches[0] if len(batches) == 1 else batches or None
    if asked.json:
        output.document(total)
    else:
        _tell(total, dry_run)


def _import(viewer: Viewer, name: str, date_format: str | None, dry_run: bool, total: dict[str, Any]) -> int | None:
    from clinic_tui.imports.patients_csv import import_csv

    with _file(name) as path, _bar(name) as progress:
        summary = import_csv(
            viewer, path, date_format=date_format, dry_run=dry_run, progress=progress, shown=_shown(name)
        )
    for count in COUNTS:
        total[count] += getattr(summary, count)
    total["refused"] += [{"file": name, "row": row.row, "reason": row.reason} for row in summary.refused]
    return summary.batch


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
def _bar(name: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on standard error, where somebody would see it."""
    if not output.progress_is_seen():
        yield None
        return
    with click.progressbar(length=1, label=clean(name, 40), file=sys.stderr, width=0) as bar:

        def progress(done: int, of: int) -> None:
            bar.length = max(of, 1)
            bar.update(min(done, bar.length) - bar.pos)

        yield progress


def _tell(total: dict[str, Any], dry_run: bool) -> None:
    refused = total["refused"]
    would = "Would be: " if dry_run else ""
    output.line(
        f"{would}{output.plural(total['read'], 'row')} read: {total['added']:,} added, {total['updated']:,} updated, "
        f"{total['unchanged']:,} unchanged, {len(refused):,} refused."
    )
    output.table(
        ("file", "row", "refused because"),
        ((row["file"], row["row"], row["reason"]) for row in refused[:SHOWN_REFUSALS]),
    )
    if len(refused) > SHOWN_REFUSALS:
        output.line(f"... and {len(refused) - SHOWN_REFUSALS:,} more; --json names them all.")


def _shown(name: str) -> str:
    """How the file is called: a name in another encoding cannot be kept as it is."""
    return "standard input" if name == "-" else os.fsencode(name).decode("utf-8", "replace")
