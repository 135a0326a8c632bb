"""A short kill loop; `make soak` has the long ones."""

from __future__ import annotations

from pathlib import Path

from clinic_tui.access import Viewer
from tests.invitations.people import patient
from tests.soak.loop import address, run


def test_whenever_senders_are_killed_nothing_is_lost_doubled_or_forgotten(
    desk: Viewer, database_url: str, tmp_path: Path
) -> None:
    patients = [patient(str(number), email=address(number)) for number in range(1, 61)]
    result = run(desk, database_url, tmp_path, patients=patients, kills=3, processes=2, lines=2, seed=7)
    assert result.broken == []
    assert result.states.total() == 60
    assert result.states["failed"] == 1  # the dead mailbox
    assert 3 <= result.kills <= 4
