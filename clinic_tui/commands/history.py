"""`clinic-tui history`: who did what, and whether that is still what was written."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import ROW_ID, Asked, FileName, pass_asked

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.history import Wanted

_DAY = click.DateTime(["%Y-%m-%d"])
_HEAD = 64  # characters of a hash


def _as_head(_ctx: click.Context, _param: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    head = "".join(value.split()).lower()  # a mail program may have broken the line
    if len(head) != _HEAD or set(head) - set("0123456789abcdef"):
        raise click.BadParameter("A head is 64 characters, 0 to 9 and a to f.")
    return head


@click.group("history", invoke_without_command=True)
@click.option("--limit", type=click.IntRange(1, 100_000), default=200, show_default=True, help="At most so many lines.")
@click.option("--patient", type=ROW_ID, metavar="ID", help="Lines about one patient.")
@click.option("--from", "first", type=_DAY, metavar="DAY", help="From this day on, as 2026-11-22.")
@click.option("--to", "last", type=_DAY, metavar="DAY", help="Up to this day.")
@click.option("--login", "by", metavar="LOGIN", help="What one staff member did.")
@click.option(
    "--csv", "csv_file", metavar="FILE", type=FileName(),
    help="Write all of these lines to FILE, for you alone (0600); - is standard output.",
)  # fmt: skip
@click.option("--verify", is_flag=True, help="Check every line: exit status 1 where one does not fit.")
@click.option("--against", metavar="HEAD", callback=_as_head, help="With --verify: a head of earlier, from the mail.")
@pass_asked
@click.pass_context
def command(
    ctx: click.Context,
    asked: Asked,
    limit: int,
    patient: int | None,
    first: datetime | None,
    last: datetime | None,
    by: str | None,
    csv_file: Path | None,
    verify: bool,
    against: str | None,
) -> int | None:
    """Who did what, the newest first; for owners."""
    if ctx.invoked_subcommand is not None:
        return None
    if against is not None and not verify:
        raise click.UsageError("--against goes with --verify.")
    if verify and csv_file is not None:
        raise click.UsageError("--verify and --csv are two things: one at a time.")
    if asked.json and csv_file == Path("-"):
        raise click.UsageError("--json and --csv - both want standard output.")
    viewer = asked.viewer()
    if verify:
        return _verify(asked, viewer, against)
    from clinic_tui.history import Wanted

    wanted = Wanted(patient, first and first.date(), last and last.date(), by)
    if csv_file is not None:
        _write(asked, viewer, wanted, csv_file)
    else:
        _list(asked, viewer, wanted, limit)
    return None


def _verify(asked: Asked, viewer: Viewer, against: str | None) -> int:
    from clinic_tui import history

    verdict = history.verify(viewer, against)
    if asked.json:
        broken = [{"line": misfit.line or None, "why": misfit.why} for misfit in verdict.broken]
        output.document({"ok": verdict.ok, "lines": verdict.lines, "head": verdict.head, "broken": broken})
        return 0 if verdict.ok else 1
    for misfit in verdict.broken:
        output.line(f"Line {misfit.line}: {misfit.why}" if misfit.line else misfit.why)
    if verdict.ok:
        output.line(f"{output.plural(verdict.lines, 'line')}, each as it was written.")
    output.line(f"Head: {verdict.head or 'none yet'}")
    return 0 if verdict.ok else 1


def _write(asked: Asked, viewer: Viewer, wanted: Wanted, csv_file: Path) -> None:
    from clinic_tui import csv_out, history

    lines = history.csv_lines(viewer, wanted)
    if csv_file == Path("-"):
        for line in lines:
            click.echo(line, nl=False)
        return
    csv_out.write(csv_file, lines)
    if asked.json:
        output.document({"file": str(csv_file)})
    output.aside(f"The history is in {csv_file}, which only you can read.")


def _list(asked: Asked, viewer: Viewer, wanted: Wanted, limit: int) -> None:
    from clinic_tui import history

    events = history.latest(viewer, limit, wanted)
    if asked.json:
        output.document(
            [
                {
                    "at": output.moment(event.at), "login": event.login, "action": event.action,
                    "patient": event.patient_id, "invitation": event.invitation_id, "detail": event.detail,
                }
                for event in events
            ]
        )  # fmt: skip
        return
    output.table(
        ("when", "who", "what", "patient", "invitation", "detail"),
        (
            (event.at, event.login, event.action, event.patient_id, event.invitation_id,
             json.dumps(event.detail, ensure_ascii=False) if event.detail else "")
            for event in events
        ),
    )  # fmt: skip


@command.command("erase")
@click.option("--patient", "patient_id", type=ROW_ID, metavar="ID", required=True, help="Whose.")
@pass_asked
def erase(asked: Asked, patient_id: int) -> None:
    """Erase what is personal about one patient: details, texts sent, what replies say, what imports kept. For owners.

    Who did what and when stays, and the chain is whole. There is no way back.
    """
    viewer = asked.viewer()
    from clinic_tui import history

    erased = history.erase(viewer, patient_id)
    if asked.json:
        output.document({"patient": patient_id, **erased._asdict()})
        return
    parts = (
        output.plural(erased.details, "detail"), output.plural(erased.texts, "text sent", "texts sent"),
        output.plural(erased.replies, "reply", "replies"), output.plural(erased.custom_messages, "custom message"),
        output.plural(erased.answers, "answer of a mail server", "answers of mail servers"),
        output.plural(erased.notes, "note"),
        output.plural(erased.imports, "thing that imports kept", "things that imports kept"),
    )  # fmt: skip
    output.line(f"Erased for patient {patient_id}: {', '.join(parts)}. A line of the history says so.")
