"""What a patient's profile shows, read in a thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from clinic_tui.errors import ClinicError, NotFound
from screens.base import BaseScreen

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.errors import Refused
    from clinic_tui.invitations.accounts import Account
    from clinic_tui.invitations.reading import InvitationRow
    from clinic_tui.patients.profile import Profile


class Read(NamedTuple):
    """All that the screen shows, read at one time."""

    profile: Profile
    invitations: list[InvitationRow]
    enabled: Refused | None
    refusal: Refused | None
    account: Account | None
    of_age: bool


class ProfileReading(BaseScreen):
    """A patient's profile without its looks. Override `draw`: what was read is there, or the terminal is wider."""

    def __init__(self, patient_id: int) -> None:
        super().__init__()
        self.patient_id = patient_id
        self.data: Read | None = None
        self._unread = False  # the notice says why it could not be read
        self._said_of: tuple[int, str] | None = None  # the invitation and its state that the notice speaks of
        self._to_be_said_of = False  # the notice speaks of what has not been read yet

    def draw(self) -> None:
        """Show what was read."""

    @property
    def newest(self) -> InvitationRow | None:
        """The newest invitation, which the keys act on."""
        return self.data.invitations[0] if self.data and self.data.invitations else None

    @property
    def _state(self) -> tuple[int, str] | None:
        return (self.newest.id, self.newest.state) if self.newest else None

    def on_mount(self) -> None:
        """Read it."""
        self._read()

    def on_screen_resume(self) -> None:
        """In front again: what a dialog did shows."""
        if self.data is not None:
            self._read()

    def pulse_changed(self) -> None:
        """Something moved: it may be this patient's."""
        self._read()

    def _read(self) -> None:
        patient_id = self.patient_id

        def rule(viewer: Viewer) -> Read:
            from clinic_tui.invitations import accounts, eligibility, reading
            from clinic_tui.patients import profile
            from clinic_tui.queues import of_age

            return Read(
                profile.read(viewer, patient_id),
                reading.of_patient(viewer, patient_id),
                eligibility.invitations_enabled(viewer),
                eligibility.refusal(viewer, patient_id),
                accounts.of(viewer, patient_id),
                of_age.is_due(viewer, patient_id),
            )

        # One group: a reading begun before something was done never shows after one that was begun then.
        self.ask(rule, self._show_said if self._to_be_said_of else self._show, failed=self._failed, group="profile")

    def _failed(self, error: ClinicError) -> None:
        if isinstance(error, NotFound) and self.data is not None:
            self.data = None
            self.refresh_keys()
        self._unread = True
        self.show_error(error)

    def _show(self, data: Read) -> None:
        self.data = data
        if self._unread or self._said_of not in (None, self._state):
            self._unread, self._said_of = False, None
            self.clear_notice()
        self.draw()
        self.refresh_keys()

    def _show_said(self, data: Read) -> None:
        """What was done a moment ago is said for as long as it is so."""
        self._show(data)
        self._said_of, self._to_be_said_of = self._state, False

    def done(self, sentence: str | None) -> None:
        """Say what was done, and read it again; nothing where nothing was."""
        if sentence:
            self._unread, self._said_of, self._to_be_said_of = False, None, True
            self.show_done(sentence)
            self._read()
