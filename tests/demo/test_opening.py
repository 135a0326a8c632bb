"""The sample practice opened: every state is there to be seen, and it is kept, shared or refused as it should be."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from clinic_tui import history, notifications, outbox
from clinic_tui.clock import now
from clinic_tui.demo import open_demo
from clinic_tui.errors import ClinicError
from clinic_tui.invitations import inviting, reading, reviewing
from clinic_tui.invitations.states import portal_key
from clinic_tui.patients import lookup, profile

SECONDS = 60


def test_every_state_of_a_patient_and_an_invitation_is_there(tmp_path: Path) -> None:
    with open_demo(directory=tmp_path / "demo") as demo:
        rows = lookup.search(demo.viewer, "", 300).rows
        assert {portal_key(row.portal, row.portal_until) for row in rows} >= {
            "not_invited", "invited", "expires_soon", "unconfirmed", "failed", "bounced", "accepted_check", "accepted",
            "declined", "expired", "active", "disabled",
        }  # fmt: skip
        assert {row.state for row in reading.listing(demo.viewer)} >= {
            "sent", "unconfirmed", "failed", "bounced", "accepted", "declined", "expired", "revoked",
        }  # fmt: skip
        assert {row.kind for row in notifications.listing(demo.viewer, shelf="all")} >= {
            "accepted", "declined", "bounced", "failed", "unconfirmed", "review",
        }  # fmt: skip
        assert len(reviewing.waiting(demo.viewer)) == 2
        assert outbox.counts(demo.viewer).queued == 0
        for row in reading.listing(demo.viewer):
            assert row.created_at < now(), "the past is past"
        assert any(event.action == "invite" and event.login == demo.login for event in history.latest(demo.viewer))


def test_appointments_are_near_whenever_it_is_opened(tmp_path: Path) -> None:
    with open_demo(directory=tmp_path / "demo") as demo:
        john = profile.read(demo.viewer, lookup.search(demo.viewer, "000103").rows[0].id)
        assert john.next_visit is not None
        assert 0 < (john.next_visit - now()).days + 1 <= 6
        mia = profile.read(demo.viewer, lookup.search(demo.viewer, "mia brennan").rows[0].id)
        assert [contact.is_guardian for contact in mia.contacts] == [True]


def test_a_kept_practice_opens_as_it_was_left(tmp_path: Path) -> None:
    with open_demo(60, tmp_path / "demo") as demo:
        joel = lookup.search(demo.viewer, "joel smithers").rows[0]
        inviting.invite(demo.viewer, joel.id, hold=3600)
        letters = [message.id for message in demo.post.received()]
        first = demo.config.smtp
    with open_demo(None, tmp_path / "demo") as demo:
        assert demo.patients == lookup.count(demo.viewer, "") == 60
        assert lookup.search(demo.viewer, "joel smithers").rows[0].portal == "queued"
        assert [message.id for message in demo.post.received()] == letters
        assert first is not None
        assert demo.config.smtp is not None
        assert demo.config.smtp.host == first.host == "127.0.0.1"


def test_what_somebody_added_to_its_config_stays(tmp_path: Path) -> None:
    config = tmp_path / "demo" / "config.toml"
    with open_demo(5, tmp_path / "demo"):
        pass
    with config.open("a", encoding="utf-8") as file:
        file.write('[keys]\npreset = "vim"\n')
    for _ in range(2):
        with open_demo(None, tmp_path / "demo") as demo:
            assert demo.config.keys == {"preset": "vim"}
            assert demo.config.smtp is not None
    assert config.read_text(encoding="utf-8").count("[keys]") == 2, "once in the comment above it, once as a section"


def test_one_at_a_time(tmp_path: Path) -> None:
    with (
        open_demo(3, tmp_path / "demo"),
        pytest.raises(ClinicError, match="open already"),
        open_demo(3, tmp_path / "demo"),
    ):
        raise AssertionError("opened twice")


def test_what_was_stopped_half_made_is_made_anew(tmp_path: Path) -> None:
    class Stopped(Exception):
        pass

    def stop(_done: int) -> None:
        raise Stopped

    with pytest.raises(Stopped), open_demo(20, tmp_path / "demo", stop):
        raise AssertionError("it was not stopped")
    with open_demo(30, tmp_path / "demo") as demo:
        assert lookup.count(demo.viewer, "") == 30


def test_mail_is_worked_in_the_background_and_no_thread_stays(tmp_path: Path) -> None:
    before = set(threading.enumerate())
    with open_demo(directory=tmp_path / "demo") as demo:
        joel = lookup.search(demo.viewer, "joel smithers").rows[0]
        with demo.syncing(0.02):
            invited = inviting.invite(demo.viewer, joel.id, hold=0)
            deadline = time.monotonic() + SECONDS
            while not demo.post.received(invited.email):
                assert time.monotonic() < deadline
                time.sleep(0.01)
            demo.post.answer(demo.post.received(invited.email)[0].id, "accept")
            while reading.one(demo.viewer, invited.invitation_id).state != "accepted":
                assert time.monotonic() < deadline
                time.sleep(0.01)
    assert set(threading.enumerate()) == before
