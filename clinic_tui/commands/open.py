"""`clinic-tui`: the app. The only place in this package that knows of the screens."""

from __future__ import annotations

import sys

import click

from clinic_tui.commands.asked import Asked, pass_asked
from clinic_tui.errors import ClinicError


@click.command("open")
@pass_asked
def command(asked: Asked) -> int:
    """Open the app."""
    config = asked.load()
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ClinicError(
            "The app needs a terminal.", "Over SSH use: ssh -t. For scripts there are commands: clinic-tui --help."
        )
    from screens.app import run

    return run(config, asked.login)
