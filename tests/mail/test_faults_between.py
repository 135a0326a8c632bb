"""Every fault met by the second of three messages on one line, through the outbox: the others are not harmed.

The server takes one command at a time, or groups of them: then the second was begun with the body of the first.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_tui import clock, outbox
from clinic_tui.access import Viewer
from clinic_tui.config_mail import Security
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.invitations import codes, inviting
from clinic_tui.mail.drain import drain
from tests.conftest import NOW
from tests.invitations.people import patient
from tests.mail.fault_table import CODES, FAULTS, LOST, PHASES, TLS_CUT, fault_of
from tests.mail.post_office import account
from tests.servers import certificates
from tests.servers.faults import Phase
from tests.servers.smtp import SmtpServer

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
OF_A_MESSAGE = PHASES[PHASES.index("mail") :]
LATER = timedelta(days=1)


def due(fault: str, phase: Phase) -> tuple[str, str]:
    """What becomes of the one that meets the fault, and of the one behind it."""
    if fault in LOST or fault == TLS_CUT:
        return ("unconfirmed" if phase in ("body", "accepted") else "deferred"), "sent"
    if fault == "454" or (phase == "mail" and fault.startswith("5")):
        return "queued", "queued"  # all is paused
    if fault == "421":
        return "deferred", "queued"  # the server wants to be left alone
    return ("failed" if fault.startswith("5") else "deferred"), "sent"


def faults_at(phase: Phase) -> Iterator[str]:
    for fault in FAULTS:
        if phase != "accepted" or fault not in CODES:  # who has taken it and says otherwise gets it again
            yield fault


@pytest.fixture(params=[False, True], ids=["one by one", "in groups"])
def groups(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


@pytest.mark.parametrize("phase", OF_A_MESSAGE)
def test_a_fault_between_two_others_harms_neither(
    open_practice: Viewer, tmp_path: Path, groups: bool, phase: Phase, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates.ca_file()))
    wrong = []
    security: Security
    for security in ("none", "tls"):
        with SmtpServer(groups=groups, security=security) as server:
            for fault in faults_at(phase):
                if (fault == TLS_CUT) == (security == "tls"):
                    wrong += tried(open_practice, server, security, fault, phase)
    assert wrong == []


def tried(viewer: Viewer, server: SmtpServer, security: Security, fault: str, phase: Phase) -> list[str]:
    """Send three, the second with the fault; then, a day later, whatever waits. What is not as it has to be."""
    server.clear()
    made = [invited(viewer) for _ in range(3)]
    server.faults.add(fault_of(fault, phase, made[1].token if phase == "mail" else made[1].to))
    to = account(server, security=security, timeout=1 if fault in ("stall", "drip") else 10)
    drain(to, "between", threading.Event())
    met = states(made)
    server.faults.clear()
    outbox.resume(viewer)
    with clock.frozen_at(NOW + LATER):
        drain(to, "between", threading.Event())
    server.drop_clients()
    becomes, behind = due(fault, phase)
    finally_ = becomes if becomes in ("failed", "unconfirmed") else "sent"
    copies = [sum(one.to in had.recipients for had in server.messages) for one in made]
    expected = (
        ["sent", becomes, behind],
        ["sent", finally_, "sent"],
        [1, int(finally_ == "sent" or phase == "accepted"), 1],
    )
    found = (met, states(made), copies)
    return [] if found == expected else [f"{fault} at {phase}: {found}, not {expected}"]


class Made:
    """A message that waits, and how the server's faults know it."""

    def __init__(self, number: int, invitation: Invitation) -> None:
        self.id, self.to = number, invitation.email
        self.token = codes.token(invitation.ref, invitation.key_id)  # in the sender's address, so at MAIL


def invited(viewer: Viewer) -> Made:
    number = str(Message.select().count() + 1)
    key = inviting.invite(viewer, patient(number, email=f"{number}.patient@example.net"), hold=0).invitation_id
    return Made(Message.get(Message.invitation == key).id, Invitation.get_by_id(key))


def states(made: list[Made]) -> list[str]:
    return [Message.get_by_id(one.id).state for one in made]
