"""The practice's settings: one schema that documents itself, kept in the database.

Settings > General > Patient Access is the group `patient_access`; the bridge (design, section 4) is `portal`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import database, is_postgres, session, transaction
from clinic_tui.db.models.practice import Setting as Row
from clinic_tui.errors import FieldError, Stale
from clinic_tui.text import clean

Value = str | int | bool
_LOCK = 7_340_413  # PostgreSQL's advisory lock for changing a setting: one at a time


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting: name, label on screen, what it is when nobody set it, what it means. `words`: its only values."""

    name: str
    label: str
    default: Value
    about: str
    words: tuple[str, ...] = ()
    low: int = 0
    high: int = 0
    check: Callable[[str], str] | None = None

    def read(self, text: Value) -> Value:
        """The value that `text` says. Raises FieldError with what it may be."""
        if isinstance(self.default, bool):
            word = str(text).strip().lower()
            if word in ("on", "yes", "true", "1", "enabled"):
                return True
            if word in ("off", "no", "false", "0", "disabled"):
                return False
            raise FieldError(self.name, f"{self.name} is on or off, not {clean(str(text), 40)!r}.")
        if isinstance(self.default, int):
            try:
                number = int(text)
            except ValueError:
                number = self.low - 1
            if not self.low <= number <= self.high:
                raise FieldError(self.name, f"{self.name} is a number from {self.low} to {self.high}.")
            return number
        value = " ".join(clean(str(text)).split())
        if self.words and value.lower() not in self.words:
            raise FieldError(self.name, f"{self.name} is one of: {', '.join(self.words)}.")
        if self.words:
            return value.lower()
        if len(value) > 200:
            raise FieldError(self.name, f"{self.name} holds at most 200 characters.")
        return self.check(value) if self.check and value else value


