"""An e-mail address, and the same typed again: how the two differ is said while one types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.widgets import Label

from screens.widgets.cells import line
from screens.widgets.marks import Field
from screens.widgets.said import Said
from screens.widgets.typed_again import TypedAgain, told_apart

if TYPE_CHECKING:
    from clinic_tui.errors import FieldError
    from clinic_tui.patients.lookalikes import Warned
    from screens.theme import Look


class AddressTwice(Vertical):
    """The fields `#email` and `#confirm`, each with what is said beside it; the second is never pasted."""

    DEFAULT_CSS = """
    AddressTwice { height: auto;
        & Horizontal { height: 1; }
        & Label { width: 16; color: $quiet; }
        & Said { padding-left: 16; }
    }
    """

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look

    def compose(self) -> ComposeResult:
        """The two fields."""
        with Horizontal():
            yield Label("E-mail", markup=False)
            yield Field(id="email")
        yield Said(self._look, id="email-said")
        with Horizontal():
            yield Label("Confirm e-mail", markup=False)
            yield TypedAgain(placeholder="type it again", id="confirm")
        yield Said(self._look, id="confirm-said")

    @property
    def email(self) -> Field:
        """The first field."""
        return self.query_one("#email", Field)

    @property
    def confirm(self) -> Field:
        """The second one."""
        return self.query_one("#confirm", Field)

    def differ(self, *, finished: bool = False) -> bool:
        """Say where the addresses differ, and whether they do; until it is `finished`, half an address is none."""
        from clinic_tui.emails import difference

        said = self.query_one("#confirm-said", Said)
        email, confirm = self.email.value.strip(), self.confirm.value.strip()
        span = difference(email, confirm)
        half = email.casefold().startswith(confirm.casefold())
        if span is None or (half and not finished):
            said.clear()
            return span is not None
        if not confirm:
            said.error("Type the address again.")
        elif half:
            said.error(f"stops short: {line(email[len(confirm) :])} is missing at the end")
        else:
            said.pointing(*told_apart(email, confirm, span), room=self.confirm.content_size.width)
        return True

    def warn(self, warned: Sequence[Warned]) -> None:
        """Say below the first field what is to be looked at."""
        self.query_one("#email-said", Said).warnings(warned, room=self.email.content_size.width)

    def refused(self, error: FieldError) -> None:
        """Say beside its field, `email` or `confirm`, why that cannot stand."""
        if error.field != "confirm" or not self.differ(finished=True):
            self.query_one(f"#{error.field}-said", Said).error(f"{error.title} {error.advice}")
        self.query_one(f"#{error.field}", Field).focus()

    @on(Field.Changed, "#email")
    def _email_changed(self) -> None:
        self.query_one("#email-said", Said).clear()
        self.differ()

    @on(Field.Changed, "#confirm")
    def _confirm_changed(self) -> None:
        self.differ()

    @on(Field.Submitted, "#email")
    def _email_done(self) -> None:
        self.confirm.focus()

    @on(TypedAgain.PasteRefused)
    def _paste_refused(self) -> None:
        self.query_one("#confirm-said", Said).error("Not pasted: type the address again, so that a slip is seen.")
