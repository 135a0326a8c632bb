"""One patient: what their invitation is doing, and everything that can be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import Resize
from textual.widgets import Static

from clinic_tui.clock import local
from screens.commands import Command
from screens.profile_acting import ProfileActing
from screens.profile_commands import ABOUT_STATE, IDENTITY, INVITE, KEYS, OF_AGE, RESEND
from screens.widgets import profile_text
from screens.widgets.cells import line, spread
from screens.widgets.dates import day
from screens.widgets.marks import Rule
from screens.widgets.moving import TEXT_MOVES, Text
from screens.widgets.sign import portal_sign

if TYPE_CHECKING:
    from screens.profile_reading import Read

AROUND = 78  # cells for contacts and appointments, where there is room for them beside the rest


class ProfileScreen(ProfileActing):
    """A patient's profile. It reads itself again when anything in the practice has moved."""

    HEADING = "The patient's profile"
    ABOUT = (
        "Under the name stands the portal line: what the patient's invitation is doing now, and whether the patient "
        "can be invited. The keys act on the newest invitation. Up, Down, PgUp and PgDn scroll."
    )
    CSS_PATH = "profile.tcss"
    MOVES = TEXT_MOVES
    KEYS = KEYS

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

    def on_mount(self) -> None:
        """The keys scroll."""
        self.query_one(Text).focus()

    # Showing

    def draw(self) -> None:
        """All of it, by how wide the terminal is."""
        from clinic_tui.patients.lookup import display_name

        if self.data is None:
            return
        data, look = self.data, self.look
        profile = data.profile
        name = Content.styled(line(display_name(profile.patient, profile.middle)), "bold")
        number = Content.styled(f"patient {line(profile.patient.number)}", "$quiet")
        self._put("#name", spread(name, number, self.size.width - 2, look.symbols.ellipsis))
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
        if data.account is not None:  # the sign says what; then since when, and who says so
            since, known = day(local(data.account.since).date()).strip(), line(data.account.known_from)
            said += [dot, (f"since {since}{f', known from {known}' if known else ''}", "$quiet")]
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
        self.draw_later(self.draw)

    # Keys

    def offers(self, action: str) -> bool:
        """Only what makes sense for this patient now."""
        newest = self.newest
        if action == "invite":
            return self.data is not None and self.data.enabled is None and self.data.refusal is None
        if action in ("edit", "account", "contacts"):
            return self.data is not None and self.may_edit
        if action == "copy":
            return self.data is not None and self.clinic.copies
        if action == "identity":
            return newest is not None and newest.state == "accepted" and newest.steps_at is None
        if action == "undo_accept":
            return newest is not None and newest.state == "accepted" and newest.accepted_how != "reply"
        if action == "ask_again":
            return newest is not None and newest.state == "declined"
        if action == "of_age":
            return self.data is not None and self.data.of_age
        if action == "texts":
            return newest is not None
        if action == "wrong_person":
            return newest is not None and newest.sent_at is not None
        if action == "slip" and self.data is not None and self.data.profile.patient.portal in ("active", "disabled"):
            return False
        if action == "accept" and newest is not None and newest.state == "queued":
            return newest.slip_at is not None  # its code is known before the mail has gone
        if action in ("accept", "slip", "resend", "revoke", "take_back"):
            return newest is not None and action in ABOUT_STATE.get(newest.state, ())
        return True
