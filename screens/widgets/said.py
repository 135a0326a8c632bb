"""What is said beside a field: nothing, a warning, or why it cannot stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from screens.widgets.cells import line

if TYPE_CHECKING:
    from screens.theme import Look


class Said(Static):
    """One line under a field; takes no room while there is nothing to say."""

    DEFAULT_CSS = """
    Said { height: auto; display: none; }
    Said.-shown { display: block; }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__("", markup=False, id=id)
        self._look = look

    def error(self, sentence: str) -> None:
        """Say why it cannot stand."""
        self._say(f"{self._look.symbols.bad} {line(sentence)}", "$error")

    def hint(self, sentence: str) -> None:
        """Say something about it; "" says nothing."""
        self._say(line(sentence), "$quiet")

    def clear(self) -> None:
        """Say nothing."""
        self._say("", "$quiet")

    def _say(self, sentence: str, colour: str) -> None:
        self.set_class(bool(sentence), "-shown")
        self.update(Content.styled(sentence, colour))
