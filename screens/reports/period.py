"""From which day to which day: two fields, each with what is wrong in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.widgets import Label

from clinic_tui.errors import ClinicError, FieldError
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.marks import Field
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.adoption import Period


class PeriodDialog(Dialog["Period"]):
    """Answers with the period. `period`: the one to begin from."""

    HEADING = "Period"
    ABOUT = "Days may be written 2026-01-01, 1 jan 2026, jan 2026 or 2026. An empty field sets no bound."
    WIDTH = 60
    CSS_PATH = "bulk.tcss"
    KEYS = (
        Command("set", "Set the period", "enter", "set", "Count the invitations made in it.", priority=True),
        Command("step", "Next field", "down,up", "", "", priority=True),
        CANCEL,
    )

    def __init__(self, period: Period | None) -> None:
        super().__init__()
        self._period = period
        self._asked = False

    def body(self) -> ComposeResult:
        """Two days."""
        days = self._period or (None, None)
        for name, label, value in (("from", "From", days[0]), ("to", "To", days[1])):
            with Horizontal():
                yield Label(label, markup=False)
                yield Field(value.isoformat() if value else "", "1 jan 2026", id=name, max_length=40)
            yield Said(self.look, id=f"{name}-said")

    def on_mount(self) -> None:
        """The cursor in the first."""
        self.query_one("#from", Field).focus()

    @on(Field.Changed)
    def _changed(self, event: Field.Changed) -> None:
        self.query_one(f"#{event.input.id}-said", Said).clear()

    def action_step(self) -> None:
        """To the other one."""
        self.focus_next(Field)

    def action_set(self) -> None:
        """Read them."""
        if self._asked:
            return
        self._asked = True
        first, last = (self.query_one(f"#{name}", Field).value for name in ("from", "to"))

        def rule(viewer: Viewer) -> Period:
            from clinic_tui.adoption import read_period

            return read_period(viewer, first, last)

        self.do(rule, self._set, failed=self._refused)

    def _set(self, period: Period) -> None:
        self.dismiss(period)

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        if isinstance(error, FieldError) and error.field in ("from", "to"):
            self.query_one(f"#{error.field}", Field).focus()
            self.query_one(f"#{error.field}-said", Said).error(f"{error.title} {error.advice}")
        else:
            self.show_error(error)
