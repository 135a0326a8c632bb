"""Settings > Practitioners: who treats patients, and the addresses that no invitation may go to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content

from screens.base import CANCEL
from screens.commands import BACK, Command
from screens.dialogs.form import STORE, Entry, Form, typed
from screens.listing import RETRY, ListScreen
from screens.widgets.cells import fit, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from clinic_tui.access import Viewer
    from clinic_tui.patients.practitioners import Practitioner

NAME = 34


class PractitionersScreen(ListScreen["Practitioner"]):
    """Every practitioner by name, those who treat nobody any more last."""

    HEADING = "Settings > Practitioners"
    ABOUT = (
        "Who treats patients. No invitation goes to an address of theirs, so that each should have one here. One who "
        "has left is made inactive: their patients keep them until they are given to somebody else. Every change is in "
        "the history."
    )
    KEYS = (
        Command("edit", "Change", "enter", "change", "Change the practitioner under the cursor."),
        Command("new", "New practitioner", "n", "new", "Add one."),
        RETRY,
        BACK,
    )

    def read(self) -> None:
        """Ask for them."""

        def rule(viewer: Viewer) -> list[Practitioner]:
            from clinic_tui.patients.practitioners import listing

            return listing(viewer)

        self.ask(rule, self.show_rows, failed=self.lost)

    def count(self) -> Content:
        """How many have no address."""
        without = sum(row.active and not row.email for row in self.rows.rows)
        return Content.styled(f"{without} without an e-mail" if without else "", "$warning")

    def nothing(self) -> tuple[str, ...]:
        """Where they come from."""
        return ("There are no practitioners yet.", f"An import brings them; {self.key_of('new')} adds one.")

    def draw(self, row: Practitioner, width: int, marked: bool) -> Content:
        """Name, e-mail, whether they treat anybody."""
        marks = self.look.symbols
        name = fit(line(row.name), min(NAME, width // 2), ellipsis=marks.ellipsis)
        start = f" {marks.cursor if marked else ' '} {name}  "
        said = line(row.email) or "no e-mail"
        if not row.active:
            said = f"inactive  {said}"
        tone = "$warning" if row.active and not row.email else "" if row.active else "$quiet"
        return Content.assemble(start, (fit(said, max(0, width - len(start)), ellipsis=marks.ellipsis), tone))

    def about_row(self, row: Practitioner) -> Content:
        """What an address is for."""
        said = (
            "No invitation goes to this address."
            if row.email
            else "Without an e-mail here, an invitation could go to theirs, where it stands on a patient's record."
        )
        return Content.assemble((line(row.name), "bold"), "\n", (said, "$quiet"))

    def offers(self, action: str) -> bool:
        """Changing, where there is one."""
        return self.current is not None if action == "edit" else super().offers(action)

    def action_edit(self) -> None:
        """Open the dialog on one."""
        self._open(self.current)

    def action_new(self) -> None:
        """Add one."""
        self._open(None)

    def _open(self, row: Practitioner | None) -> None:
        def stored(answer: Practitioner | None) -> None:
            if answer is not None:
                self.show_done(f"{line(answer.name)} is {'changed' if row else 'added'}.")
                self.read()

        self.app.push_screen(PractitionerDialog(row), stored)


class PractitionerDialog(Form["Practitioner"]):
    """Answers with the practitioner as they were stored. `record`: the one to change; None adds one."""

    HEADING = "New practitioner"
    ABOUT = "Name, address, and whether they treat patients. Left and Right choose; {store} stores."
    WIDTH = 66
    KEYS = (STORE, CANCEL)
    ENTRIES = (
        Entry("name", "Name", hint="Dr R. Okafor"),
        Entry("email", "E-mail"),
        Entry("active", "Treats patients", ((True, "yes"), (False, "no: inactive"))),
    )

    def on_mount(self) -> None:
        """Whose it is."""
        if self.record is not None:
            self.query_one("#frame").border_title = Content(line(self.record.name))

    def known(self, record: Practitioner | None) -> dict[str, Any]:
        """The practitioner in the words of the form."""
        if record is None:
            return {"name": "", "email": "", "active": True}
        return {"name": typed(record.name), "email": typed(record.email), "active": record.active}

    def rule(self, edits: dict[str, Any]) -> Callable[[Viewer], Practitioner]:
        """Add or change them."""
        one = self.record

        def rule(viewer: Viewer) -> Practitioner:
            from clinic_tui.patients import practitioners

            if one is None:
                return practitioners.add(viewer, **edits)
            return practitioners.change(viewer, one.id, seen=one, **edits)

        return rule
