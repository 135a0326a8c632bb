"""The footer: the keys that work here."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from screens.commands import Command


def hint(command: Command) -> Content:
    """`Enter open`: the key, then its word."""
    return Content.assemble((command.shown_key, "$accent"), " ", (command.footer or command.name.lower(), "$quiet"))


class Footer(Widget):
    """One line of keys. What does not fit is left out before the last `kept` (menu and help: the way to the rest)."""

    DEFAULT_CSS = """
    Footer { height: 1; padding: 0 1; background: $background; }
    """

    def __init__(self, kept: int = 2) -> None:
        super().__init__()
        self._kept = kept
        self._commands: tuple[Command, ...] = ()

    def show(self, commands: Sequence[Command]) -> None:
        """Draw the keys of `commands`, where they differ from what is drawn."""
        if tuple(commands) != self._commands:
            self._commands = tuple(commands)
            self.refresh()

    def render(self) -> Content:
        """The one line."""
        hints = [hint(command) for command in self._commands]
        width = self.content_size.width

        def length() -> int:
            return sum(part.cell_length for part in hints) + 2 * (len(hints) - 1)

        while len(hints) > self._kept and length() > width:
            del hints[-self._kept - 1]
        return Content("  ").join(hints).truncate(width)
