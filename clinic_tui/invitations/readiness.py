"""What a practice has not told us yet, so that somebody could be invited who must not be."""

from __future__ import annotations

from clinic_tui.access import Viewer
from clinic_tui.db.connection import session
from clinic_tui.invitations import accounts
from clinic_tui.patients import practitioners


def warnings(viewer: Viewer) -> list[str]:
    """Sentences: how many practitioners have no e-mail, and that no portal account of any patient in reach is known."""
    said: list[str] = []
    with session():
        without = practitioners.without_email(viewer)
        if without == 1:
            said.append("1 practitioner has no e-mail here: theirs could be invited.")
        elif without:
            said.append(f"{without:,} practitioners have no e-mail here: theirs could be invited.")
        if not accounts.loaded(viewer):
            said.append("No portal account is known of yet: who has one could be invited.")
    return said
