"""`clinic-tui training`: the sample practice to try things out in, for whoever may come in."""

from __future__ import annotations

import sys

import click

from clinic_tui.commands.asked import Asked, pass_asked
from clinic_tui.errors import ClinicError


@click.command("training")
@pass_asked
def command(asked: Asked) -> int:
    """Open a sample practice to learn in. Nothing of the real practice is in it, and no mail leaves it.

    Its header says TRAINING. What is done there is forgotten when it is left. The app's menu has it too.
    """
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ClinicError("The training copy needs a terminal.", "Over SSH use: ssh -t.")
    from clinic_tui.training import LEFT_IDLE, open_training

    status = open_training()
    return 0 if status == LEFT_IDLE else status if status >= 0 else 128 - status
