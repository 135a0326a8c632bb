"""Notifications: who accepted, what bounced, what needs a person; until somebody puts them away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from screens.commands import BACK, Command
from screens.listing import MOST, RETRY, ListScreen
from screens.widgets.cells import fit, line
from screens.widgets.dates import moment
from screens.widgets.person import listed
from screens.widgets.sign import TONES, sign_text

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.notifications import NotificationRow, Shelf

SIGN, AGE = 13, 8


class Asked(NamedTuple):
    """Which ones are shown: the new or the archived; of one kind, or all."""

    shelf: Shelf
    kind: str | None


class NotificationsScreen(ListScreen["NotificationRow"]):
    """Newest first, of one kind or all; those that somebody archived only when asked for, with who and when."""

    HEADING = "Notifications"
    ABOUT = (
        "What came back in the last two months: who accepted, who declined, what bounced or failed, which replies need "
        "a person. How many are new stands at the top right of every screen. Left and Right show those of one kind.\n\n"
        "Archiving puts a notification away for everybody; {restore} takes the last ones out again. {archived} shows "
        "those that were archived, with who and when; there {restore} takes out the one under the cursor."
    )
    KEYS = (
        Command("open", "Open the patient", "enter", "open", "The patient's profile; a reply to review opens there."),
        Command("archive", "Archive", "a", "archive", "Put this notification away."),
        Command("archive_all", "Archive all", "A", "archive all", "Put away all that are listed."),
        Command("restore", "Undo the archiving", "u", "undo", "Take out what was just archived, or this archived one."),
        Command("archived", "Archived or new ones", "h", "archived", "Those put away, with who and when; or back."),
        Command("kind(1)", "Next kind", "right", "", "The notifications of the next kind."),
        Command("kind(-1)", "Kind before", "left", "", "Those of the kind before."),
        RETRY,
        BACK,
    )

    def __init__(self) -> None:
        super().__init__()
        self._asked = Asked("new", None)
        self._counts: dict[str, int] = {}
        self._counted: Shelf = "new"  # which ones the counts are of
        self._archived: list[int] = []  # what was archived here a moment ago

    def on_mount(self) -> None:
        """Ages grow while nothing else moves."""
        self.set_interval(60, self.rows.redraw)

    def read(self) -> None:
        """Ask for them."""
        asked = self._asked

        def rule(viewer: Viewer) -> tuple[Asked, dict[str, int], list[NotificationRow]]:
            from clinic_tui.notifications import counts, listing

            rows = listing(viewer, shelf=asked.shelf, kind=asked.kind, limit=MOST)
            return asked, counts(viewer, asked.shelf), rows

        self.ask(rule, self._listed, failed=self.lost)

    def _listed(self, answer: tuple[Asked, dict[str, int], list[NotificationRow]]) -> None:
        asked, counts, rows = answer
        if asked == self._asked:
            self._counts, self._counted = counts, asked.shelf
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
        if self._counted == "archived":
            return "Nothing was archived in the last two months.", f"{self.key_of('archived')} shows the new ones."
        said = "When a patient accepts or declines, a message bounces, or a reply needs a person, it is said here."
        return "Nothing waits for you.", said, f"{self.key_of('archived')} shows those that were archived."

    def count(self) -> Content:
        """How many there are of each kind; the one that is shown is marked."""
        from clinic_tui.invitations.states import NOTIFICATION_SIGNS

        word = "new" if self._counted == "new" else "archived"
        total = sum(self._counts.values())
        words = [(f"{total:,} {word}", self._asked.kind is None, "$foreground")] if self.seen else []
        for kind in self._kinds[1:]:
            sign = NOTIFICATION_SIGNS[kind or ""]
            words.append(
                (f"{self._counts.get(kind or '', 0):,} {sign.word}", kind == self._asked.kind, TONES[sign.tone])
            )
        if sum(len(said) + 2 for said, _, _ in words) + len(self.HEADING) > self.app.size.width - 2:
            words = [one for one in words if one[1] or one is words[0]]  # the others are one Right away
        return Content("  ").join(Content.styled(said, "bold reverse" if here else tone) for said, here, tone in words)

    @property
    def _kinds(self) -> list[str | None]:
        """All, then each kind that there is, and the one that is shown."""
        shown = self._asked.kind
        return [None, *self._counts, *([shown] if shown is not None and shown not in self._counts else [])]

    # Keys

    def footer_commands(self) -> list[Command]:
        """`h` leads to the other ones."""
        there = "archived" if self._asked.shelf == "new" else "new ones"
        return [replace(c, footer=there) if c.action == "archived" else c for c in super().footer_commands()]

    def offers(self, action: str) -> bool:
        """Only what works for the row under the cursor."""
        row = self.current
        if action == "open":
            return row is not None and (row.patient_id is not None or row.kind in ("paused", "review"))
        if action == "archive":
            return row is not None and row.archived_at is None
        if action == "archive_all":
            return any(row.archived_at is None for row in self.rows.rows)
        if action == "restore":
            return bool(self._archived) or (row is not None and row.archived_at is not None)
        if action == "kind":
            return len(self._kinds) > 1
        return super().offers(action)

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

        def rule(viewer: Viewer) -> list[int]:
            from clinic_tui.notifications import archive

            return [row.id] if archive(viewer, row.id) else []

        self.do(rule, self._put_away)

    def action_archive_all(self) -> None:
        """Ask, then put all away that are listed."""
        from screens.dialogs.confirm import ConfirmDialog

        newest, kind = max((row.id for row in self.rows.rows), default=0), self._asked.kind

        def rule(viewer: Viewer) -> list[int]:
            from clinic_tui.notifications import archive_all

            return archive_all(viewer, kind=kind, up_to=newest)

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(rule, self._put_all_away)

        question = (
            "Archive every notification listed here? It puts them away for everybody; they can be taken out again."
        )
        self.app.push_screen(ConfirmDialog(question, "Archive all"), answered)

    def _put_away(self, ids: list[int]) -> None:
        self._archived = ids
        self.clear_notice()
        self._changed()

    def _put_all_away(self, ids: list[int]) -> None:
        self._put_away(ids)
        self.show_done(f"{len(ids)} archived. {self.key_of('restore')} takes them out again.")

    def action_restore(self) -> None:
        """Take out what was archived a moment ago; among the archived ones, the one under the cursor."""
        row = self.current
        ids = [row.id] if row is not None and row.archived_at is not None else self._archived

        def rule(viewer: Viewer) -> int:
            from clinic_tui.notifications import restore

            return restore(viewer, ids)

        self.do(rule, self._restored)

    def _restored(self, number: int) -> None:
        self._archived = []
        self.show_done("It is new again." if number == 1 else f"{number} are new again.")
        self._changed()

    def _changed(self) -> None:
        self.clinic.poll()
        self.read()

    def action_archived(self) -> None:
        """Those put away, or the new ones."""
        self._choose(Asked("new" if self._asked.shelf == "archived" else "archived", self._asked.kind))

    def action_kind(self, by: int) -> None:
        """Those of another kind."""
        kinds = self._kinds
        self._choose(Asked(self._asked.shelf, kinds[(kinds.index(self._asked.kind) + by) % len(kinds)]))

    def _choose(self, asked: Asked) -> None:
        self._asked = asked
        self.read()
