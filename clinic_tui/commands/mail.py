"""`clinic-tui mail test`: whether mail goes out, tried on oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked

if TYPE_CHECKING:
    from clinic_tui.trial import Tried


@click.group("mail")
def command() -> None:
    """Whether mail goes out."""


@command.command("test")
@pass_asked
def test(asked: Asked) -> int:
    """Send a test message to your own address, or the practice's; never to another."""
    config, viewer = asked.open()
    from clinic_tui import trial

    return told(asked, trial.plain(config, viewer))


def told(asked: Asked, tried: Tried) -> int:
    """Say what became of a test message; the exit status."""
    if asked.json:
        output.document(
            {"address": tried.address, "sent": tried.sent, "answer": tried.answer,
             "unresolved": tried.missing and tried.missing.term}
        )  # fmt: skip
    elif tried.sent:
        output.line(tried.sentence)
    else:
        output.aside(tried.sentence)
    return 0 if tried.sent else 1
