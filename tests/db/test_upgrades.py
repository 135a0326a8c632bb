"""A database of an earlier version, with what is in it, brought to this one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from clinic_tui.access import Viewer
from clinic_tui.db import migrate
from clinic_tui.db.connection import close_database, database, open_database, session, transaction
from clinic_tui.db.models.post import Invitation
from clinic_tui.messages.choosing import by_version
from clinic_tui.messages.templates import by_name


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
