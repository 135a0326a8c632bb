"""One patient: what their invitation is doing, and everything that can be done about it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from clinic_tui.errors import ClinicError, NotFound
from screens.base import BaseScreen
from screens.commands import BACK, Command
from screens.incidents import WRONG_PERSON, opened, question
from screens.widgets import profile_text
from screens.widgets.cells import line, spread
from screens.widgets.marks import Rule
from screens.widgets.moving import TEXT_MOVES, Text
from screens.widgets.sign import portal_sign

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.errors import Refused
    from clinic_tui.invitations.reading import InvitationRow
    from clinic_tui.invitations.slips import Slip
    from clinic_tui.patients.profile import Profile

INVITE = Command("invite", "Invite to the portal", "i", "invite", "Send an invitation to the patient portal.")
AROUND = 78  # cells for contacts and appointments, where there is room for them beside the rest
IDENTITY = Command("identity", "Check identity", "k", "identity", "Record how you know that it is the patient.")
RESEND = Command("resend", "Resend the invitation", "r", "resend", "A new invitation in place of the newest one.")
OF_AGE = Command(
    "of_age", "Came of age: seen to", "v", "seen to", "What follows from the patient's coming of age has been settled."
)
# What each state of the newest invitation lets one do about it; the rules are asked again when it is done.
ABOUT_STATE: dict[str, tuple[str, ...]] = {
    "queued": ("take_back", "slip"),
    "sent": ("accept", "slip", "resend", "revoke"),
    "unconfirmed": ("accept", "slip", "resend", "revoke"),
    "failed": ("resend",),
    "bounced": ("resend",),
    "accepted": ("slip", "revoke"),
}


class Read(NamedTuple):
    """All that the screen shows, read at one time."""

    profile: Profile
    invitations: list[InvitationRow]
    enabled: Refused | None
    refusal: Refused | None
    of_age: bool


class ProfileScreen(BaseScreen):
    """A patient's profile. It reads itself again when anything in the practice has moved."""

    HEADING = "The patient's profile"
    ABOUT = (
        "Under the name stands the portal line: what the patient's invitation is doing now, and whether the patient "
        "can be invited. The keys act on the newest invitation. Up, Down, PgUp and PgDn scroll."
    )
    CSS_PATH = "profile.tcss"
    MOVES = TEXT_MOVES
    KEYS = (
        INVITE,
        Command("accept", "Accept by code", "c", "code", "The patient reads the code of the invitation to you."),
        IDENTITY,
        Command("slip", "Hand over a slip", "p", "slip", "Code and steps on paper, for a patient at the desk."),
        RESEND,
        Command("revoke", "Revoke the invitation", "x", "revoke", "Take the invitation back: it no longer counts."),
        WRONG_PERSON,
        Command("take_back", "Take the invitation back", "u", "take back", "It is still held: no mail goes out."),
        Command(
            "undo_accept", "Undo the acceptance", "u", "undo", "The desk accepted it by mistake; no steps are out."
        ),
        Command("ask_again", "Ask again later", "d", "ask again", "The patient declined: say from which day to ask."),
        OF_AGE,
        Command("texts", "What was sent", "t", "sent texts", "Every message as it went out, its code masked."),
        BACK,
        Command("copy", "Copy", "y", "copy", "Copy the e-mail or a number to the terminal's clipboard."),
    )

    def __init__(self, patient_id: int) -> None:
        super().__init__()
        self.patient_id = patient_id
        self._data: Read | None = None
        self._unread = False  # the notice says why it could not be read
        self._said_of: tuple[int, str] | None = None  # the invitation and its state that the notice speaks of

    def body(self) -> ComposeResult:
        """Name and portal line stand still; the rest scrolls."""
        yield Static("", id="name", markup=False)
        yield Static("", id="portal", markup=False)
        yield Rule(self.look)
        with Text(), Container(id="columns"):
            with Vertical(id="patient"):
                yield Static("", id="details", classes="block", markup=False)
                yield from self._headed("Invitations")
            with Vertical(id="around", classes="-absent"):
                yield from self._headed("Contacts")
                yield from self._headed("Appointments")

    def _headed(self, name: str) -> ComposeResult:
        yield Static(name, id=f"{name.lower()}-heading", classes="heading -absent", markup=False)
        yield Static("", id=name.lower(), classes="block -absent", markup=False)

    # Reading

    def on_mount(self) -> None:
        """Read it."""
        self.query_one(Text).focus()
        self._read()

    def on_screen_resume(self) -> None:
        """In front again: what a dialog did shows."""
        if self._data is not None:
            self._read()

    def pulse_changed(self) -> None:
        """Something moved: it may be this patient's."""
        self._read()

    def _read(self, then: Callable[[Read], None] | None = None) -> None:
        patient_id = self.patient_id

        def rule(viewer: Viewer) -> Read:
            from clinic_tui.invitations import eligibility, reading
            from clinic_tui.patients import profile
            from clinic_tui.queues import of_age

            return Read(
                profile.read(viewer, patient_id),
                reading.of_patient(viewer, patient_id),
                eligibility.invitations_enabled(viewer),
                eligibility.refusal(viewer, patient_id),
                of_age.is_due(viewer, patient_id),
            )

        self.ask(rule, then or self._show, failed=self._failed)

    def _failed(self, error: ClinicError) -> None:
        if isinstance(error, NotFound) and self._data is not None:
            self._data = None
            self.refresh_keys()
        self._unread = True
        self.show_error(error)

    # Showing

    def _show(self, data: Read) -> None:
        self._data = data
        if self._unread or self._said_of not in (None, self._state):
            self._unread, self._said_of = False, None
            self.clear_notice()
        self._draw()
        self.refresh_keys()

    def _show_said(self, data: Read) -> None:
        """What was done a moment ago is said for as long as it is so."""
        self._show(data)
        self._said_of = self._state

    def _draw(self) -> None:
        from clinic_tui.patients.lookup import display_name

        if self._data is None:
            return
        data, look = self._data, self.look
        profile = data.profile
        name = Content.styled(line(display_name(profile.patient)), "bold")
        number = Content.styled(f"patient {line(profile.patient.number)}", "$quiet")
        self._put("#name", spread(name, number, self.size.width - 2))
        self._put("#portal", self._portal_line(data))
        width = around = max(20, self.size.width - 3)
        some = bool(profile.contacts or profile.appointments)
        self.query_one("#around").set_class(not some, "-absent")
        if self.has_class("-wide") and some:
            around = AROUND
            width -= around + 2
        self._put("#details", profile_text.details(profile, width, look))
        self._block("invitations", profile_text.invitations(data.invitations, width, look), True)
        self._block("contacts", profile_text.contacts(profile, around, look), bool(profile.contacts))
        self._block("appointments", profile_text.appointments(profile, around, look), bool(profile.appointments))

    def _portal_line(self, data: Read) -> Content:
        """The portal line; then the next thing to do with its key, or why there is no Invite."""
        row = data.profile.patient
        sign = portal_sign(row.portal, row.portal_at, row.portal_until, self.look)
        dot = f" {self.look.symbols.dot} "
        said: list[Content | str | tuple[str, str]] = [sign]
        following = self._following(data)
        if following is not None:
            said += [dot, (following.name, "bold"), "  ", (self.key_of(following.action), "$accent")]
        elif data.refusal is not None and data.refusal.reason not in ("has_portal", "already_invited", "accepted"):
            said += [dot, (line(data.refusal.title), "$quiet")]  # else the sign itself is the reason
        reminded = profile_text.reminded(data.invitations[0]) if row.portal == "invited" and data.invitations else ""
        if reminded:
            said += [dot, (reminded, "$quiet")]
        if data.of_age:
            said += [dot, ("came of age", "$warning"), "  ", (self.key_of(OF_AGE.action), "$accent")]
        return Content.assemble(*said)

    def _following(self, data: Read) -> Command | None:
        """The one thing to do about where the invitation stands."""
        from clinic_tui.invitations.states import portal_key

        row = data.profile.patient
        if data.enabled is None and data.refusal is None:
            return INVITE
        stands = portal_key(row.portal, row.portal_until)
        if stands == "accepted_check" and self.offers("identity"):
            return IDENTITY
        return RESEND if stands in ("unconfirmed", "expires_soon") and self.offers("resend") else None

    def _put(self, selector: str, content: Content) -> None:
        """Draw `content`, where it differs from what is drawn: few bytes when nothing has changed."""
        static = self.query_one(selector, Static)
        before = static.content
        if not (isinstance(before, Content) and before.is_same(content)):
            static.update(content)

    def _block(self, name: str, content: Content, present: bool) -> None:
        for selector in (f"#{name}", f"#{name}-heading"):
            self.query_one(selector).set_class(not present, "-absent")
        self._put(f"#{name}", content)

    def on_resize(self, _event: Resize) -> None:
        """Columns by width."""
        self.draw_later(self._draw)

    # Keys

    @property
    def _newest(self) -> InvitationRow | None:
        return self._data.invitations[0] if self._data and self._data.invitations else None

    @property
    def _state(self) -> tuple[int, str] | None:
        return (self._newest.id, self._newest.state) if self._newest else None

    def offers(self, action: str) -> bool:
        """Only what makes sense for this patient now."""
        newest = self._newest
        if action == "invite":
            return self._data is not None and self._data.enabled is None and self._data.refusal is None
        if action == "copy":
            return self._data is not None and self.clinic.copies
        if action == "identity":
            return newest is not None and newest.state == "accepted" and newest.steps_at is None
        if action == "undo_accept":
            return newest is not None and newest.state == "accepted" and newest.accepted_how != "reply"
        if action == "ask_again":
            return newest is not None and newest.state == "declined"
        if action == "of_age":
            return self._data is not None and self._data.of_age
        if action == "texts":
            return newest is not None
        if action == "wrong_person":
            return newest is not None and newest.sent_at is not None
        if action == "slip" and self._data is not None and self._data.profile.patient.portal in ("active", "disabled"):
            return False
        if action == "accept" and newest is not None and newest.state == "queued":
            return newest.slip_at is not None  # its code is known before the mail has gone
        if action in ("accept", "slip", "resend", "revoke", "take_back"):
            return newest is not None and action in ABOUT_STATE.get(newest.state, ())
        return True

    def action_invite(self) -> None:
        """Open the invite dialog."""
        from screens.dialogs.invite import InviteDialog

        self.app.push_screen(InviteDialog(self.patient_id), self._done)

    def action_accept(self) -> None:
        """Open the dialog for the code that the patient reads out."""
        from screens.dialogs.accept import AcceptDialog

        if self._newest is not None:
            self.app.push_screen(AcceptDialog(self._newest.id), self._done)

    def action_identity(self) -> None:
        """Open the dialog for the identity check."""
        from screens.dialogs.identity import IdentityDialog

        if self._newest is not None:
            self.app.push_screen(IdentityDialog(self._newest.id), self._done)

    def action_slip(self) -> None:
        """Ask how the desk knows the patient, then show the slip."""
        from screens.dialogs.identity import SlipDialog
        from screens.slip import SlipScreen

        def known(slip: Slip | None) -> None:
            if slip is not None:
                self.app.push_screen(SlipScreen(slip))

        if self._newest is not None:
            self.app.push_screen(SlipDialog(self._newest.id), known)

    def action_resend(self) -> None:
        """Open the invite dialog for an invitation in place of the newest."""
        from screens.dialogs.invite import InviteDialog

        if self._newest is not None:
            self.app.push_screen(InviteDialog(self.patient_id, resend=self._newest.id), self._done)

    def action_copy(self) -> None:
        """Choose what is copied."""
        from screens.dialogs.copy import Copied, CopyDialog

        if self._data is None:
            return
        profile = self._data.profile
        row = profile.patient
        known = (("e-mail", row.email), ("mobile", profile.mobile), ("phone", profile.phone), ("number", row.number))
        name = line(row.number)

        def chosen(copied: Copied | None) -> None:
            if copied is not None:
                self.copy(copied.text, f"the {copied.what} of patient {name}")

        self.app.push_screen(CopyDialog([Copied(what, line(text)) for what, text in known if line(text)]), chosen)

    def action_take_back(self) -> None:
        """Take a held invitation back, at once: it is undone by inviting again."""
        newest = self._newest
        if newest is None:
            return

        def rule(viewer: Viewer) -> None:
            from clinic_tui.invitations.inviting import cancel

            cancel(viewer, newest.id)

        self.do(rule, lambda _answer: self._done("The invitation will not go out."))

    def action_undo_accept(self) -> None:
        """Ask, then put the invitation back to where it was before the desk accepted it."""
        newest = self._newest
        if newest is None:
            return

        def rule(viewer: Viewer) -> str:
            from clinic_tui.invitations.undoing import undo_accept

            return undo_accept(viewer, newest.id)

        question = "Undo the acceptance? The invitation is out again as before, and no set-up steps go out."
        self._confirm(question, "Undo", rule, lambda state: f"Undone: the invitation is {state} again.")

    def action_ask_again(self) -> None:
        """Open the dialog for the day."""
        from screens.dialogs.ask_again import AskAgainDialog

        if self._newest is not None:
            self.app.push_screen(AskAgainDialog(self._newest.id, self._newest.ask_again), self._done)

    def action_of_age(self) -> None:
        """Somebody has seen to it."""
        patient_id = self.patient_id

        def rule(viewer: Viewer) -> None:
            from clinic_tui.queues.of_age import seen_to

            seen_to(viewer, patient_id)

        self.do(rule, lambda _nothing: self._done("Seen to: the patient is out of that work queue."))

    def action_texts(self) -> None:
        """What was sent."""
        from screens.sent_texts import SentTextsScreen

        self.app.push_screen(SentTextsScreen(self.patient_id))

    def action_revoke(self) -> None:
        """Ask, then revoke what went out."""
        newest = self._newest
        if newest is None:
            return

        def rule(viewer: Viewer) -> None:
            from clinic_tui.invitations.inviting import revoke

            revoke(viewer, newest.id)

        question = f"Revoke the invitation to {line(newest.email)}? Its code and a reply to it no longer count."
        self._confirm(question, "Revoke", rule, lambda _answer: "The invitation is revoked.")

    def action_wrong_person(self) -> None:
        """Ask, then revoke, block the address and open an incident."""
        newest = self._newest
        if newest is None:
            return

        def rule(viewer: Viewer) -> int:
            from clinic_tui.invitations.answering import wrong_person

            return wrong_person(viewer, newest.id)

        self._confirm(question(newest.email), WRONG_PERSON.name, rule, opened)

    def _confirm(self, question: str, action: str, rule: Callable[[Viewer], Any], done: Callable[[Any], str]) -> None:
        from screens.dialogs.confirm import ConfirmDialog

        def answered(yes: bool | None) -> None:
            if yes:
                self.do(rule, lambda answer: self._done(done(answer)))

        self.app.push_screen(ConfirmDialog(question, action), answered)

    def _done(self, sentence: str | None) -> None:
        if sentence:
            self._unread, self._said_of = False, None
            self.show_done(sentence)
            self._read(self._show_said)
