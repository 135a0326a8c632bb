"""The line of `authorized_keys` by which a staff member comes in, to be copied."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.widgets import Static

from clinic_tui.access import Viewer
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import line


class WayInDialog(Dialog[None]):
    """Shows it; `c` sends it to the clipboard of the terminal."""

    HEADING = "The way in"
    ABOUT = (
        "The line goes into ~/.ssh/authorized_keys of the account that owns the data, with the staff member's public "
        "key in the place of what stands at its end. {copy} copies it where the terminal takes what a program copies."
    )
    WIDTH = 76
    CSS_PATH = "way_in.tcss"
    KEYS = (Command("copy", "Copy", "c", "copy", "Copy the line to the terminal's clipboard."), CANCEL)

    def __init__(self, login: str) -> None:
        super().__init__()
        self._login = login
        self._line = ""

    def body(self) -> ComposeResult:
        """What to do with it, and the line."""
        yield Static(
            f"This line goes into ~/.ssh/authorized_keys of this account, with {line(self._login)}'s public key at its "
            "end:",
            markup=False,
        )
        yield Static("", id="line", markup=False)

    def on_mount(self) -> None:
        """Ask for the line."""
        config, login = self.clinic.config, self._login

        def rule(_viewer: Viewer) -> str:
            from clinic_tui.staff.entrance import line_for

            return line_for(config, login)

        self.ask(rule, self._tell)

    def _tell(self, text: str) -> None:
        self._line = text
        self.query_one("#line", Static).update(line(text))
        self.refresh_keys()

    def offers(self, action: str) -> bool:
        """Copying, once it is there."""
        return bool(self._line) and self.clinic.copies if action == "copy" else super().offers(action)

    def action_copy(self) -> None:
        """To the clipboard; no terminal says whether it took it."""
        self.copy(self._line, "the line")
