"""Rotating the key: what is out goes on working, and an old key goes with the last invitation that needs it."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path

import pytest

from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.post import Invitation
from clinic_tui.db.models.practice import History
from clinic_tui.errors import ConfigError, FieldError, NotAllowed
from clinic_tui.invitations import accepting, answering, codes, inviting, keys
from tests.invitations.people import patient


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that was just inviting as the key was changed has long finished."""
    monkeypatch.setattr(keys, "GRACE_SECONDS", -1)


def sent(viewer: Viewer, number: str) -> Invitation:
    found = inviting.invite(viewer, patient(number), hold=0)
    with transaction():
        Invitation.update(state="sent", sent_at=now()).where(Invitation.id == found.invitation_id).execute()
    return Invitation.get_by_id(found.invitation_id)


def lines(path: Path) -> list[str]:
    return [line.split()[0] for line in path.read_text().splitlines()]


def test_an_old_key_works_until_its_invitations_are_closed(
    practice: Viewer, key_file: Path, later: None, still_clock: datetime
) -> None:
    first = sent(practice, "1")
    code = codes.code(first.ref, first.key_id)
    rotated = keys.rotate(practice)
    assert (rotated.kept, lines(key_file)) == ((first.key_id,), [first.key_id, rotated.key_id])
    second = sent(practice, "2")
    assert second.key_id == rotated.key_id != first.key_id
    assert keys.drop_closed() == []
    with pytest.raises(FieldError):
        accepting.accept_by_code(practice, first.id, codes.code(second.ref, second.key_id))
    accepting.accept_by_code(practice, first.id, code)
    assert keys.drop_closed() == [], "its set-up steps are still to come"
    answering.not_me(first.id)
    assert keys.drop_closed() == [first.key_id]
    assert lines(key_file) == [rotated.key_id]
    assert key_file.stat().st_mode & 0o777 == 0o600
    answering.decline(second.id)
    assert keys.drop_closed() == [], "the newest is for those to come"
    said = [row.detail for row in History.select().where(History.action.in_(("rotate key", "drop keys")))]
    assert said == [{"key": rotated.key_id}, {"keys": [first.key_id]}]
    assert not any(line.split()[1] in str(said) for line in key_file.read_text().splitlines()), "ids, never keys"


def test_a_key_is_not_dropped_while_somebody_may_just_be_using_it(practice: Viewer, key_file: Path) -> None:
    keys.rotate(practice)
    assert keys.drop_closed() == []
    text = key_file.read_text().splitlines()
    long_ago = int(time.time()) - keys.GRACE_SECONDS - 1
    key_file.write_text("\n".join([text[0], f"{text[1].rpartition(' ')[0]} {long_ago}"]) + "\n")
    assert len(keys.drop_closed()) == 1


def test_another_process_that_rotates_is_noticed_at_once(practice: Viewer, key_file: Path) -> None:
    before = codes.current_key_id()
    with key_file.open("a") as file:
        file.write(f"00c0ffee {'11' * 32}\n")  # as older versions wrote it: without the time
    assert codes.current_key_id() == "00c0ffee" != before
    key_file.unlink()
    assert codes.current_key_id() == "00c0ffee", "a disk that is away for a moment takes nothing"


def test_only_an_owner_rotates(practice: Viewer, key_file: Path) -> None:
    with pytest.raises(NotAllowed):
        keys.rotate(Viewer("desk", "front-desk", 1))
    assert len(lines(key_file)) == 1


def test_a_missing_key_file_is_missed_unless_the_practice_is_new(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="is missing"):
        codes.use_key_file(tmp_path / "other.key", new=False)
    assert not (tmp_path / "other.key").exists()
    codes.use_key_file(tmp_path / "other.key")
    codes.use_key_file(tmp_path / "other.key", new=False)
