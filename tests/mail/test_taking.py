"""What a mail that came back does: the rules of acceptance, on both engines."""

from __future__ import annotations

from datetime import timedelta

import pytest

from clinic_tui import clock, notifications, outbox, settings
from clinic_tui.access import Viewer, blocked_among
from clinic_tui.config_mail import Smtp
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Patient
from clinic_tui.db.models.post import Invitation, Message, Reply
from clinic_tui.invitations import inviting, reviewing
from clinic_tui.mail import reading
from clinic_tui.mail.drain import drain
from clinic_tui.mail.taking import take
from tests.conftest import NOW
from tests.invitations.people import patient
from tests.mail.post_office import DESK, account, bounce_of, reply_to
from tests.servers.smtp import Received, SmtpServer

ADDRESS = "patient1@example.com"
OURS = "mx.practice.example"


class Desk:
    """One practice with one invitation out, and what its patient got."""

    def __init__(self, viewer: Viewer, smtp: SmtpServer) -> None:
        self.viewer = viewer
        self.smtp = smtp
        self.account: Smtp = account(smtp)
        self.patient_id = patient()
        self.invitation_id = inviting.invite(viewer, self.patient_id, hold=0).invitation_id
        self.received = self.post()

    def post(self) -> Received:
        """Send what is due; the last message."""
        import threading

        drain(self.account, "test", threading.Event())
        return self.smtp.messages[-1]

    def state(self, invitation_id: int | None = None) -> str:
        return str(Invitation.get(Invitation.id == (invitation_id or self.invitation_id)).state)

    def told(self) -> list[str]:
        return [row.kind for row in notifications.listing(self.viewer)]

    def take(self, text: str, *, sender: str | None = None, token: bool = True) -> str:
        return take(reply_to(self.received, text, sender=sender, token=token)).outcome

    def reply(self) -> Reply:
        return Reply.select().order_by(Reply.id.desc()).get()


@pytest.fixture
def desk(open_practice: Viewer, smtp: SmtpServer) -> Desk:
    return Desk(open_practice, smtp)


def test_accept_from_the_invited_address_with_the_token_is_an_acceptance(desk: Desk) -> None:
    raw = reply_to(desk.received, "accept.")
    assert take(raw) == ("accepted", "acceptance")
    assert desk.state() == "accepted"
    assert desk.told() == ["accepted"]
    assert take(raw).outcome == "known"
    assert desk.take("ACCEPT") == "noted"
    assert desk.told() == ["accepted"]
    assert desk.reply().body == ""


def test_the_address_is_compared_without_case(desk: Desk) -> None:
    assert desk.take("ACCEPT", sender="Joanna <PATIENT1@Example.COM>") == "accepted"


@pytest.mark.parametrize(
    ("text", "sender", "token"),
    [
        ("yes please", None, True),
        ("ACCEPT", "daughter@example.com", True),
        ("ACCEPT", None, False),
        ("NO", "daughter@example.com", True),
        ("NOT ME", None, False),
        ("I accept, but can I bring my dog?", None, True),
    ],
)
def test_whatever_else_a_person_wrote_needs_a_person(desk: Desk, text: str, sender: str | None, token: bool) -> None:
    assert desk.take(text, sender=sender, token=token) == "review"
    assert desk.state() == "sent"
    assert desk.told() == ["review"]
    reply = desk.reply()
    assert (reply.invitation_id, reply.body) == (desk.invitation_id, text)


def test_no_declines_and_tells_the_desk(desk: Desk) -> None:
    assert desk.take("NO") == "declined"
    assert (desk.state(), desk.told()) == ("declined", ["declined"])
    assert desk.take("no thanks") == "review"


@pytest.mark.parametrize("state", ["revoked", "expired"])
def test_no_to_a_closed_one_is_told_and_changes_nothing(desk: Desk, state: str) -> None:
    with transaction():
        Invitation.update(state=state).execute()
    assert desk.take("NO") == "noted"
    assert (desk.state(), desk.told()) == (state, ["declined"])
    assert state in desk.reply().why


def test_each_reason_for_a_person_is_its_own(desk: Desk) -> None:
    """A forged sender, another address, one that ran out, was revoked, or was resent elsewhere."""
    why = {}
    server = f"Authentication-Results: {OURS}; dmarc=fail header.from=example.com\n".encode()
    assert take(server + reply_to(desk.received, "ACCEPT"), authserv_id=OURS).outcome == "review"
    why["forged"] = desk.reply().why
    desk.take("ACCEPT", sender="daughter@example.com")
    why["address"] = desk.reply().why
    desk.take("ACCEPT", token=False)
    why["bare"] = desk.reply().why
    with clock.frozen_at(NOW + timedelta(days=20)):
        desk.take("ACCEPT now", sender="x@example.com")
        desk.take("Accept")
        why["expired"] = desk.reply().why
    inviting.resend(desk.viewer, desk.invitation_id, email="other@example.com", hold=0)
    desk.take("accept!")
    why["elsewhere"] = desk.reply().why
    with transaction():
        Invitation.update(state="revoked", superseded_by=None).execute()
    desk.take('"accept"')
    why["revoked"] = desk.reply().why
    assert len(set(why.values())) == len(why)
    assert "dmarc=fail" in why["forged"] and "run out" in why["expired"] and "revoked" in why["revoked"]
    assert desk.told() == ["review"] * 7


