"""Sending notices: few and plain, through the same sender as everything else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from clinic_tui import settings
from clinic_tui.access import Viewer
from clinic_tui.errors import ClinicError, DatabaseLost
from clinic_tui.mail.sender import Sender
from clinic_tui.messages.mime import notice_mail
from clinic_tui.outbox import notices

if TYPE_CHECKING:
    from clinic_tui.config_mail import Smtp

_SYSTEM = Viewer.system()


def send(account: Smtp) -> str | None:
    """Send the notices that are due; a sentence where the server could not be reached. Raises DatabaseLost."""
    waiting = notices.due()
    if not waiting:
        return None
    practice = settings.load(_SYSTEM).text("practice.name")
    sender = Sender(account)
    try:
        for notice in waiting:
            mail = notice_mail(notice, practice=practice, sender=account.sender)
            try:
                sent = sender.deliver(account.sender, notice.address, mail, lambda key=notice.id: notices.begin(key))  # type: ignore[misc]
            except DatabaseLost:
                raise
            except ClinicError as error:
                notices.settle(notice.id, "deferred", str(error))
                return str(error)
            if sent.fate != "abandoned":
                notices.settle(notice.id, sent.fate, sent.answer)
    finally:
        sender.close()
    return None
