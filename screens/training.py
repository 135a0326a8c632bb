"""To the training copy and back: the app stands still meanwhile, and gives the terminal away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from clinic_tui.training import LEFT_IDLE, open_training
from screens.signals import leave

if TYPE_CHECKING:
    from screens.app import ClinicApp


def visit(app: ClinicApp) -> None:
    """Open the training copy on the app's terminal, until it is left. What waits meanwhile is read afterwards."""
    try:
        with app.suspend():
            status = open_training()
    except SuspendNotSupported:
        app.notify("The training copy needs a terminal: clinic-tui training.", severity="warning")
        return
    app.idle.touched()
    if status == LEFT_IDLE:  # nobody has been at this keyboard for long
        app.left_idle = True
        leave(app, 0)
    elif status == 0:
        app.notify(f"Back in {app.facts.practice or 'the practice'}. What was done in the training copy is gone.")
    elif status > 0:
        app.notify("The training copy ended in trouble; the log file says why.", severity="warning")
