"""One question, answered in one field: what it asks and what is done with the answer is what such dialogs differ in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from clinic_tui.errors import ClinicError, FieldError
from screens.base import Dialog
from screens.widgets.cells import line
from screens.widgets.marks import Field
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer


class OneField(Dialog[str]):
    """Answers with the sentence that `store` gives. `before`: what stands in the field at first.

    KEYS has `store` among them.
    """

    QUESTION: ClassVar[str] = ""
    LONGEST: ClassVar[int] = 40

    def __init__(self, before: str = "") -> None:
        super().__init__()
        self._before = before
        self._asked = False

    def store(self, viewer: Viewer, typed: str) -> str:
        """In a thread: keep what was typed; the sentence about it. Raises ClinicError, FieldError for the field."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """The question and the field."""
        yield Static(self.QUESTION, markup=False)
        yield Field(self._before, id="typed", max_length=self.LONGEST)
        yield Said(self.look, id="typed-said")

    def on_mount(self) -> None:
        """Type at once."""
        self.query_one(Field).focus()

    @on(Field.Changed)
    def _typed(self) -> None:
        self.query_one(Said).clear()

    def action_store(self) -> None:
        """Keep it."""
        if self._asked:
            return
        self._asked = True
        typed = self.query_one(Field).value
        self.do(lambda viewer: self.store(viewer, typed), self._stored, failed=self._refused)

    def _stored(self, sentence: str) -> None:
        self.dismiss(sentence)

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        if isinstance(error, FieldError):
            self.query_one(Said).error(line(f"{error.title} {error.advice}"))
        else:
            self.show_error(error)
