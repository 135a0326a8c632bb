"""What is kept no longer than is wanted: only that, once a day, and the history stays whole."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from clinic_tui import access, clock, history, notifications, retention, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.post import Invitation, Message, Reply, SentText
from clinic_tui.db.models.practice import ImportSaid
from clinic_tui.errors import ClinicError
from clinic_tui.imports import batches
from clinic_tui.imports.run import import_csv
from clinic_tui.imports.undo import undo
from clinic_tui.invitations import accepting, answering, codes, inviting, reading
from clinic_tui.retention import Purged
from tests.conftest import NOW
from tests.invitations.people import patient, send_all
from tests.screens import story

LATER = NOW + timedelta(days=40)
NAMES = ("texts", "replies", "invitations", "notifications")


@pytest.fixture
def desk(practice: Viewer, tmp_path: Path) -> Iterator[Viewer]:
    """Invitations of 40 days ago: one declined, one accepted that waits for its steps, one that is out again today,
    each with a reply; whatever is old enough is kept for 30 days. The clock stands at LATER.
    """
    codes.use_key_file(tmp_path / "clinic.key")
    for name in NAMES:
        settings.change(practice, f"retention.{name}_days", 30)
    no, yes, again = (
        inviting.invite(practice, patient(str(number)), hold=0, custom_message=f"For {number}.").invitation_id
        for number in (1, 2, 3)
    )
    send_all()
    for one in (no, yes, again):
        story.reply(one, "I wrote this", outcome="noted" if one != again else "review")
    answering.decline(no)
    accepting.accept_at_desk(practice, yes)
    answering.bounce(again, "no such user")
    notifications.archive_all(practice)
    with clock.frozen_at(LATER):
        inviting.resend(practice, again, email="patient3@example.com", hold=0)
        send_all()
        yield practice


def kept() -> list[int]:
    with session():
        return [
            SentText.select().count(), Reply.select().where(Reply.body != "").count(),
            Invitation.select().where(Invitation.custom_message != "").count(),
            Message.select().where(Message.answer.is_null(False)).count(),
            len(notifications.listing(Viewer.system(), shelf="all")),
        ]  # fmt: skip


def test_what_is_too_old_goes_and_what_is_open_or_young_stays(desk: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "BLOCK", 1)
    head = history.verify(desk).head
    assert kept() == [4, 3, 4, 4, 6]
    assert retention.purge() == Purged(texts=3, replies=2, invitations=2, notifications=6)
    # What is kept: the text of today, the reply that nobody has read, the one to set up and the one that is out.
    assert kept() == [1, 1, 2, 2, 0]
    states = {row.state: (row.custom_message, row.reason) for row in reading_all(desk)}
    assert states["declined"] == ("", None)
    assert states["accepted"] == ("For 2.", None)
    assert states["sent"] == ("For 3.", None)
    assert history.verify(desk, head).ok
    line = history.latest(desk, 1)[0]
    assert (line.action, line.login, line.detail) == (
        "purge", "system", {"texts": 3, "replies": 2, "invitations": 2, "notifications": 6, "imports": 0},
    )  # fmt: skip
    last = retention.last(desk)
    assert last is not None
    assert last.sentence == ("Taken out 1 Jan 2027 09:30: 3 texts, 2 replies, 2 invitations, 6 notifications.")


def reading_all(viewer: Viewer) -> list[Invitation]:
    assert reading.listing(viewer)
    with session():
        return list(access.invitations(viewer).select().order_by(Invitation.id))


def test_once_a_day_by_one_process(desk: Viewer) -> None:
    start, done = threading.Barrier(3), list[Purged | None]()

    def work() -> None:
        with session():
            start.wait()
            done.append(retention.purge())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done, key=str) == [None, None, Purged(3, 2, 2, 6)]
    with clock.frozen_at(LATER + timedelta(hours=23)):
        assert retention.purge() is None
    with clock.frozen_at(LATER + timedelta(hours=24)):
        assert retention.purge() == Purged()
        assert [event.action for event in history.latest(desk, 3)].count("purge") == 1


def test_nothing_goes_where_nothing_is_asked_for(desk: Viewer) -> None:
    for name in NAMES:
        settings.change(desk, f"retention.{name}_days", 0)
    before = kept()
    assert retention.purge() == Purged()
    assert kept() == before


def test_one_that_was_cut_short_goes_on_the_next_day(desk: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(_: object) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as then, pytest.raises(KeyboardInterrupt):
        then.setitem(retention._STEPS, "replies", dies)
        retention.purge()
    with transaction():
        assert SentText.select().count() == 1
    last = retention.last(desk)
    assert last is not None
    assert last.purged == Purged()
    with clock.frozen_at(LATER + timedelta(days=1)):
        assert retention.purge() == Purged(0, 2, 2, 6)


def test_what_imports_kept_goes_and_such_an_import_cannot_be_undone(practice: Viewer, tmp_path: Path) -> None:
    settings.change(practice, "retention.imports_days", 30)
    file = tmp_path / "patients.csv"
    for phone in ("0400 555 123", "0400 555 124"):
        file.write_text(f"Number,First Name,Last Name,Phone,Email\n7001,Aoife,Byrne,{phone},\n7002,Ruth,Chen,,one@@b\n")
        import_csv(practice, file)
    ImportSaid.create(batch=2, kind="patient", row_id=1, field="phone", before="0400 555 122")
    with clock.frozen_at(LATER):
        assert retention.purge() == Purged(imports=4)
        assert not ImportSaid.select().exists()
        with pytest.raises(ClinicError, match="is kept no longer"):
            undo(practice, 2)
        (refused,) = batches.refused(practice, 2)
        assert "one@@b" not in str(batches.refused_csv(practice, 2)).replace(refused.reason, "")
        last = retention.last(practice)
        assert last is not None
        assert last.sentence.endswith(": 4 rows of imports.")
