"""Patients for the tests of rules, written straight into the tables."""

from __future__ import annotations

from typing import Any

from clinic_tui import outbox, text
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Patient

DESK = "desk@example.org"


def patient(number: str = "1", given: str = "Joanna", family: str = "Smith", **more: Any) -> int:
    """A patient with an e-mail address of their own; its id."""
    email = more.pop("email", f"patient{number}@example.com")
    with transaction():
        row = Patient.create(
            number=number,
            given=given,
            family=family,
            sort_name=text.fold(f"{family} {given}"),
            email=email,
            email_fold=email and text.fold_email(email),
            **more,
        )
    return int(row.id)


def begin(claimed: outbox.Claim) -> None:
    """The message that was claimed, up to the moment right before its body goes."""
    envelope = outbox.prepare(claimed, DESK)
    assert envelope is not None
    assert outbox.begin([envelope])


def send_all(answer: str = "250 ok") -> list[outbox.Envelope]:
    """Take every message that is due through the states of a server that accepts it."""
    envelopes = []
    for claimed in outbox.claim("test", 100):
        envelope = outbox.prepare(claimed, DESK)
        if envelope is not None:
            assert outbox.begin([envelope])
            assert outbox.sent(claimed, answer)
            envelopes.append(envelope)
    return envelopes


def plain(envelope: outbox.Envelope) -> str:
    """The plain part of a mail, as the patient reads it."""
    part = envelope.mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())