@pytest.mark.parametrize("trusted", [None, "mx.other.example"])
def test_results_of_a_server_that_is_not_ours_are_ignored(desk: Desk, trusted: str | None) -> None:
    forged = f"Authentication-Results: {OURS}; dmarc=fail\n".encode() + reply_to(desk.received, "ACCEPT")
    assert take(forged, authserv_id=trusted).outcome == "accepted"


def test_a_mail_that_breaks_its_reader_is_kept_aside_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = reply_to(desk.received, "ACCEPT", sender="x\x1b@example.com")

    def broken(_mail: object, _trusted: object) -> None:
        raise RecursionError

    monkeypatch.setattr(reading, "_read", broken)
    assert take(raw, folder="INBOX") == ("review", "unreadable")
    assert take(raw, folder="INBOX").outcome == "known"
    row = desk.reply()
    assert (row.kind, row.invitation_id, row.body) == ("unreadable", None, "")
    assert "INBOX" in row.why and "Re:" in row.subject
    assert (desk.told(), desk.state()) == (["review"], "sent")
    waiting = reviewing.waiting(desk.viewer)
    assert [(reply.id, reply.kind) for reply in waiting] == [(row.id, "unreadable")]
    reviewing.dismiss(desk.viewer, row.id)
    assert reviewing.waiting(desk.viewer) == []


def test_stop_ends_invitations_even_after_they_were_closed(desk: Desk) -> None:
    inviting.revoke(desk.viewer, desk.invitation_id)
    assert desk.take("STOP") == "stopped"
    assert Patient.get_by_id(desk.patient_id).communication == "phone"
    assert desk.told() == ["declined"]


def test_not_me_revokes_at_once_and_blocks_the_address(desk: Desk) -> None:
    assert desk.take("NOT ME") == "not_me"
    assert (desk.state(), desk.told()) == ("revoked", ["declined"])
    assert blocked_among([ADDRESS])


def test_not_me_takes_back_what_the_wrong_person_accepted(desk: Desk) -> None:
    desk.take("ACCEPT")
    assert desk.take("Not me!") == "not_me"
    assert desk.state() == "revoked"


def test_too_late_needs_a_person(desk: Desk) -> None:
    with clock.frozen_at(NOW + timedelta(days=20)):
        assert desk.take("ACCEPT") == "review"
        assert "run out" in desk.reply().why


def test_a_revoked_invitation_is_not_accepted(desk: Desk) -> None:
    inviting.revoke(desk.viewer, desk.invitation_id)
    assert desk.take("ACCEPT") == "review"
    assert desk.state() == "revoked"


def test_accept_to_a_superseded_one_accepts_the_newer(desk: Desk) -> None:
    newer = inviting.resend(desk.viewer, desk.invitation_id, hold=0).invitation_id
    desk.post()
    assert desk.take("ACCEPT") == "accepted"
    assert (desk.state(), desk.state(newer)) == ("superseded", "accepted")
    assert "superseded" in desk.reply().why


def test_accept_to_one_that_was_resent_elsewhere_needs_a_person(desk: Desk) -> None:
    newer = inviting.resend(desk.viewer, desk.invitation_id, email="other@example.com", hold=0).invitation_id
    desk.post()
    assert desk.take("ACCEPT") == "review"
    assert desk.state(newer) == "sent"


def test_an_answer_settles_what_was_in_doubt(desk: Desk) -> None:
    with transaction():
        Message.update(state="unconfirmed").execute()
        Invitation.update(state="unconfirmed").execute()
    assert desk.take("ACCEPT") == "accepted"
    assert Message.get(Message.kind == "invitation").state == "sent"


def test_an_answer_that_is_faster_than_its_sender_counts(desk: Desk) -> None:
    with transaction():
        Message.update(state="data", lease_until=NOW + timedelta(minutes=5)).execute()
        Invitation.update(state="queued", sent_at=None, expires_at=None).execute()
    message = Message.get(Message.kind == "invitation")
    assert desk.take("ACCEPT") == "accepted"
    assert not outbox.sent(outbox.Claim(message.id, message.fence), "250 late")


