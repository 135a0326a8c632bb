"""A test message to oneself: a template's, or a plain one. It goes at once, to one's own address and to no other.

One's own address is the one that an owner gave the staff member, else the practice's From. Code and reference are
masked, so that nothing can be accepted by it. One that does not go now never goes: nobody is surprised by it later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from clinic_tui import history, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.errors import ClinicError, FieldError, MailAway, MailError
from clinic_tui.text import clean

if TYPE_CHECKING:
    from clinic_tui.config import Config
    from clinic_tui.messages.compose import Composed
    from clinic_tui.messages.gather import Unresolved
    from clinic_tui.messages.templates import TemplateRow


class Tried(NamedTuple):
    """What became of it. `missing`: a term without a value, which stands in the message in its brackets."""

    address: str
    sent: bool
    answer: str
    missing: Unresolved | None = None

    @property
    def sentence(self) -> str:
        """What happened, to which address."""
        to = clean(self.address, 100)
        if not self.sent:
            return f"The test message to {to} was not sent for certain: {self.answer}"
        term = f" {self.missing.term} has no value in it." if self.missing is not None else ""
        return f"A test message went to {to}.{term} The mail server said: {self.answer}"


def of_template(
    config: Config, viewer: Viewer, row: TemplateRow, *, language: str | None = None, patient_id: int | None = None
) -> Tried:
    """Send what the template says, to this patient or to one who is made up; `language`: what must always be said is
    in this one, not in the template's.

    Raises FieldError on language, NotFound, NotAllowed, ConfigError where no server is named, MailError where it cannot
    be reached.
    """
    from clinic_tui.messages import gather
    from clinic_tui.messages.choosing import words_of
    from clinic_tui.messages.languages import LANGUAGES, language_of

    words = words_of(row)
    if language is not None:
        code = language_of(language)
        if code is None:
            raise FieldError("language", f"Messages can be written in: {', '.join(LANGUAGES)}.", "Take one of these.")
        words = words._replace(language=code)
    if patient_id is None:
        composed, missing = gather.sample(viewer, kind=row.kind, words=words)
    else:
        composed, missing = gather.preview(viewer, patient_id, kind=row.kind, words=words)
    return _send(config, viewer, composed, missing, row.name, patient_id)


def plain(config: Config, viewer: Viewer) -> Tried:
    """Send a few words, to see that mail goes out and arrives. Raises as `of_template` does."""
    from clinic_tui.messages.compose import Composed

    practice = settings.load(viewer).text("practice.name") or "Your practice"
    text = (
        f"This is a test message of {practice}.\n\nIf you read it, the program can send mail. If it lies among what "
        "your mail program takes for spam, messages to patients will, too: ask whoever looks after your domain.\n"
    )
    return _send(config, viewer, Composed(practice, text, ""), None, None, None)


def _send(
    config: Config,
    viewer: Viewer,
    composed: Composed,
    missing: Unresolved | None,
    template: str | None,
    patient_id: int | None,
) -> Tried:
    from clinic_tui.mail.sender import Sender
    from clinic_tui.messages.mime import notice_mail
    from clinic_tui.outbox import notices

    viewer.need("owner", "practitioner", "front-desk")
    account = config.need_smtp()
    address = (viewer.staff_email or "").strip() or account.sender
    with transaction():
        notice = notices.begin_test(address, f"Test: {composed.subject}", composed.text)
        history.record(viewer, "test message", patient=patient_id, template=template)
    practice = settings.load(viewer).text("practice.name")
    mail = notice_mail(notice, practice=practice, sender=account.sender, html=composed.html)
    sender = Sender(account)
    try:
        delivery = sender.deliver(account.sender, address, mail, lambda: True)
    except MailAway as error:
        notices.settle(notice.id, "failed", error.once)
        raise MailError(error.once) from error
    except ClinicError as error:
        notices.settle(notice.id, "failed", str(error))
        raise
    finally:
        sender.close()
    notices.settle(notice.id, delivery.fate, delivery.answer)
    return Tried(address, delivery.fate == "sent", delivery.answer, missing)
