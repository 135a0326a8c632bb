"""`clinic-tui explain FILE...`: what the reader makes of mail files. Needs neither config nor database."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, FileName, pass_asked

FOR_GOOD = {True: "yes", False: "no", None: None}
LARGEST = 5_000_000  # bytes of one mail that are read


@click.command("explain")
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FileName(str))
@pass_asked
def command(asked: Asked, files: tuple[str, ...]) -> None:
    """What the reader makes of mail files (- is standard input), and why."""
    found = [_explained(name) for name in files]
    if asked.json:
        output.document(found)
        return
    output.table(
        ("file", "kind", "to", "status", "for good", "why"),
        (
            (
                row["file"],
                row["kind"],
                ", ".join(row["recipients"][:3]),
                row["status"],
                FOR_GOOD[row["permanent"]],
                row["evidence"],
            )
            for row in found
        ),
    )


def _explained(name: str) -> dict[str, Any]:
    from clinic_tui.mail.reading import read_mail

    try:
        if name == "-":
            raw = sys.stdin.buffer.read(LARGEST)
        else:
            with Path(name).open("rb") as file:
                raw = file.read(LARGEST)
    except (OSError, ValueError) as error:
        why = (error.strerror if isinstance(error, OSError) else "") or "no such file"
        return _document(name, "other", (), None, None, f"the file cannot be read: {why}")
    reading = read_mail(raw)
    return _document(name, reading.kind, reading.recipients, reading.status, reading.permanent, reading.evidence)


def _document(
    name: str, kind: str, recipients: tuple[str, ...], status: str | None, permanent: bool | None, evidence: str
) -> dict[str, Any]:
    return {
        "file": name,
        "kind": kind,
        "recipients": list(recipients),
        "status": status,
        "permanent": permanent,
        "evidence": evidence,
    }
