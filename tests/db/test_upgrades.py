"""A database of an earlier version, with what is in it, brought to this one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import peewee
import pytest

from clinic_tui.access import Viewer
from clinic_tui.db import migrate
from clinic_tui.db.connection import close_database, database, open_database, session, transaction
from clinic_tui.db.models.patients import Contact
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.messages.choosing import by_version
from clinic_tui.messages.templates import by_name
from tests.conftest import NOW


@pytest.fixture
def before(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A database without communication templates, and one invitation in it."""
    older = tmp_path / "migrations"
    shutil.copytree(migrate.DIRECTORY, older, ignore=shutil.ignore_patterns("__pycache__"))
    for later in older.glob("[0-9]*.py"):
        if later.stem >= "0004":
            later.unlink()
    open_database(database_url)
    with monkeypatch.context() as then:
        then.setattr(migrate, "DIRECTORY", older)
        migrate.migrate()
    with transaction():
        database.execute_sql(
            "INSERT INTO patient (number, given, family, sort_name, status, communication, portal, version) "
            "VALUES ('1', 'Jo', 'Smith', 'smith jo', 'current', 'all', 'invited', 0)"
        )
        database.execute_sql(
            "INSERT INTO invitation (ref, patient_id, email, email_fold, state, custom_message, template, language, "
            "key_id, token_hash, failed_codes, expires_days, created_at) "
            "VALUES ('r', 1, 'jo@example.com', 'jo@example.com', 'sent', 'Hi', 'invitation', 'en', 'k', 'h', 0, 7, 1)"
        )
    yield
    close_database()


def test_invitations_from_before_there_were_templates_have_the_words_that_they_were_sent_with(before: None) -> None:
    assert "0004_templates" in migrate.migrate()
    with session():
        row = Invitation.get()
        assert (row.custom_message, row.language) == ("Hi", "en")
        standard = by_name(Viewer.system(), "Invitation")
        assert by_version(row.template_id, "invitation").body == standard.body
        assert row.template_id == standard.version_id


def test_contacts_from_before_guardians_were_written_to_are_found_by_their_address(before: None) -> None:
    with transaction():
        for email in ("'Aoife@Example.com '", "NULL"):
            database.execute_sql(
                f"INSERT INTO contact (patient_id, name, is_guardian, email) VALUES (1, 'Aoife', TRUE, {email})"
            )
    assert "0007_guardians" in migrate.migrate()
    with session():
        rows = Contact.select().order_by(Contact.id)
        assert [row.email_fold for row in rows] == ["aoife@example.com", None]
        assert not Invitation.get().for_guardian


def test_messages_and_what_they_said_are_still_there_where_reminders_came(before: None) -> None:
    with transaction():
        database.execute_sql(
            "INSERT INTO message (ref, invitation_id, kind, state, automatic, domain, created_at, due_at, attempts, "
            "fence) VALUES ('m', 1, 'confirmation', 'sent', TRUE, 'example.org', 1, 1, 0, 0)"
        )
    migrate.migrate()
    with session():
        (kept,) = Message.select()
        assert (kept.kind, kept.state, kept.reminder, kept.automatic) == ("confirmation", "sent", None, True)
    for kind, allowed in (("reminder", True), ("circular", False)):
        with nullcontext() if allowed else pytest.raises(peewee.IntegrityError), transaction():
            Message.create(
                ref=kind,
                invitation=1,
                kind=kind,
                domain="",
                created_at=NOW,
                due_at=NOW,
                reminder=1 if allowed else None,
            )
