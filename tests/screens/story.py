"""What happens at a desk, for the tests of screens: people invited, mails sent, replies that came back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from textual.events import Key
from textual.keys import _character_to_key
from textual.pilot import Pilot

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.post import Invitation, Reply
from clinic_tui.db.models.practice import Staff
from clinic_tui.invitations import codes, inviting
from tests.invitations.people import send_all
from tests.screens import people
from tests.screens.conftest import Acts, Desk, settle, shown
from tests.screens.emulator import running_text

HOSTILE = ("Bob [/] \x1b[31m\u202eevil", "[@click=app.quit]x[/]\x1b]52;c;aGk=\x07")


def john(**more: Any) -> int:
    """John Smyth, who can be invited; his id."""
    more.setdefault("email", "john.smyth@example.com")
    return people.patient("004182", "John", "Smyth", birth_date=date(1984, 11, 30), mobile="0412 555 904", **more)


def hostile() -> int:
    """A patient whose name is markup and terminal escapes; their id."""
    return people.patient("000666", *HOSTILE, birth_date=date(1970, 1, 1), email="bob@example.org")


def invited(viewer: Viewer, patient_id: int, **more: Any) -> int:
    """An invitation of this patient's that went out; `more` is written over its row. Its id."""
    invitation = inviting.invite(viewer, patient_id, hold=0).invitation_id
    send_all()
    if more:
        with transaction():
            Invitation.update(**more).where(Invitation.id == invitation).execute()
    return invitation


def read_out(invitation_id: int) -> str:
    """The code that the patient reads out, digits only."""
    with session():
        row = Invitation.get_by_id(invitation_id)
        return codes.code(row.ref, row.key_id).replace(" ", "")


def reply(invitation_id: int | None, body: str, **more: Any) -> int:
    """A reply that needs a person; its id."""
    known: dict[str, Any] = {
        "digest": codes.new_ref(), "kind": "reply", "outcome": "review", "why": "it says something else than ACCEPT",
        "sender": "john.smyth@example.com", "subject": "Re: Your invitation", "received_at": now() - timedelta(hours=2),
    }  # fmt: skip
    with transaction():
        row = Reply.create(invitation=invitation_id, body=body, **{**known, **more})
        access.notifications(Viewer.system()).add(
            kind="review",
            patient=invitation_id and Invitation.get_by_id(invitation_id).patient_id,
            invitation=invitation_id,
            reply=row.id,
            detail=row.why,
            created_at=row.received_at,
        )
    return int(row.id)


def promote(login: str = "alice", role: str = "owner") -> None:
    """Make a staff member something else."""
    with transaction():
        Staff.update(role=role).where(Staff.login == login).execute()


def invitation(invitation_id: int) -> Invitation:
    """The row as it is now."""
    with session():
        return Invitation.get_by_id(invitation_id)


async def press(pilot: Pilot[int], *keys: str) -> None:
    """Press keys, then wait for what they asked."""
    await pilot.press(*keys)
    await settle(pilot)


async def write(pilot: Pilot[int], text: str) -> None:
    """Type text as a slow line brings it, all at once, then wait for what it asked."""
    for character in text:
        pilot.app.post_message(Key("enter" if character == "\n" else _character_to_key(character), character))
    await settle(pilot)


def pictured(desk: Desk, acts: Acts, size: tuple[int, int] = (80, 24)) -> bool:
    """Whether the dialog that `acts` open looks as it did; the screens under it are emptied first."""

    async def alone(pilot: Pilot[int]) -> None:
        await acts(pilot)
        await settle(pilot)
        for screen in pilot.app.screen_stack[:-1]:
            for child in screen.children:
                child.visible = False

    return desk.snap(alone, size)


def front(pilot: Pilot[int]) -> type[object]:
    """Which screen is in front."""
    return type(pilot.app.screen)


def read(pilot: Pilot[int]) -> str:
    """What stands on the terminal as running text, however it is wrapped and framed."""
    return running_text(shown(pilot))