def _https(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme == "https" and bool(parts.hostname) and " " not in value
    except ValueError:  # a bracket that is not closed
        good = False
    if not good:
        raise FieldError("portal.url", "The portal's address begins with https:// and names a host.")
    return value


def _printer(value: str) -> str:
    if not _PRINTER.fullmatch(value):
        raise FieldError("desk.printer", "A printer's name is one word.", "lpstat -e lists the names of this host.")
    return value


# No space, and no dash to begin with: lp would take it for an option.
_PRINTER = re.compile(r"\w[\w.+@-]{0,126}(?:/\w[\w.+-]{0,60})?", re.ASCII)
_OFFER = ("portal", "reply", "no")
_IN_PORTAL = ("portal", "no")
_TEN_YEARS = 3_650

SCHEMA: tuple[Setting, ...] = (
    Setting("practice.name", "Practice", "", "The practice, as patients know it."),
    Setting("practice.phone", "Phone", "", "The number that patients ring, with codes or questions."),
    Setting("practice.hours", "Hours", "", "When somebody answers it, such as: weekdays 8 to 6."),
    Setting("portal.name", "Portal", "", "What the practice's portal is called."),
    Setting("portal.url", "Address", "", "Where patients open it: an https address.", check=_https),
    Setting("portal.register", "How one registers", "desk",
            "How one registers: with one's own e-mail, the portal's code, or at the desk.",
            words=("email", "code", "desk")),
    Setting("portal.appointments", "Appointments", "no",
            "Appointments: in the portal, by phone or reply, or not offered.", words=_OFFER),
    Setting("portal.invoices", "Invoices", "no",
            "Invoices: in the portal, by phone or reply, or not offered.", words=_OFFER),
    Setting("portal.records", "Shared clinical records", "no",
            "Shared clinical records: in the portal, or not offered.", words=_IN_PORTAL),
    Setting("portal.health", "Health tracking", "no",
            "Health tracking: in the portal, or not offered.", words=_IN_PORTAL),
    Setting("patient_access.invitations", "Invite to the portal", True,
            "Whether patients may be invited to the portal at all."),
    Setting("patient_access.identity_check", "Identity check", True,
            "Whether the desk checks who accepted before the set-up steps go out."),
    Setting("patient_access.expires_days", "Expires after, in days", 7,
            "How many days from sending an invitation can be accepted.", low=1, high=30),
    Setting("patient_access.hold_seconds", "Hold, in seconds", 120,
            "How many seconds an invitation waits, so that it can be taken back.", low=0, high=86_400),
    Setting("patient_access.bulk_hold_seconds", "Hold in bulk, in seconds", 900,
            "The same for invitations made in bulk.", low=0, high=86_400),
    Setting("patient_access.first_wait_seconds", "Wait after the first 50, in seconds", 120,
            "How long a bulk invitation waits whether its first 50 come back, before the rest goes.",
            low=0, high=86_400),
    Setting("patient_access.own_age", "Age of own invitation", 16,
            "Patients under this age are invited through a guardian; 0: nobody is a minor.", low=0, high=25),
    Setting("patient_access.personal", "Personal messages", False,
            "Whether messages greet patients by name; neutral where off."),
    Setting("patient_access.reminders", "Reminders", 0,
            "How many reminders a patient gets who has not answered; 0: none.", low=0, high=3),
    Setting("patient_access.remind_after_days", "Reminder after, in days", 3,
            "How many days after the invitation, and after a reminder, the next one goes.", low=1, high=14),
    Setting("patient_access.remind_from", "Reminders from, o'clock", 9,
            "From which hour of the day reminders go, on the clock of the practice's host.", low=6, high=12),
    Setting("patient_access.remind_to", "Reminders until, o'clock", 18,
            "Until which hour they go; what falls due later goes in the morning.", low=13, high=22),
    Setting("patient_access.notified", "Notifications", "all",
            "Of which patients people are notified: all in reach, own (practitioners only of their own), or none.",
            words=("all", "own", "none")),
    Setting("desk.blank_minutes", "Blank the screen after, in minutes", 5,
            "After how many minutes without a key the screen is blanked; 0 for never.", low=0, high=240),
    Setting("desk.leave_minutes", "Leave after, in minutes", 30,
            "After how many minutes without a key the app leaves; 0 for never.", low=0, high=1_440),
    Setting("desk.printer", "Printer for slips", "",
            "The host's printer that slips are printed on, as lpstat -e names it; empty: slips are only shown.",
            check=_printer),
    Setting("mail.plus_addresses", "Plus addresses", True, "Whether the mailbox takes desk+word@ addresses."),
    Setting("mail.per_minute", "Messages a minute", 0,
            "How many messages the account sends in a minute at most; 0: as many as the server takes.",
            low=0, high=100_000),
    Setting("mail.per_day", "Messages a day", 0,
            "How many it sends in 24 hours at most, as providers limit it; 0: no limit.", low=0, high=10_000_000),
    Setting("mail.per_domain_minute", "A minute to one domain", 0,
            "How many of them go to addresses of one domain in a minute at most; 0: as many as come.",
            low=0, high=100_000),
    Setting("retention.texts_days", "Texts sent, in days", 0,
            "For how many days the texts that were sent are kept; 0: for good.", low=0, high=_TEN_YEARS),
    Setting("retention.replies_days", "Replies, in days", 0,
            "For how many days it is kept who replied and what they wrote, once it was dealt with; 0: for good.",
            low=0, high=_TEN_YEARS),
    Setting("retention.invitations_days", "Closed invitations, in days", 0,
            "For how many days a closed invitation keeps its custom message and what mail servers said; 0: for good.",
            low=0, high=_TEN_YEARS),
    Setting("retention.notifications_days", "Notifications, in days", 60,
            "For how many days archived notifications are kept; 0: for good.", low=0, high=_TEN_YEARS),
    Setting("retention.imports_days", "Imports' rows, in days", 0,
            "For how many days an import's refused rows are kept, and what is needed to undo it; 0: for good.",
            low=0, high=_TEN_YEARS),
    Setting("retention.log_days", "The log, in days", 0,
            "For how many days the log's lines are kept, besides its size; 0: as long as there is room.",
            low=0, high=_TEN_YEARS),
)  # fmt: skip
BY_NAME: Mapping[str, Setting] = {setting.name: setting for setting in SCHEMA}


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings as they stood when read: `settings["portal.name"]`."""

    values: Mapping[str, Value]

    def __getitem__(self, name: str) -> Value:
        return self.values.get(name, BY_NAME[name].default)

    def text(self, name: str) -> str:
        """A setting that is text."""
        return str(self[name])

    def number(self, name: str) -> int:
        """A setting that is a number."""
        return int(self[name])

    def on(self, name: str) -> bool:
        """A setting that is on or off."""
        return bool(self[name])

    @property
    def anything_offered(self) -> bool:
        """Whether the portal offers at least one of the four services in itself."""
        return "portal" in (self[f"portal.{service}"] for service in ("appointments", "invoices", "records", "health"))


def load(_viewer: Viewer) -> Settings:
    """The practice's settings; every staff member may read them."""
    with session():
        rows = list(Row.select(Row.name, Row.value))
    return Settings({row.name: row.value for row in rows if row.name in BY_NAME})


def change(viewer: Viewer, name: str, text: Value, *, seen: Value | None = None) -> Value:
    """Set one setting to what `text` says, for owners; the change is in the history. Raises FieldError.

    `seen`: the value that it had when it was read; Stale is raised where somebody set it to another one meanwhile,
    unless that is the one that is wanted.
    """
    viewer.need("owner")
    setting = BY_NAME.get(name)
    if setting is None:
        raise FieldError(name, f"There is no setting {clean(name, 40)!r}.", "clinic-tui settings lists them all.")
    value = setting.read(text)
    with transaction():
        if is_postgres():  # a setting that nobody has set has no row to lock
            database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (_LOCK,))
        before = load(viewer)[name]
        if before != value:
            if seen is not None and before != seen:
                raise _stale(name, before)
            _store(viewer, name, value)
            history.record(viewer, "setting", name=name, before=before, after=value)
    return value


def _stale(name: str, theirs: Value) -> Stale:
    who = Row.select(Row.changed_by).where(Row.name == name).scalar()
    return Stale(
        f"{clean(str(who), 40)} changed {BY_NAME[name].label!r} meanwhile.",
        "Nothing is lost: store again to put yours in its place.",
        theirs,
    )


def seed(viewer: Viewer, values: Mapping[str, Value]) -> None:
    """Set what nobody has set yet, from the config file on the first run."""
    with transaction():
        known = {row.name for row in Row.select(Row.name)}
        for name, text in values.items():
            if name not in known:
                _store(viewer, name, BY_NAME[name].read(text))


def _store(viewer: Viewer, name: str, value: Value) -> None:
    row = {"name": name, "value": value, "changed_at": now(), "changed_by": viewer.login}
    update = {Row.value: value, Row.changed_at: row["changed_at"], Row.changed_by: viewer.login}
    Row.insert(row).on_conflict(conflict_target=[Row.name], update=update).execute()