def test_a_bounce_closes_the_invitation_with_its_reason(desk: Desk) -> None:
    assert take(bounce_of(desk.received)).outcome == "bounced"
    assert (desk.state(), desk.told()) == ("bounced", ["bounced"])
    row = Invitation.get_by_id(desk.invitation_id)
    assert row.reason
    assert Message.get(Message.kind == "invitation").state == "bounced"


def test_a_delay_changes_nothing(desk: Desk) -> None:
    delayed = bounce_of(desk.received, status="4.2.2", said="452 4.2.2 Mailbox full")
    assert take(delayed).outcome == "noted"
    assert take(delayed.replace(b"Action: delayed", b"Action: failed")).outcome == "noted"
    assert (desk.state(), desk.told()) == ("sent", [])
    assert [row.why for row in Reply.select().order_by(Reply.id)] == [
        "They are still trying: mailbox full", "It came back, and may arrive another time: mailbox full",
    ]  # fmt: skip


def test_a_bounce_of_other_mail_to_the_address_is_not_taken_for_the_invitations(desk: Desk) -> None:
    raw = bounce_of(desk.received)
    own = {desk.received.message["Message-ID"]: "<other@example.org>", desk.received.message["Reply-To"]: DESK}
    for ours, other in own.items():
        raw = raw.replace(str(ours).encode(), other.encode())
    raw = raw.replace(desk.received.envelope_from.encode(), DESK.encode())
    assert take(raw).outcome == "review"
    assert desk.state() == "sent"


def test_steps_that_bounce_are_told(desk: Desk) -> None:
    settings.change(desk.viewer, "patient_access.identity_check", False)
    desk.take("ACCEPT")
    steps = desk.post()
    assert steps.message["Message-ID"] != desk.received.message["Message-ID"]
    assert take(bounce_of(steps)).outcome == "bounced"
    assert desk.state() == "accepted"
    assert "bounced" in desk.told()


def test_an_answer_by_way_of_a_list_is_not_lost(desk: Desk) -> None:
    listed = b"List-Id: <desk.practice.example>\nPrecedence: list\n"
    assert take(listed + reply_to(desk.received, "ACCEPT", sender="news@example.net")).outcome == "noted"
    assert take(listed + reply_to(desk.received, "ACCEPT")) == ("review", "other")
    assert (desk.state(), desk.told()) == ("sent", ["review"])
    assert "list" in desk.reply().why


def test_an_automatic_reply_is_noted_without_its_text(desk: Desk) -> None:
    raw = reply_to(desk.received, "I am in hospital until Friday.")
    raw = b"Auto-Submitted: auto-replied\n" + raw
    assert take(raw) == ("noted", "auto_reply")
    assert (desk.state(), desk.told(), desk.reply().body) == ("sent", [], "")


ORDINARY = [
    b"From: friend@example.net\nTo: desk@example.org\nSubject: Lunch\n\nACCEPT\n",
    b"From: news@example.net\nTo: desk@example.org\nList-Id: <n>\nSubject: News\n\nNO\n",
    b"From: friend@example.net\nAuto-Submitted: auto-replied\nSubject: Away\n\nAway\n",
    b"From: mailer-daemon@example.net\nSubject: Undelivered\n\n<somebody@example.org>: user unknown\n",
    b"From: x@example.net\nTo: desk+abcdefghijklmnopqrstuvwxyz@example.org\nSubject: x\n\nACCEPT\n",
    b"",
    b"\x00\xff" * 200,
]


@pytest.mark.parametrize("raw", ORDINARY)
def test_ordinary_mail_leaves_no_row(desk: Desk, raw: bytes) -> None:
    assert take(raw).outcome == "nothing"
    assert Reply.select().count() == 0
    assert desk.told() == []


def test_mail_of_a_patient_whose_invitation_is_closed_is_ordinary(desk: Desk) -> None:
    desk.take("ACCEPT")
    rows = Reply.select().count()
    assert desk.take("My results, please?", token=False) == "nothing"
    assert Reply.select().count() == rows


def test_our_own_message_in_the_mailbox_is_no_reply(desk: Desk) -> None:
    assert take(desk.received.data).outcome == "nothing"
    assert Reply.select().count() == 0


def test_an_address_that_several_were_invited_at_is_not_guessed_about(desk: Desk) -> None:
    other = patient("2", "Bobby", email=ADDRESS)
    inviting.invite(desk.viewer, other, hold=0)
    desk.post()
    assert desk.take("ACCEPT", token=False) == "review"
    assert desk.reply().invitation_id is None
    assert desk.take("ACCEPT") == "accepted"
    assert desk.state() == "accepted"
    assert Invitation.get(Invitation.patient == other).state == "sent"


def test_what_a_stranger_wrote_is_kept_clean(desk: Desk) -> None:
    assert desk.take("see \x1b]52;c;x\x07 this \u202eevil") == "review"
    assert "\x1b" not in desk.reply().body
    assert "\u202e" not in desk.reply().body
