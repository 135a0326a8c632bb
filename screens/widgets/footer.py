"""The footer: the keys that work here."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from screens.commands import BACK, HELP, MENU, Command, spoken

STAY = (BACK.action, MENU.action, HELP.action)


def hint(command: Command) -> Content:
    """`Enter open`: the key, then its word."""
    return Content.assemble((command.shown_key, "$accent"), " ", (command.footer or command.name.lower(), "$quiet"))


def _stays(command: Command) -> bool:
    return command.action in STAY or command.shown_key == spoken("escape")


class Footer(Widget):
    """One line of keys. What does not fit is left out from the end on, but for the last one and the ways out and on:
    back, whatever Escape does, menu, help.
    """

    DEFAULT_CSS = """
    Footer { height: 1; padding: 0 1; background: $background; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._commands: tuple[Command, ...] = ()

    def show(self, commands: Sequence[Command]) -> None:
        """Draw the keys of `commands`, where they differ from what is drawn."""
        if tuple(commands) != self._commands:
            self._commands = tuple(commands)
            self.refresh()

    def render(self) -> Content:
        """The one line."""
        shown, width = [(command, hint(command)) for command in self._commands], self.content_size.width
        while sum(part.cell_length + 2 for _, part in shown) - 2 > width:
            spare = [at for at, (command, _) in enumerate(shown[:-1]) if not _stays(command)]
            if not spare:
                break
            del shown[spare[-1]]
        return Content("  ").join(part for _, part in shown).truncate(width)
