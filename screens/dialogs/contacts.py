"""Contacts and guardians of a patient: listed, added, changed, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.dialogs.confirm import ConfirmDialog
from screens.dialogs.form import STORE, Entry, Form, typed
from screens.widgets.cells import fit, line
from screens.widgets.moving import LIST_MOVES
from screens.widgets.rows import Rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from clinic_tui.access import Viewer
    from clinic_tui.patients.contacts import Contact

NAME, RELATIONSHIP, PHONE = 17, 17, 12


class ContactsDialog(Dialog[None]):
    """Everything is stored as it is done; it answers nothing."""

    HEADING = "Contacts and guardians"
    ABOUT = (
        "Next of kin, carers, and the guardians through whom a patient under age, or without an address, is invited. "
        "Every change is in the history."
    )
    WIDTH = 76
    MOVES = LIST_MOVES
    KEYS = (
        Command("edit", "Change", "enter", "change", "Change the contact under the cursor."),
        Command("new", "New contact", "n", "new", "Add somebody whom the patient has."),
        Command("remove", "Remove", "x", "remove", "Take the contact under the cursor off the record."),
        CANCEL,
    )

    def __init__(self, patient_id: int) -> None:
        super().__init__()
        self._patient_id = patient_id
        self._read_once = False

    def body(self) -> ComposeResult:
        """The list, or that there is none."""
        yield Static("", id="none", markup=False)
        yield Rows["Contact"](self._draw, self.look, key=lambda row: row.id, takes_keys=True)

    def on_mount(self) -> None:
        """Read them."""
        self._list.styles.height = 1
        self._list.focus()
        self._read()

    @property
    def _list(self) -> Rows[Contact]:
        return self.query_one(Rows)

    def _read(self) -> None:
        patient_id = self._patient_id

        def rule(viewer: Viewer) -> list[Contact]:
            from clinic_tui.patients import contacts

            return contacts.listing(viewer, patient_id)

        self.ask(rule, self._show)

    def _show(self, rows: list[Contact]) -> None:
        self._list.styles.height = max(1, min(len(rows), self.app.size.height - 8))
        self._list.show(rows, keep=True)
        none = self.query_one("#none", Static)
        none.display = not rows
        none.update(Content.styled("None yet.", "$quiet"))
        self.refresh_keys()

    def _draw(self, row: Contact, width: int, marked: bool) -> Content:
        marks = self.look.symbols

        def cell(text: str | None, room: int) -> str:
            return fit(line(text), room, ellipsis=marks.ellipsis) + "  "

        kind = ", ".join(part for part in (line(row.relationship), "guardian" if row.is_guardian else "") if part)
        start = f" {marks.cursor if marked else ' '} {cell(row.name, NAME)}{cell(kind, RELATIONSHIP)}"
        phone = cell(row.phone, PHONE)
        return Content.assemble(start, (phone, "$quiet"), fit(line(row.email), max(0, width - len(start) - len(phone))))

    def offers(self, action: str) -> bool:
        """What is about one, where there is one."""
        return self._list.current is not None if action in ("edit", "remove") else True

    def action_edit(self) -> None:
        """Change the one under the cursor."""
        self._open(self._list.current)

    def action_new(self) -> None:
        """Add one."""
        self._open(None)

    def _open(self, row: Contact | None) -> None:
        def stored(sentence: str | None) -> None:
            if sentence:
                self.show_done(sentence)
                self._read()

        self.app.push_screen(ContactDialog(self._patient_id, row), stored)

    def action_remove(self) -> None:
        """Ask first."""
        row = self._list.current
        if row is None:
            return

        def rule(viewer: Viewer) -> None:
            from clinic_tui.patients import contacts

            contacts.remove(viewer, row.id)

        def removed(_nothing: None) -> None:
            self.show_done(f"{line(row.name)} is removed.")
            self._read()

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(rule, removed)

        self.app.push_screen(ConfirmDialog(f"Take {line(row.name)} off the record?", "Remove"), answered)


class ContactDialog(Form[str]):
    """Answers with a sentence. `record`: the contact to change; None adds one."""

    HEADING = "New contact"
    ABOUT = (
        "Somebody whom the patient has: mother, husband, carer. A guardian is written to in the place of a patient who "
        "is under age, or has no address. Left and Right choose; {store} stores."
    )
    WIDTH = 66
    KEYS = (STORE, CANCEL)
    ENTRIES = (
        Entry("name", "Name"),
        Entry("relationship", "Relationship", hint="mother, husband, carer"),
        Entry("email", "E-mail"),
        Entry("phone", "Phone"),
        Entry("is_guardian", "Guardian", ((False, "no"), (True, "yes"))),
    )

    def __init__(self, patient_id: int, contact: Contact | None) -> None:
        super().__init__(contact)
        self._patient_id = patient_id

    def on_mount(self) -> None:
        """Whose it is."""
        if self.record is not None:
            self.query_one("#frame").border_title = Content(line(self.record.name))

    def known(self, record: Contact | None) -> dict[str, Any]:
        """The contact in the words of the form."""
        if record is None:
            return {entry.name: False if entry.choices else "" for entry in self.ENTRIES}
        values = record._asdict()
        return {e.name: values[e.name] if e.choices else typed(values[e.name]) for e in self.ENTRIES}

    def rule(self, edits: dict[str, Any]) -> Callable[[Viewer], str]:
        """Add or change it."""
        patient_id, contact, name = self._patient_id, self.record, line(self.value("name"))

        def rule(viewer: Viewer) -> str:
            from clinic_tui.patients import contacts

            if contact is None:
                contacts.add(viewer, patient_id, **edits)
                return f"{name} is added."
            contacts.change(viewer, contact.id, seen=contact, **edits)
            return f"{name} is changed."

        return rule
