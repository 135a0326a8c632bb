"""One mapping of states to words and symbols, used everywhere: a symbol and a word, never colour alone."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from clinic_tui.clock import now

Tone = Literal["good", "waiting", "attention", "bad", "quiet"]
SOON = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Sign:
    """How a state is shown; `ascii` where the font lacks `symbol`."""

    word: str
    symbol: str
    ascii: str
    tone: Tone


PORTAL_SIGNS: dict[str, Sign] = {
    "not_invited": Sign("not invited", "○", "o", "quiet"),
    "queued": Sign("queued", "▹", ">", "waiting"),
    "invited": Sign("invited", "◷", "~", "waiting"),
    "expires_soon": Sign("expires soon", "◔", "~", "attention"),
    "unconfirmed": Sign("unconfirmed", "?", "?", "attention"),
    "failed": Sign("failed", "✖", "x", "bad"),
    "bounced": Sign("bounced", "✖", "x", "bad"),
    "accepted_check": Sign("accepted: identity to check", "◆", "*", "attention"),
    "accepted_steps": Sign("accepted: steps to send", "◆", "*", "attention"),
    "accepted": Sign("accepted: setting up", "◆", "*", "waiting"),
    "declined": Sign("declined", "⊘", "-", "quiet"),
    "expired": Sign("expired", "◌", ".", "quiet"),
    "active": Sign("active", "✔", "+", "good"),
    "disabled": Sign("disabled", "◫", "#", "attention"),
}

INVITATION_SIGNS: dict[str, Sign] = {
    "queued": PORTAL_SIGNS["queued"],
    "sent": Sign("sent", "◷", "~", "waiting"),
    "unconfirmed": PORTAL_SIGNS["unconfirmed"],
    "failed": PORTAL_SIGNS["failed"],
    "bounced": PORTAL_SIGNS["bounced"],
    "accepted": Sign("accepted", "◆", "*", "good"),
    "declined": PORTAL_SIGNS["declined"],
    "expired": PORTAL_SIGNS["expired"],
    "revoked": Sign("revoked", "⊘", "-", "quiet"),
    "superseded": Sign("superseded", "◌", ".", "quiet"),
    "cancelled": Sign("cancelled", "⊘", "-", "quiet"),
}

MESSAGE_SIGNS: dict[str, Sign] = {
    "held": Sign("held", "▹", ">", "waiting"),
    "queued": PORTAL_SIGNS["queued"],
    "claimed": Sign("sending", "▸", ">", "waiting"),
    "data": Sign("sending", "▸", ">", "waiting"),
    "sent": Sign("sent", "✔", "+", "good"),
    "deferred": Sign("deferred", "↻", "~", "attention"),
    "failed": PORTAL_SIGNS["failed"],
    "unconfirmed": PORTAL_SIGNS["unconfirmed"],
    "bounced": PORTAL_SIGNS["bounced"],
    "cancelled": Sign("cancelled", "⊘", "-", "quiet"),
}

NOTIFICATION_SIGNS: dict[str, Sign] = {
    "accepted": INVITATION_SIGNS["accepted"],
    "declined": PORTAL_SIGNS["declined"],
    "bounced": PORTAL_SIGNS["bounced"],
    "failed": PORTAL_SIGNS["failed"],
    "unconfirmed": PORTAL_SIGNS["unconfirmed"],
    "review": Sign("to review", "◇", "?", "attention"),
    "paused": Sign("paused", "‖", "=", "bad"),
}


def portal_key(portal: str, until: datetime | None) -> str:
    """The portal line's state now: an invitation that runs out says so before anything wrote it down."""
    if portal == "invited" and until is not None:
        left = until - now()
        if left <= timedelta(0):
            return "expired"
        if left <= SOON:
            return "expires_soon"
    return portal


def portal_word(portal: str, until: datetime | None) -> str:
    """The bare word of the portal line, for scripts."""
    return PORTAL_SIGNS[portal_key(portal, until)].word


def portal_line(portal: str, at: datetime | None, until: datetime | None) -> Sign:
    """The portal line of a patient: `invited 2 d` says how long ago, `expires soon` stands alone."""
    key = portal_key(portal, until)
    sign = PORTAL_SIGNS[key]
    if key == "invited" and at is not None:
        return replace(sign, word=f"{sign.word} {ago(at)}")
    return sign


def ago(moment: datetime) -> str:
    """How long ago, in a word or two: `just now`, `5 min`, `3 h`, `2 d`."""
    seconds = max(0, int((now() - moment).total_seconds()))
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return f"{seconds // 60} min"
    return f"{seconds // 3600} h" if seconds < 86_400 else f"{seconds // 86_400} d"
