"""The columns of the outbox, and what stands in them."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from clinic_tui.clock import local, today
from screens.widgets.cells import line
from screens.widgets.columns import Column
from screens.widgets.person import listed
from screens.widgets.sign import sign_content

if TYPE_CHECKING:
    from clinic_tui.outbox import OutboxRow
    from screens.theme import Look

COLUMNS = (
    Column("state", "State", 13, 13, sortable=False),
    Column("patient", "Patient", 14, 32, flex=1, sortable=False),
    Column("email", "E-mail", 16, 44, flex=3, sortable=False, rank=2),
    Column("kind", "Message", 12, 12, sortable=False, rank=3),
    Column("when", "When", 12, 16, sortable=False, rank=1),
)
KINDS = {"invitation": "invitation", "reminder": "reminder", "confirmation": "confirmation", "setup": "set-up steps"}
NOT_OUT = ("held", "queued", "deferred")


def draw(row: OutboxRow, key: str, look: Look, *, paused: bool) -> str | Content:
    """One cell; `paused`: nothing goes."""
    if key == "state":
        from clinic_tui.invitations.states import MESSAGE_SIGNS

        return sign_content(MESSAGE_SIGNS["claimed" if row.state == "sending" else row.state], look)
    if key == "patient":
        return listed(row) or look.symbols.none
    text = {"email": line(row.email) or look.symbols.none, "kind": KINDS[row.kind], "when": _when(row, paused)}[key]
    return Content.styled(text, "$quiet")


def _when(row: OutboxRow, paused: bool) -> str:
    if row.state in NOT_OUT:
        if paused:
            return "when resumed"
        ahead = {"held": "goes", "queued": "due", "deferred": "again"}[row.state]
        return f"{ahead} {time_of(row.due_at)}" if _is_today(row.due_at) else time_of(row.due_at)
    if row.state == "sending":
        return "now"
    return time_of(row.sent_at) if row.sent_at else ""


def time_of(when: datetime) -> str:
    """`09:32` today, `21 Nov 09:30` this year, `21 Nov 2025`."""
    here = local(when)
    if _is_today(when):
        return f"{here:%H:%M}"
    return f"{here.day} {here:%b} {here:%H:%M}" if here.year == today().year else f"{here.day} {here:%b} {here.year}"


def _is_today(when: datetime) -> bool:
    return local(when).date() == today()
