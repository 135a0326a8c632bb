"""What a practice has not told us yet, so that somebody could be invited who must not be."""

from __future__ import annotations

from clinic_tui.access import Viewer
from clinic_tui.db.connection import session
from clinic_tui.invitations import accounts
from clinic_tui.patients import practitioners
from clinic_tui.text import clean

_NAMED = 3


def warnings(viewer: Viewer) -> list[str]:
    """Sentences: practitioners without an e-mail, and that no portal account is known of any patient in reach."""
    said: list[str] = []
    with session():
        without = practitioners.without_email(viewer)
        if without:
            names = ", ".join(clean(name, 40) for name in without[:_NAMED]) + (", ..." if without[_NAMED:] else "")
            one = len(without) == 1
            said.append(
                f"{len(without):,} practitioner{' has' if one else 's have'} no e-mail here ({names}): an invitation "
                f"could go to {'theirs' if one else 'one of theirs'}. Settings > Practitioners."
            )
        if not accounts.loaded(viewer):
            said.append(
                "No portal account is known of any patient: who has one already could be invited. Import the portal's "
                "list of users first."
            )
    return said
