"""A slip that is handed over: plain text, to be printed or copied. It is gone when the screen is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from screens.base import BaseScreen
from screens.commands import BACK, Command
from screens.widgets.cells import line, lines, spread
from screens.widgets.marks import Rule

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.slips import Slip


class SlipScreen(BaseScreen):
    """`slip`: handed over a moment ago, which is in the history."""

    HEADING = "Slip for the patient"
    ABOUT = (
        "What the patient takes along: where the portal is, how to set up an account in it and, while the invitation "
        "is open, a code to accept it with. p prints it on the practice's printer (the setting desk.printer); without "
        "one it is copied from here. Hand it to the patient, and to nobody else. That it was shown is in the history."
    )
    CSS_PATH = "slip.tcss"
    KEYS = (Command("print", "Print the slip", "p", "print", "Print it on the practice's printer."), BACK)

    def __init__(self, slip: Slip) -> None:
        super().__init__()
        self._slip = slip

    def body(self) -> ComposeResult:
        """A line about the printer; the slip as it is printed."""
        yield Static("", id="heading", markup=False)
        yield Rule(self.look)
        with VerticalScroll():
            yield Static(Content(lines(self._slip.text)), id="slip", markup=False)

    def on_mount(self) -> None:
        """Keys scroll."""
        self.query_one(VerticalScroll).focus()
        self.on_resize()

    def on_resize(self) -> None:
        """As wide as the terminal."""
        printer = self._slip.printer
        said = f"printer: {line(printer)}" if printer else "no printer is set"
        title, said_there = Content.styled(self.HEADING, "bold"), Content.styled(said, "$quiet")
        heading = spread(title, said_there, self.app.size.width - 2, self.look.symbols.ellipsis)
        self.query_one("#heading", Static).update(heading)

    def offers(self, action: str) -> bool:
        """Printing, where there is a printer."""
        return action != "print" or bool(self._slip.printer)

    def action_print(self) -> None:
        """Print it; as often as asked."""
        slip = self._slip

        def rule(viewer: Viewer) -> str:
            from clinic_tui.invitations.slips import print_out

            return print_out(viewer, slip)

        self.do(rule, lambda printer: self.show_done(f"The slip is printed on {line(printer)}."))
