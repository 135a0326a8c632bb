"""A state as it is drawn: its symbol and its word, in its tone; never colour alone."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

if TYPE_CHECKING:
    from clinic_tui.invitations.states import Sign
    from screens.theme import Look

TONES = {"good": "$success", "waiting": "$accent", "attention": "$warning", "bad": "$error", "quiet": "$quiet"}


def sign_text(sign: Sign, look: Look) -> str:
    """`◷ invited 2 d`, or with the ASCII symbol."""
    return f"{sign.symbol if look.unicode else sign.ascii} {sign.word}"


def sign_content(sign: Sign, look: Look) -> Content:
    """The same in its tone."""
    return Content.styled(sign_text(sign, look), TONES[sign.tone])


def portal_sign(portal: str, at: datetime | None, until: datetime | None, look: Look) -> Content:
    """A patient's portal line, from the three columns that every row of a patient has."""
    from clinic_tui.invitations.states import portal_line

    return sign_content(portal_line(portal, at, until), look)
