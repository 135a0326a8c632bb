"""Invite to the portal: the address, typed twice, a message above the invitation, and what the patient will get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Label, Static

from clinic_tui.errors import ClinicError, FieldError
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.templates.choosing import offered
from screens.widgets.address_twice import AddressTwice
from screens.widgets.cells import line, lines
from screens.widgets.choice import Choice
from screens.widgets.dates import age
from screens.widgets.marks import Field, Rule
from screens.widgets.message_text import MessageText
from screens.widgets.person import person
from screens.widgets.said import Said
from screens.widgets.soon import soon
from screens.widgets.tick import Tick
from screens.widgets.written import Written

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.invitations.drafting import Draft, Shown
    from clinic_tui.invitations.queueing import Invited
    from clinic_tui.patients.guardians import Guardian
    from clinic_tui.patients.lookalikes import Warned


class InviteDialog(Dialog[str]):
    """Answers with a sentence about what was queued. `resend`: the invitation that the new one takes the place of."""

    HEADING = "Invite to the patient portal"
    ABOUT = (
        "Type the patient's e-mail address, then type it again: it cannot be pasted, so that a slip is seen. A message "
        "of your own stands above the invitation; what the patient gets is shown below it, with the code masked.\n\n"
        "Terms in the message stand for something of the patient's or the practice's: [Patient First Name], "
        "[Practitioner Name], [Practice Phone], [Portal Name], [Invitation Expiry], [Staff Name]. Where the practice "
        "has several templates, Left and Right choose one.\n\n"
        "A patient under the age that the practice has set, or without an address of their own, is invited through a "
        "guardian: Left and Right choose which of those on the record, and the message speaks to the guardian.\n\n"
        "Nothing goes out at once: for a short while the invitation can be taken back."
    )
    WIDTH = 78
    CSS_PATH = "invite.tcss"
    KEYS = (
        Command("scroll(1)", "Preview down", "pagedown", "preview", "Read on in what the patient gets.", priority=True),
        Command("scroll(-1)", "Preview up", "pageup", "", "Back in what the patient gets.", priority=True),
        Command("invite", "Invite", "ctrl+s", "Invite", "Queue the invitation.", priority=True),
        CANCEL,
    )

    def __init__(self, patient_id: int, *, resend: int | None = None) -> None:
        super().__init__()
        self._patient_id = patient_id
        self._resend = resend
        self._draft: Draft | None = None
        self._queueing = False
        self._warned_of = ""  # the address that the warnings below its field are of

    def body(self) -> ComposeResult:
        """The fields, what is said beside each, and the preview."""
        yield Static("", id="patient", markup=False)
        yield Said(self.look, id="guardian-said")
        with Horizontal(id="guardian-row"):
            yield Label("Guardian", markup=False)
            yield Choice["int"](self.look, id="guardian")
        yield AddressTwice(self.look)
        yield Tick(id="store")
        with Horizontal(id="template-row"):
            yield Label("Template", markup=False)
            yield Choice["int | None"](self.look, id="template")
        yield Said(self.look, id="template-said")
        with Horizontal(id="message-row"):
            yield Label("Your message", markup=False)
            yield Written("optional; it stands above the invitation", id="message")
        yield Said(self.look, id="message-said")
        yield Rule(self.look, "What the patient gets")
        with VerticalScroll(id="preview", can_focus=False):
            yield MessageText(self.look, id="preview-text")

    def on_mount(self) -> None:
        """Read whom it is for."""
        if self._resend is not None:
            self.query_one("#frame").border_title = Content("Resend the invitation")
        for hidden in ("#store", "#template-row", "#guardian-row"):
            self.query_one(hidden).display = False
        patient_id, resend = self._patient_id, self._resend

        def rule(viewer: Viewer) -> Draft:
            from clinic_tui.invitations.drafting import draft

            return draft(viewer, patient_id, resend)

        self.ask(rule, self._begin)

    def _begin(self, draft: Draft) -> None:
        self._draft = draft
        self.query_one("#patient", Static).update(person(draft))
        address = self.query_one(AddressTwice)
        address.email.value = line(draft.email)
        self.query_one("#template", Choice).put(offered(draft.templates), draft.template)
        self.query_one("#template-row").display = len(draft.templates) > 1
        self.query_one(Written).text = lines(draft.custom_message)
        (address.confirm if draft.email else address.email).focus()
        self._warn()
        if draft.refused is not None:
            self.show_error(draft.refused)
        elif draft.guardian is not None:
            self._through(draft, draft.guardian)
        self.refresh_keys()
        self._preview()

    def _through(self, draft: Draft, guardian: int) -> None:
        """Say that it goes to a guardian, and to which."""
        why = f"is {age(draft.birth_date)}" if draft.minor and draft.birth_date else "has no e-mail address"
        called = draft.preferred or draft.given or draft.family
        self.query_one("#guardian-said", Said).note(f"{line(called)} {why}: the invitation goes to a guardian.")
        self.query_one("#guardian", Choice).put([(one.id, _named(one)) for one in draft.guardians], guardian)
        self.query_one("#guardian-row").display = True
        self.query_one("#frame").add_class("through")

    def offers(self, action: str) -> bool:
        """Nothing is invited before the draft is there, or where the patient cannot be."""
        if action == "invite":
            return self._draft is not None and self._draft.refused is None and not self._queueing
        return True

    # While it is typed

    @on(Field.Changed, "#email")
    def _email_changed(self) -> None:
        self._offer_to_store()
        self._preview()

    @on(Field.Blurred, "#email")
    def _warn(self) -> None:
        """Once an address is typed: what is to be said of it."""
        email, patient_id = self.query_one(AddressTwice).email.value.strip(), self._patient_id
        if not email or self._draft is None or email == self._warned_of:
            return
        self._warned_of = email

        def rule(viewer: Viewer) -> tuple[str, list[Warned]]:
            from clinic_tui.patients.lookalikes import warnings

            return email, warnings(viewer, email, patient_id)

        self.ask(rule, self._say_warnings)

    def _say_warnings(self, said: tuple[str, list[Warned]]) -> None:
        email, warned = said
        address = self.query_one(AddressTwice)
        if warned and address.email.value.strip() == email:
            address.warn(warned)

    def _offer_to_store(self) -> None:
        """Only an address that is not the record's, nor a guardian's; ticked beforehand where the record has none."""
        if self._draft is None:
            return
        store, known = self.query_one(Tick), self._draft.on_record.strip()
        typed = self.query_one("#email", Field).value.strip()
        others = {known.casefold(), *(one.email.casefold() for one in self._draft.guardians)}
        wanted = bool(typed) and typed.casefold() not in others
        if wanted and not store.display:
            store.put(f"Store on the record (now {known})" if known else "Store on the record", not known)
        store.display = wanted

    @on(Choice.Changed, "#guardian")
    def _guardian_changed(self) -> None:
        """Their address takes the place of what was typed, and is typed again."""
        chosen: int | None = self.query_one("#guardian", Choice).value
        address = self.query_one(AddressTwice)
        theirs = () if self._draft is None else self._draft.guardians
        address.email.value = next((line(one.email) for one in theirs if one.id == chosen), "")
        address.confirm.value = ""
        self._preview()

    @on(Choice.Changed, "#template")
    @on(Written.Changed)
    def _message_changed(self) -> None:
        self._preview()

    @property
    def _chosen(self) -> tuple[int | None, int | None]:
        """The template and the guardian."""
        return self.query_one("#template", Choice).value, self.query_one("#guardian", Choice).value

    def _preview(self) -> None:
        if self._draft is None:
            return
        patient_id = self._patient_id
        email, message = self.query_one("#email", Field).value, self.query_one(Written).text
        template, guardian = self._chosen

        def rule(viewer: Viewer) -> Shown:
            from clinic_tui.invitations.drafting import show

            return show(viewer, patient_id, email, message, template, guardian)

        self.ask(rule, self._previewed)

    def _previewed(self, shown: Shown) -> None:
        subject = Content.assemble(("Subject: ", "$quiet"), line(shown.composed.subject), "\n\n")
        self.query_one(MessageText).say(shown.composed.text, subject)
        for where in ("message", "template"):
            said = self.query_one(f"#{where}-said", Said)
            if shown.unresolved is not None and shown.unresolved.where == where:
                said.error(f"{shown.unresolved.term} is unknown, or empty for this patient.")
            else:
                said.clear()

    def action_scroll(self, by: int) -> None:
        """The preview, a page down or up."""
        preview = self.query_one("#preview", VerticalScroll)
        preview.scroll_relative(y=by * max(1, preview.size.height - 1), animate=False)

    # Invite

    @on(Field.Submitted, "#confirm")
    def _confirm_done(self) -> None:
        if not self.query_one(AddressTwice).differ(finished=True):
            self.query_one(Written).focus()

    def action_invite(self) -> None:
        """Queue it; every refusal comes back to its field."""
        if self._queueing:
            return
        self.clear_notice()
        address = self.query_one(AddressTwice)
        email, confirm = address.email.value.strip(), address.confirm.value
        message, resend, patient_id = self.query_one(Written).text, self._resend, self._patient_id
        template, guardian = self._chosen
        store = self.query_one(Tick)
        keep = store.display and store.ticked
        self._queueing = True
        self.refresh_keys()

        def rule(viewer: Viewer) -> Invited:
            from clinic_tui.invitations import eligibility, inviting

            checked = eligibility.check_address(viewer, email, confirm)
            if resend is not None:
                return inviting.resend(
                    viewer, resend, email=checked, custom_message=message, store_email=keep, template=template,
                    guardian=guardian,
                )  # fmt: skip
            return inviting.invite(
                viewer, patient_id, email=checked, custom_message=message, store_email=keep, template=template,
                guardian=guardian,
            )  # fmt: skip

        self.do(rule, self._invited, failed=self._refused)

    def _invited(self, invited: Invited) -> None:
        said = soon(invited.due_at)
        until = "; until then it can be taken back" if said != "at once" else ""
        self.dismiss(f"Queued for {line(invited.email)}: it goes {said}{until}.")

    def _refused(self, error: ClinicError) -> None:
        self._queueing = False
        self.refresh_keys()
        if isinstance(error, FieldError) and error.field in ("email", "confirm"):
            self.query_one(AddressTwice).refused(error)
        elif isinstance(error, FieldError) and error.field in ("message", "template"):
            self.query_one(f"#{error.field}-said", Said).error(f"{error.title} {error.advice}")
            self.query_one(f"#{error.field}").focus()
        else:
            self.show_error(error)


def _named(guardian: Guardian) -> str:
    """`Aoife Brennan (mother)`."""
    return f"{guardian.name} ({guardian.relationship})" if guardian.relationship else guardian.name
