"""Small things that screens and dialogs share: a ruled line, a notice, a text field that is quiet on the line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.events import Paste
from textual.widget import Widget
from textual.widgets import Input, Static

from screens.widgets.cells import line

if TYPE_CHECKING:
    from clinic_tui.errors import ClinicError
    from screens.theme import Look


class Rule(Widget):
    """One thin line across, with an optional word in it."""

    DEFAULT_CSS = "Rule { width: 1fr; height: 1; color: $rule; }"

    def __init__(self, look: Look, word: str = "", *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._look = look
        self._word = word

    def render(self) -> Content:
        """The line."""
        mark, width = self._look.symbols.rule, self.content_size.width
        if not self._word:
            return Content(mark * width)
        word = f"{mark * 2} {self._word} "
        return Content.assemble((word, "$quiet"), mark * max(0, width - len(word)))


class Notice(Static):
    """A sentence above the footer: what went wrong and what to do, or what was just done. Not there when empty."""

    DEFAULT_CSS = """
    Notice { height: auto; max-height: 4; padding: 0 1; display: none; }
    Notice.-shown { display: block; }
    """

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__("", markup=False, id=id)
        self._look = look

    def error(self, error: ClinicError) -> None:
        """Say what happened and what to do."""
        self.update(
            Content.assemble(
                (f"{self._look.symbols.bad} {line(error.title)}", "$error"), " ", (line(error.advice), "$foreground")
            )
        )
        self.add_class("-shown")

    def said(self, sentence: str) -> None:
        """Say what was done."""
        self.update(Content.styled(f"{self._look.symbols.good} {line(sentence)}", "$success"))
        self.add_class("-shown")

    def clear(self) -> None:
        """Say nothing."""
        self.remove_class("-shown")


class Field(Input):
    """A text field of one line: no frame, and no blinking cursor (it costs 2 KB a second over SSH).

    What is foreign in `value` is cleaned; pasted text too.
    """

    DEFAULT_CSS = """
    Field { border: none; height: 1; padding: 0 1; background: $surface; width: 1fr;
        &:focus { border: none; background: $panel; background-tint: $background 0%; }
        &:ansi { text-style: underline; }
    }
    """

    def __init__(self, value: str = "", placeholder: str = "", *, id: str | None = None, max_length: int = 254) -> None:
        super().__init__(line(value), placeholder, id=id, max_length=max_length, select_on_focus=False, compact=True)
        self.cursor_blink = False

    def action_cut(self) -> None:
        """Ctrl+X; with nothing marked it would empty the clipboard of whoever types."""
        if self.selected_text:
            super().action_cut()

    def _on_paste(self, event: Paste) -> None:
        """What is pasted is foreign: one clean line of it."""
        event.prevent_default()
        event.stop()
        start, end = sorted(self.selection)
        room = self.max_length - len(self.value) + end - start if self.max_length else len(event.text)
        self.replace(" ".join(line(event.text).split())[:room], start, end)
