"""A question before what cannot be undone."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import lines


class ConfirmDialog(Dialog[bool]):
    """Answers True where the person goes ahead. `action` is what they do then, in a word: `Revoke`."""

    HEADING = "Are you sure?"
    ABOUT = "Enter does what the line below says; Esc changes nothing."
    WIDTH = 62
    KEYS = (Command("yes", "Go ahead", "enter,y", "go ahead", "Do it.", priority=True), CANCEL)

    def __init__(self, question: str, action: str) -> None:
        super().__init__()
        self._question = question
        self._action = action

    def body(self) -> ComposeResult:
        """The question."""
        yield Static(Content(lines(self._question)))

    def on_mount(self) -> None:
        """The title says what would be done."""
        self.query_one("#frame").border_title = Content(self._action)

    def footer_commands(self) -> list[Command]:
        """Enter, with the word for what it does."""
        word = self._action.lower()
        return [replace(c, footer=word) if c.action == "yes" else c for c in super().footer_commands()]

    def action_yes(self) -> None:
        """Go ahead."""
        self.dismiss(True)
