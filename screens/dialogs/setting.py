"""Changing one setting: its words as choices, or a field for text and numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clinic_tui.errors import ClinicError, FieldError, Stale
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import fit, line
from screens.widgets.marks import Field
from screens.widgets.moving import LIST_MOVES
from screens.widgets.rows import Rows
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.settings import Setting, Value

OFFERED = {
    "portal": "in the portal", "reply": "by phone or reply", "no": "not offered",
    "email": "with one's own e-mail", "code": "with the portal's code", "desk": "at the desk",
    "all": "of all patients", "own": "practitioners: of their own only", "none": "of no patient",
}  # fmt: skip


class SettingDialog(Dialog["str | int | bool"]):
    """Answers with the value that was stored. `value` is the one that it has now."""

    HEADING = "Change a setting"
    ABOUT = "Choose or type the new value; Enter stores it, and the history keeps who changed what."
    WIDTH = 66
    CSS_PATH = "setting.tcss"
    MOVES = LIST_MOVES
    KEYS = (Command("store", "Store", "enter", "store", "Store the new value.", priority=True), CANCEL)

    def __init__(self, setting: Setting, value: Value) -> None:
        super().__init__()
        self._setting = setting
        self._value = value
        self._asked = False

    @property
    def _words(self) -> tuple[str, ...]:
        return ("on", "off") if isinstance(self._setting.default, bool) else self._setting.words

    @property
    def _text(self) -> str:
        if isinstance(self._value, bool):
            return "on" if self._value else "off"
        return str(self._value)

    def body(self) -> ComposeResult:
        """What it means, and the choices or the field."""
        yield Static(self._setting.about, id="means", markup=False)
        if self._words:
            yield Rows[str](self._draw, self.look, takes_keys=True)
        else:
            yield Field(self._text, id="value", max_length=200)
        yield Said(self.look, id="value-said")

    def on_mount(self) -> None:
        """The cursor on the value that it has."""
        self.query_one("#frame").border_title = Content(self._setting.label)
        if not self._words:
            field = self.query_one(Field)
            field.cursor_position = len(field.value)
            field.focus()
            return
        rows = self.query_one(Rows)
        rows.styles.height = len(self._words)
        rows.show(self._words)
        rows.move(self._words.index(self._text) if self._text in self._words else 0)
        rows.focus()

    def _draw(self, word: str, width: int, marked: bool) -> Content:
        cursor = self.look.symbols.cursor if marked else " "
        means = OFFERED.get(word, "")
        now = "  (now)" if word == self._text else ""
        return Content.assemble(
            f" {cursor} ", fit(word, 8), (fit(f"{means}{now}".strip(), max(0, width - 11)), "$quiet")
        )

    @on(Rows.Moved)
    @on(Field.Changed)
    def _edited(self) -> None:
        self.query_one(Said).clear()

    def action_store(self) -> None:
        """Store it."""
        if self._asked:
            return
        self._asked = True
        name, seen = self._setting.name, self._value
        text = str(self.query_one(Rows).current) if self._words else self.query_one(Field).value

        def rule(viewer: Viewer) -> Value:
            from clinic_tui.settings import change

            return change(viewer, name, text, seen=seen)

        self.do(rule, self._stored, failed=self._refused)

    def _stored(self, value: Value) -> None:
        self.dismiss(value)

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        if isinstance(error, Stale):  # both are to be seen: theirs beside what was typed or chosen
            self._value = error.theirs
            if self._words:
                self.query_one(Rows).redraw()
            now = line(self._text) or "empty"
            self.query_one(Said).error(f"{error.title} It is {now} now; Enter puts yours in its place.")
        elif isinstance(error, FieldError):
            self.query_one(Said).error(line(f"{error.title} {error.advice}"))
        else:
            self.show_error(error)
