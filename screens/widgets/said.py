"""What is said beside a field: nothing, a warning, or why it cannot stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from screens.widgets.cells import cell_len, line

if TYPE_CHECKING:
    from clinic_tui.patients.lookalikes import Warned
    from screens.theme import Look


class Said(Static):
    """A line under a field; takes no room while there is nothing to say."""

    DEFAULT_CSS = """
    Said { height: auto; display: none; }
    Said.-shown { display: block; }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__("", markup=False, id=id)
        self._look = look

    def note(self, sentence: str) -> None:
        """Say something that stands in nobody's way."""
        self._show(line(sentence), "$quiet")

    def error(self, sentence: str) -> None:
        """Say why it cannot stand."""
        self._show(f"{self._look.symbols.bad} {line(sentence)}", "$error")

    def pointing(self, sentence: str, start: int, end: int, room: int) -> None:
        """Say why it cannot stand, after a marker under the cells from `start` to `end` of the field above, which is
        `room` cells wide. It stays one line while one types: a shorter sentence, or no marker, where there is no room.
        """
        bad = self._look.symbols.bad
        full, short = f"{bad} {line(sentence)}", f"{bad} differs here"
        fitting = (said for said in (_marker(start, end) + full, _marker(start, end) + short) if cell_len(said) <= room)
        self._show(next(fitting, full), "$error")

    def warnings(self, warned: Sequence[Warned], room: int) -> None:
        """Say what is to be looked at, a line each, none in anybody's way. Where two addresses differ, a marker stands
        under the field above, which is `room` cells wide: before the sentence, or above it where both do not fit.
        """
        said: list[str] = []
        for one in warned:
            sentence = f"{self._look.symbols.bad if one.kind == 'bounced' else '!'} {line(one.sentence)}"
            marker = "" if one.span is None or one.span[1] > room else _marker(*one.span)
            said.append(
                marker + sentence
                if cell_len(marker + sentence) <= room
                else f"{marker.rstrip()}\n{sentence}".strip("\n")
            )
        self._show("\n".join(said), "$warning")

    def clear(self) -> None:
        """Say nothing."""
        self._show("", "$quiet")

    def _show(self, sentence: str, colour: str) -> None:
        self.set_class(bool(sentence), "-shown")
        self.update(Content.styled(sentence, colour))


def _marker(start: int, end: int) -> str:
    return f"{' ' * start}{'^' * (end - start)} "
