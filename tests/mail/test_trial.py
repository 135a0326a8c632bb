"""A test message goes to oneself, at once, and to nobody else, whatever happens to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from clinic_tui import clock, history, outbox, trial
from clinic_tui.access import Viewer
from clinic_tui.config import Config
from clinic_tui.db.models.practice import Notice
from clinic_tui.errors import ConfigError, FieldError, MailError, NotAllowed, NotFound
from clinic_tui.mail.sync import run_once
from clinic_tui.messages import templates
from clinic_tui.messages.gather import MASKED_CODE
from tests.conftest import NOW
from tests.invitations.people import patient
from tests.mail.post_office import DESK, config
from tests.servers.faults import Fault
from tests.servers.smtp import Received, SmtpServer

OWN = "bea@example.org"


@pytest.fixture
def bea(open_practice: Viewer) -> Viewer:
    """A staff member with an address."""
    return replace(open_practice, login="bea", role="front-desk", staff_email=OWN)


def parts(received: Received) -> tuple[str, str]:
    """The plain and the HTML part."""
    plain, html = (received.message.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    return str(plain.get_content()), "" if html is None else str(html.get_content())


def test_a_template_goes_to_ones_own_address_with_code_and_reference_masked(
    bea: Viewer, conf: Config, smtp: SmtpServer
) -> None:
    row = templates.by_name(bea, "Reminder")
    tried = trial.of_template(conf, bea, row)
    assert tried.sentence.startswith(f"A test message went to {OWN}. The mail server said: 250")
    (mail,) = smtp.messages
    assert mail.recipients == (OWN,)
    assert mail.message["To"] == OWN
    assert mail.message["Auto-Submitted"] == "auto-generated"
    assert mail.message["Subject"].startswith("Test: Your invitation")
    text, html = parts(mail)
    for part in (text, html):
        assert "This is a reminder." in part
        assert MASKED_CODE in part
    (kept,) = Notice.select()
    assert (kept.kind, kept.state, kept.subject, kept.body) == ("test", "sent", "", "")
    line = history.latest(Viewer.system(), 1)[0]
    assert (line.action, line.login, line.detail) == ("test message", "bea", {"template": "Reminder"})


def test_without_an_address_of_ones_own_it_goes_to_the_practices(
    open_practice: Viewer, conf: Config, smtp: SmtpServer
) -> None:
    assert trial.plain(conf, open_practice).sent
    assert [mail.recipients for mail in smtp.messages] == [(DESK,)]
    assert "the program can send mail" in parts(smtp.messages[0])[0]
    assert run_once(conf).numbers()["review"] == 0


def test_as_a_patient_would_get_it_and_in_another_language(bea: Viewer, conf: Config, smtp: SmtpServer) -> None:
    row = templates.add(bea, "invitation", "Ours", "en", "Hello", "Dear [Patient First Name], see [Practitioner Name].")
    tried = trial.of_template(conf, bea, row, patient_id=patient(), language="German")
    assert tried.missing is not None
    assert "[Practitioner Name] has no value in it." in tried.sentence
    text, _ = parts(smtp.messages[0])
    assert "Dear Joanna, see [Practitioner Name]." in text
    assert "Drücken Sie auf Antworten" in text
    assert smtp.messages[0].recipients == (OWN,), "never the patient"
    with pytest.raises(FieldError):
        trial.of_template(conf, bea, row, language="Klingon")
    with pytest.raises(NotFound):
        trial.of_template(conf, replace(bea, scope=frozenset({9})), row, patient_id=1)
    with pytest.raises(NotAllowed):
        trial.of_template(conf, replace(bea, names_hidden=True), row, patient_id=1)
    assert len(smtp.messages) == 1
    assert trial.of_template(conf, replace(bea, names_hidden=True), row).sent, "about nobody"
    assert "Dear Alex, see Dr Sample." in parts(smtp.messages[1])[0]


@pytest.mark.parametrize(
    ("fault", "state", "said"),
    [
        (Fault("rcpt", "550 5.1.1 No such user"), "failed", "550 5.1.1 No such user"),
        (Fault("rcpt", "451 4.3.0 Later"), "failed", "451 4.3.0 Later"),
        (Fault("mail", "530 5.7.0 Log in"), "failed", "530 5.7.0 Log in"),
        (Fault("accepted", action="drop"), "unconfirmed", "closed the connection after"),
    ],
)
def test_what_goes_wrong_is_said_and_it_never_goes_later(
    bea: Viewer, conf: Config, smtp: SmtpServer, fault: Fault, state: str, said: str
) -> None:
    smtp.faults.add(fault)
    tried = trial.plain(conf, bea)
    assert not tried.sent
    assert said in tried.sentence
    assert OWN in tried.sentence
    assert [row.state for row in Notice.select()] == [state]
    smtp.faults.clear()
    arrived = len(smtp.messages)
    with clock.frozen_at(NOW + timedelta(days=1)):
        run_once(conf)
    assert len(smtp.messages) == arrived
    assert outbox.paused_reason() is None, "a test pauses nothing"


def test_it_is_tried_even_while_the_outbox_is_paused(bea: Viewer, conf: Config, smtp: SmtpServer) -> None:
    outbox.pause(bea)
    assert trial.plain(conf, bea).sent


def test_no_server_is_an_error_with_a_sentence(
    bea: Viewer, conf: Config, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("bare")
    with pytest.raises(ConfigError):
        trial.plain(config(conf.database, folder), bea)
    assert conf.smtp is not None
    with pytest.raises(MailError):
        trial.plain(config(conf.database, folder, replace(conf.smtp, port=9)), bea)
    assert [row.state for row in Notice.select()] == ["failed"]
