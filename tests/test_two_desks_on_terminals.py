"""Two staff members at two terminals, who have ticked the same patients and press Invite at the same moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest

from clinic_tui.access import LIVE_STATES, Viewer
from clinic_tui.clock import now
from clinic_tui.config import Config
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.db.models.practice import Staff
from clinic_tui.invitations import codes
from tests.screens import caseload
from tests.screens.okafors import number_of
from tests.screens.terminal import Terminal

LOGINS = ("alice", "bob")
QUEUED, SKIPPED = "invitations? queued", "patients? skipped"
LATE = "(?:was|were) invited by somebody else a moment earlier"
TICKED, WITH_EMAIL = 20, 18  # fewer than are confirmed by their number


@pytest.fixture
def terminals(practice: Viewer, database_url: str, tmp_path: Path) -> Iterator[list[Terminal]]:
    config = Config(database_url, tmp_path / "clinic.key")
    codes.use_key_file(config.key_file)
    caseload.fill(TICKED)
    with transaction():
        for login in LOGINS:
            Staff.create(login=login, name=login, role="front-desk", created_at=now())
    with ExitStack() as opened:
        yield [opened.enter_context(closing(Terminal(config, login=login))) for login in LOGINS]


def numbers(terminal: Terminal) -> list[int]:
    """How many were queued there, skipped, and invited by the other desk."""
    said = terminal.text()
    return [number_of(word, said) for word in (QUEUED, SKIPPED, LATE)]


def test_each_patient_gets_one_invitation_and_one_message(practice: Viewer, terminals: list[Terminal]) -> None:
    def each(does: Callable[[Terminal], None]) -> None:
        for terminal in terminals:
            does(terminal)

    each(lambda terminal: terminal.until_shown("Abbot, Ada"))
    each(lambda terminal: terminal.press("f2", "n", "ctrl+r", "a"))  # typed ahead: each key waits for the one before
    each(lambda terminal: terminal.until_shown(f"{TICKED} ticked"))
    each(lambda terminal: terminal.press("x", "enter"))
    each(lambda terminal: terminal.until_shown("Nothing is queued yet."))
    each(lambda terminal: terminal.until_shown(f"{WITH_EMAIL} get the invitation"))

    each(lambda terminal: terminal.press("ctrl+s"))
    each(lambda terminal: terminal.until_shown("F3 shows them going."))
    each(lambda terminal: terminal.until(lambda: sum(numbers(terminal)) == TICKED))
    assert sum(numbers(terminal)[0] for terminal in terminals) == WITH_EMAIL
    live = [row.patient_id for row in Invitation.select().where(Invitation.state.in_(LIVE_STATES))]
    assert len(live) == len(set(live)) == WITH_EMAIL
    assert Message.select().count() == Invitation.select().count() == WITH_EMAIL

    each(lambda terminal: terminal.press("x", "enter"))
    each(lambda terminal: terminal.until_shown(f"{WITH_EMAIL} are invited already"))
