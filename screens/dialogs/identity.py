"""How the desk knows the patient: asked before the set-up steps go out, and before a slip is handed over."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clinic_tui.errors import ClinicError, FieldError
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import cut, line
from screens.widgets.dates import moment
from screens.widgets.marks import Field
from screens.widgets.moving import LIST_MOVES
from screens.widgets.person import person
from screens.widgets.rows import Rows
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.drafting import Whose
    from clinic_tui.invitations.slips import Slip

R = TypeVar("R")
IN_PERSON = ("photo card seen at the desk", "known to the practice, seen in person")
WAYS = (
    *IN_PERSON,
    "rung on the record's number; birth date and address agree",
    "rang us; full name, birth date and address agree",
)
OWN_WORDS = "in other words:"


def _keys(ways: Sequence[str], record: Command, cancel: Command) -> tuple[Command, ...]:
    return (
        *(Command(f"way({at})", way.capitalize(), str(at + 1)) for at, way in enumerate((*ways, "Other words"))),
        record,
        Command("move(-1)", "Up", "up", priority=True),
        Command("move(1)", "Down", "down", priority=True),
        cancel,
    )


class HowDialog(Dialog[R], Generic[R]):
    """Asks how the desk knows that it is the patient of an invitation; answers with what `record` answered."""

    WIDTH = 70
    CSS_PATH = Path(__file__).with_name("identity.tcss")
    MOVES = LIST_MOVES
    WAYS: ClassVar[Sequence[str]] = WAYS

    def __init__(self, invitation_id: int) -> None:
        super().__init__()
        self._invitation_id = invitation_id
        self._asked = False
        self._whose: Whose | None = None

    def record(self, viewer: Viewer, whose: Whose, how: str) -> R:
        """Keep how the patient is known; called in a thread. Override it."""
        raise NotImplementedError

    def body(self) -> ComposeResult:
        """Who accepted, how, what the record knows of them; the ways to check."""
        yield Static("", id="patient", markup=False)
        yield Static("", id="known", markup=False)
        yield Rows[str](self._draw, self.look, takes_keys=True)
        yield Field(placeholder="such as: brought a letter of ours", id="how", max_length=200)
        yield Said(self.look, id="how-said")

    def on_mount(self) -> None:
        """The ways, and whose invitation it is."""
        rows = self.query_one(Rows)
        rows.styles.height = len(self.WAYS) + 1
        rows.show((*self.WAYS, OWN_WORDS))
        rows.focus()
        invitation_id = self._invitation_id

        def rule(viewer: Viewer) -> Whose:
            from clinic_tui.invitations.drafting import whose

            return whose(viewer, invitation_id)

        self.ask(rule, self._begin)

    def _draw(self, way: str, width: int, marked: bool) -> Content:
        number = (*self.WAYS, OWN_WORDS).index(way) + 1
        cursor = self.look.symbols.cursor if marked else " "
        return Content.assemble(f" {cursor} ", (str(number), "$accent"), "  ", cut(way, max(1, width - 6)))

    def _begin(self, whose: Whose) -> None:
        self._whose = whose
        row = whose.invitation
        self.query_one("#patient", Static).update(person(whose))
        parts = []
        if row.accepted_at is not None:
            by = {"code": "with the code", "reply": f"by a reply from {line(row.email)}", "desk": "at the desk"}
            parts.append(f"accepted {moment(row.accepted_at)} {by.get(row.accepted_how or '', '')}")
        if whose.phone:
            parts.append(f"on record: {line(whose.phone)}")
        if row.identity_at is not None:
            parts.append(f"checked {moment(row.identity_at)} by {line(row.identity_by)}: {line(row.identity_how)}")
        self.query_one("#known", Static).update(Content.styled("\n".join(parts), "$quiet"))
        self.refresh_keys()

    def offers(self, action: str) -> bool:
        """Recording, once it is known whose the invitation is."""
        return action != "record" or self._whose is not None

    def action_way(self, at: int) -> None:
        """The cursor to one of the ways."""
        rows = self.query_one(Rows)
        rows.move(at - rows.cursor)

    def action_move(self, by: int) -> None:
        """Up or down, from the field too."""
        self.query_one(Rows).move(by)

    @on(Rows.Moved)
    def _moved(self) -> None:
        """The field can be written in where other words are chosen."""
        self.query_one(Said).clear()
        rows, field = self.query_one(Rows), self.query_one("#how", Field)
        own = rows.cursor == len(self.WAYS)
        field.disabled, field.visible = not own, own
        (field if own else rows).focus()

    @on(Field.Changed)
    def _typed(self) -> None:
        self.query_one(Said).clear()

    def action_record(self) -> None:
        """Write it down."""
        whose = self._whose
        if self._asked or whose is None or not self.offers("record"):
            return
        self._asked = True
        way = self.query_one(Rows).current or ""
        how = self.query_one("#how", Field).value if way == OWN_WORDS else way
        self.do(lambda viewer: self.record(viewer, whose, how), self._recorded, failed=self._refused)

    def _recorded(self, answer: R) -> None:
        self.dismiss(answer)

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        if isinstance(error, FieldError):
            self.query_one(Said).error(f"{error.title} {error.advice}")
        else:
            self.show_error(error)


class IdentityDialog(HowDialog[str]):
    """Answers with a sentence once the check is recorded; None leaves it for later."""

    HEADING = "Is it the patient?"
    ABOUT = (
        "A reply or a code proves that somebody reads the patient's mail, not who it is. Choose how you know that it "
        "is the patient, or say it in other words. It is recorded with your login and the time; then the steps to set "
        "up the account are queued."
    )
    KEYS = _keys(
        WAYS,
        Command(
            "record", "Record the check", "enter", "record", "Record it, and queue the set-up steps.", priority=True
        ),
        Command("cancel", "Later", "escape", "later", "Close this; the set-up steps wait for the check."),
    )

    def offers(self, action: str) -> bool:
        """One check is enough."""
        checked = self._whose is not None and self._whose.invitation.identity_at is not None
        return super().offers(action) and (action != "record" or not checked)

    def record(self, viewer: Viewer, whose: Whose, how: str) -> str:
        """The check; then the steps go out."""
        from clinic_tui.invitations.accepting import check_identity

        check_identity(viewer, whose.invitation.id, how)
        return f"Identity checked by {line(viewer.login)}. The set-up steps are queued."


class SlipDialog(HowDialog["Slip"]):
    """Answers with the slip to hand over, once it is recorded how the desk knows the patient."""

    HEADING = "Is it the patient who stands here?"
    ABOUT = (
        "A slip goes to the patient's own hands: whoever has it can accept the invitation with its code, and nobody "
        "asks them again who they are. Choose how you know that it is the patient, or say it in other words. It is "
        "recorded with your login and the time, and that the slip was shown."
    )
    WAYS = IN_PERSON
    KEYS = _keys(
        IN_PERSON,
        Command("record", "Show the slip", "enter", "show the slip", "Record it, and show the slip.", priority=True),
        CANCEL,
    )

    def record(self, viewer: Viewer, whose: Whose, how: str) -> Slip:
        """The check, and the slip."""
        from clinic_tui.invitations.slips import hand_over

        return hand_over(viewer, whose.invitation.patient_id, how)
