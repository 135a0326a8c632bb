"""Settings > Communication templates: what the practice says in its messages, each with its language and version."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from screens.commands import BACK, Command
from screens.listing import RETRY, ListScreen
from screens.tried import key, send
from screens.widgets.cells import cut, fit, line
from screens.widgets.dates import day_of

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.messages.templates import TemplateRow
    from clinic_tui.trial import Tried

NAME, KIND, LANGUAGE, STATE, BY = 26, 13, 9, 9, 14
NARROW, WIDE = 70, 100
ACTIONS = ("edit", "copy", "archive", "default", "preview")


class TemplatesScreen(ListScreen["TemplateRow"]):
    """By kind, the default of each language first; archived ones on request."""

    HEADING = "Settings > Communication templates"
    ABOUT = (
        "What the practice itself says in its messages: the subject, the opening, the closing. How to accept, the "
        "code, the date it works until, NO, STOP and NOT ME, and that no password is asked for stand in every message, "
        "in the template's language, whatever it says.\n\n"
        "The default of a language goes to the patients whose record names that language, the English one to all "
        "others; another can be chosen when inviting. Every edit is a version of its own: an invitation keeps the one "
        "it was made with."
    )
    KEYS = (
        Command("edit", "Edit", "enter", "edit", "Change the template under the cursor."),
        Command("new", "New template", "n", "new", "Write another one."),
        Command("copy", "Copy", "c", "copy", "The same words under another name."),
        Command("archive", "Archive or restore", "x", "archive", "Offer it no more, or again."),
        Command("default", "Make it the default", "d", "default", "Let it go out where nobody chooses another."),
        Command("preview", "Preview for a patient", "p", "preview", "The message as a patient would get it."),
        key("The message of the template under the cursor, to your own address."),
        Command("archived", "Archived ones too", "a", "", "List archived ones, or leave them out."),
        RETRY,
        BACK,
    )

    def __init__(self) -> None:
        super().__init__()
        self._archived = False

    def read(self) -> None:
        """Ask for them."""
        archived = self._archived

        def rule(viewer: Viewer) -> list[TemplateRow]:
            from clinic_tui.messages.templates import listing

            return listing(viewer, archived=archived)

        self.ask(rule, self.show_rows, failed=self.lost)

    # Showing

    def count(self) -> Content:
        """The way to the archived ones."""
        return Content.assemble(("a", "$accent"), " without the archived" if self._archived else " archived ones too")

    def draw(self, row: TemplateRow, width: int, marked: bool) -> Content:
        """Name, kind, language, state; who edited it and when, where there is room."""
        from clinic_tui.messages.languages import wording
        from clinic_tui.messages.templates import KIND_NAMES, SHIPPED_BY

        marks = self.look.symbols
        state = "archived" if row.archived_at is not None else "default" if row.is_default else ""
        tone = "$success" if row.is_default else "$quiet"
        name = f" {marks.cursor if marked else ' '} {fit(line(row.name), NAME, ellipsis=marks.ellipsis)}"
        if width < NARROW:
            return Content.assemble(name, " ", (state, tone))
        edited = "" if row.edited_by == SHIPPED_BY else fit(line(row.edited_by), BY) + day_of(row.edited_at)
        return Content.assemble(
            name, "  ", fit(KIND_NAMES[row.kind], KIND), "  ", fit(wording(row.language).name, LANGUAGE), "  ",
            (fit(state, STATE), tone), (f"  v{row.version:<4}", "$quiet"), (edited if width >= WIDE else "", "$quiet"),
        )  # fmt: skip

    def about_row(self, row: TemplateRow) -> Content:
        """Its subject; who edited it last."""
        from clinic_tui.messages.templates import SHIPPED_BY

        edited = f"version {row.version}, by {line(row.edited_by)}, {day_of(row.edited_at)}"
        if row.edited_by == SHIPPED_BY:
            edited = "as it comes with the program"
        subject = cut(line(row.subject), max(10, self.app.size.width - 12), self.look.symbols.ellipsis)
        return Content.assemble(("Subject: ", "$quiet"), subject, "\n", (edited, "$quiet"))

    # Keys

    @property
    def _changes(self) -> bool:
        viewer = self.clinic.viewer
        return viewer is not None and viewer.role in ("owner", "front-desk", "system")

    def offers(self, action: str) -> bool:
        """Only what this person may do, with the row under the cursor."""
        if action == "new":
            return self._changes
        if action in ("preview", "test"):
            return self.current is not None
        if action in ACTIONS:
            return self._changes and self.current is not None
        return super().offers(action)

    def action_edit(self) -> None:
        """Open the editor on it."""
        self._write(self.current)

    def action_new(self) -> None:
        """Open an empty editor."""
        self._write(None)

    def _write(self, row: TemplateRow | None) -> None:
        from screens.templates.editor import TemplateDialog

        self.app.push_screen(TemplateDialog(row), self._stored)

    def _stored(self, row: TemplateRow | None) -> None:
        if row is not None:
            self.show_done(f"Stored: {line(row.name)}, version {row.version}.")
            self.read()

    def action_copy(self) -> None:
        """Copy it under a name that is free, and open the editor on the copy."""
        row = self.current
        if row is None:
            return

        def rule(viewer: Viewer) -> TemplateRow:
            from clinic_tui.messages.templates import copy, free_name

            return copy(viewer, row.id, free_name(viewer, row.name))

        self.do(rule, self._copied)

    def _copied(self, row: TemplateRow) -> None:
        self.read()
        self._write(row)

    def action_archive(self) -> None:
        """Offer it no more; an archived one again."""
        self._act("restore" if self.current is not None and self.current.archived_at is not None else "archive")

    def action_default(self) -> None:
        """Let it be what goes out."""
        self._act("make_default")

    def _act(self, action: str) -> None:
        row = self.current
        if row is None:
            return

        def rule(viewer: Viewer) -> TemplateRow:
            from clinic_tui.messages import templates

            done: TemplateRow = getattr(templates, action)(viewer, row.id)
            return done

        self.do(rule, self._acted)

    def _acted(self, row: TemplateRow) -> None:
        state = "archived" if row.archived_at is not None else "the default" if row.is_default else "in use"
        self.show_done(f"{line(row.name)} is {state}.")
        self.read()

    def action_preview(self) -> None:
        """Show it as a patient would get it."""
        from clinic_tui.messages.choosing import words_of
        from screens.templates.preview import PreviewDialog

        row = self.current
        if row is not None:
            self.app.push_screen(PreviewDialog(row.kind, words_of(row)))

    def action_test(self) -> None:
        """Send it to whoever sits here."""
        row, config = self.current, self.clinic.config
        if row is None:
            return

        def rule(viewer: Viewer) -> Tried:
            from clinic_tui import trial

            return trial.of_template(config, viewer, row)

        send(self, rule)

    def action_archived(self) -> None:
        """With the archived ones, or without."""
        self._archived = not self._archived
        self.read()
