"""Keys that come in a burst, as a slow line or a script delivers them, do what they would do one by one."""

from __future__ import annotations

from pathlib import Path

from clinic_tui.access import Viewer
from clinic_tui.config import Config
from clinic_tui.db.connection import session
from clinic_tui.db.models.post import Invitation
from clinic_tui.patients import records
from tests.screens.terminal import Terminal


def test_the_whole_story_typed_in_one_go(practice: Viewer, tmp_path: Path) -> None:
    joanna = records.add(practice, given="Joanna", family="Smith", email="old@example.com")
    records.add(practice, given="Joel", family="Smithers", email="joel@example.com")
    config = Config(f"sqlite:///{tmp_path}/clinic.db", tmp_path / "clinic.key")
    terminal = Terminal(config)
    try:
        terminal.wait_for("Smithers")
        # Enter opens the only match, i the dialog; there Shift+Tab, Home, Ctrl+K empty the address on the record.
        terminal.send(b"smith joanna\ri\x1b[Z\x1b[H\x0bx.rick@example.com\tx.rick@example.com\t\thi\x13")
        terminal.wait_for("Queued for x.rick@example.com")
    finally:
        terminal.close()
    with session():
        (row,) = Invitation.select()
    assert (row.patient_id, row.email, row.custom_message) == (joanna, "x.rick@example.com", "hi")
