"""Notifications: who accepted, what bounced, what needs a person; until somebody puts them away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.content import Content

from screens.commands import BACK, Command
from screens.listing import MOST, RETRY, ListScreen
from screens.widgets.cells import fit, line
from screens.widgets.dates import moment
from screens.widgets.person import listed
from screens.widgets.rows import Rows
from screens.widgets.sign import TONES, sign_text

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.notifications import NotificationRow

SIGN, AGE = 13, 8


class NotificationsScreen(ListScreen["NotificationRow"]):
    """Newest first; those that somebody archived only when asked for, with who and when."""

    HEADING = "Notifications"
    ABOUT = (
        "What came back: who accepted, who declined, what bounced or failed, which replies need a person. The count "
        "stands at the top right of every screen.\n\n"
        "Archiving puts a notification away for everybody; who did it and when is kept, and {archived} shows it."
    )
    KEYS = (
        Command("open", "Open the patient", "enter", "open", "The patient's profile; a reply to review opens there."),
        Command("archive", "Archive", "a", "archive", "Put this notification away."),
        Command("archive_all", "Archive all", "A", "archive all", "Put all of them away."),
        Command("archived", "Show archived ones", "h", "archived", "Also those put away, with who and when."),
        RETRY,
        BACK,
    )

    def __init__(self) -> None:
        super().__init__()
        self._with_archived = False

    def on_mount(self) -> None:
        """Ages grow while nothing else moves."""
        self.set_interval(60, self.rows.redraw)

    def read(self) -> None:
        """Ask for them."""
        everything = self._with_archived

        def rule(viewer: Viewer) -> tuple[bool, list[NotificationRow]]:
            from clinic_tui.notifications import listing

            return everything, listing(viewer, include_archived=everything, limit=MOST)

        self.ask(rule, self._listed, failed=self.lost)

    def _listed(self, answer: tuple[bool, list[NotificationRow]]) -> None:
        everything, rows = answer
        if everything == self._with_archived:
            self.show_rows(rows)

    # Showing

    def draw(self, row: NotificationRow, width: int, marked: bool) -> Content:
        """Kind, patient, detail, age."""
        from clinic_tui.invitations.states import NOTIFICATION_SIGNS, ago

        marks = self.look.symbols
        sign = NOTIFICATION_SIGNS[row.kind]
        name = 24 if width >= 70 else max(8, width - 3 - SIGN - AGE - 4)
        name = 32 if width >= 110 else name
        rest = width - 3 - SIGN - 2 - name - 2 - AGE - 3
        old = row.archived_at is not None
        said = (
            f"archived by {line(row.archived_by)}, {moment(row.archived_at)}" if row.archived_at else line(row.detail)
        )
        parts: list[str | tuple[str, str]] = [
            f" {marks.cursor if marked else ' '} ",
            (fit(sign_text(sign, self.look), SIGN), "$quiet" if old else TONES[sign.tone]), "  ",
            (fit(listed(row) or self._about_none(row), name, ellipsis=marks.ellipsis), "$quiet" if old else ""), "  ",
        ]  # fmt: skip
        if rest > 6:
            parts += [(fit(said, rest, ellipsis=marks.ellipsis), "$quiet"), "  "]
        return Content.assemble(*parts, (fit(ago(row.created_at), AGE, right=True), "$quiet"))

    @staticmethod
    def _about_none(row: NotificationRow) -> str:
        return {"paused": "the outbox", "failed": "the history's head"}.get(row.kind, "no patient found")

    def about_row(self, row: NotificationRow) -> Content:
        """All of it."""
        put_away = f"  archived by {line(row.archived_by)}, {moment(row.archived_at)}" if row.archived_at else ""
        said = line(row.detail)
        said = f"{said[:1].upper()}{said[1:]}" if said else ""
        when = f"{moment(row.created_at)}{put_away}"
        return Content.assemble((when, "$quiet"), "\n", said)

    def nothing(self) -> tuple[str, ...]:
        """What will appear here."""
        more = "" if self._with_archived else f"{self.key_of('archived')} shows those that were archived."
        title = "No notifications yet." if self._with_archived else "Nothing waits for you."
        said = "When a patient accepts or declines, a message bounces, or a reply needs a person, it is said here."
        return title, said, more

    def count(self) -> Content:
        """How many wait."""
        rows = self.rows.rows
        new = sum(row.archived_at is None for row in rows)
        more = "+" if len(rows) >= MOST else ""
        said = f"{new}{more} new" if rows else ""
        if self._with_archived and len(rows) > new:
            said += f" {self.look.symbols.dot} {len(rows) - new} archived"
        return Content.styled(said, "$quiet")

    # Keys

    def offers(self, action: str) -> bool:
        """Only what works for the row under the cursor."""
        row = self.current
        if action == "open":
            return row is not None and (row.patient_id is not None or row.kind in ("paused", "review"))
        if action == "archive":
            return row is not None and row.archived_at is None
        if action == "archive_all":
            return any(row.archived_at is None for row in self.rows.rows)
        return super().offers(action)

    @on(Rows.Chosen)
    def _chosen(self) -> None:
        self.action_open()

    def action_open(self) -> None:
        """The patient; a reply that still waits opens among those to review, a paused outbox the outbox."""
        row = self.current
        if row is None:
            return
        if row.kind == "review" and row.archived_at is None:
            from screens.review import ReviewScreen

            self.app.push_screen(ReviewScreen(row.reply_id))
        elif row.patient_id is not None:
            self.clinic.open_patient(row.patient_id)
        elif row.kind == "paused":
            self.clinic.action_outbox()

    def action_archive(self) -> None:
        """Put one away."""
        row = self.current
        if row is None or row.archived_at is not None:
            return

        def rule(viewer: Viewer) -> bool:
            from clinic_tui.notifications import archive

            return archive(viewer, row.id)

        self.do(rule, lambda _first: self._changed())

    def action_archive_all(self) -> None:
        """Ask, then put all away."""
        from screens.dialogs.confirm import ConfirmDialog

        newest = max((row.id for row in self.rows.rows), default=0)

        def rule(viewer: Viewer) -> int:
            from clinic_tui.notifications import archive_all

            return archive_all(viewer, up_to=newest)

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(rule, self._archived_all)

        question = "Archive every notification listed here? It puts them away for everybody; h still shows them."
        self.app.push_screen(ConfirmDialog(question, "Archive all"), answered)

    def _archived_all(self, number: int) -> None:
        self.show_done(f"{number} archived.")
        self._changed()

    def _changed(self) -> None:
        self.clinic.poll()
        self.read()

    def action_archived(self) -> None:
        """With those put away, or without them."""
        self._with_archived = not self._with_archived
        self.read()
