"""Whatever happens to an invitation: as many reminders as wanted, by day, days apart, and none once it is over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import count, pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from clinic_tui import clock, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.invitations import accepting, answering, expiring, inviting, reminding
from tests.conftest import NOW
from tests.invitations.people import DESK, patient

ENDS: dict[str, Callable[[Viewer, int], object]] = {
    "no": lambda _, one: answering.decline(one),
    "stop": lambda _, one: answering.stop(one),
    "bounced": lambda _, one: answering.bounce(one, "no such user"),
    "revoked": inviting.revoke,
    "accepted": accepting.accept_at_desk,
}
FATES = ("sent", "unconfirmed", "deferred", "failed", "dies before the body", "dies after it", "nobody sends")
STEP = st.tuples(st.integers(1, 40), st.sampled_from(FATES))  # hours later, and what becomes of what is due then
_numbers = count(1)


def work(fate: str) -> None:
    """A pass of the loop, and what the server makes of it."""
    outbox.release_lapsed()
    expiring.close_lapsed()
    reminding.queue_due()
    for claimed in outbox.claim("test", 100) if fate != "nobody sends" else ():
        envelope = outbox.prepare(claimed, DESK)
        if envelope is None or fate == "dies before the body":
            continue
        assert outbox.begin([envelope])
        if fate != "dies after it":
            getattr(outbox, fate)(claimed, f"250 {fate}")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@hypothesis(max_examples=40)
@given(
    wanted=st.integers(0, 3), days=st.integers(1, 5), hours=st.tuples(st.integers(6, 12), st.integers(13, 22)),
    steps=st.lists(STEP, min_size=3, max_size=16), end=st.sampled_from((None, *ENDS)), at=st.integers(0, 15),
)  # fmt: skip
def test_as_many_as_wanted_by_day_days_apart_and_none_once_it_is_over(
    practice: Viewer, wanted: int, days: int, hours: tuple[int, int], steps: list[Any], end: str | None, at: int
) -> None:
    for name, value in (("reminders", wanted), ("remind_after_days", days), ("remind_from", hours[0]),
                        ("remind_to", hours[1])):  # fmt: skip
        settings.change(practice, f"patient_access.{name}", value)
    with transaction():  # of the example before
        Invitation.update(state="revoked").execute()
        Message.update(state="cancelled").where(Message.state.in_(("queued", "deferred", "claimed", "data"))).execute()
    one = inviting.invite(practice, patient(f"{next(_numbers)}"), hold=0).invitation_id
    work("sent")
    runs_out, moment, over = Invitation.get_by_id(one).expires_at, NOW, None
    for number, (later, fate) in enumerate(steps):
        moment += timedelta(hours=later)
        with clock.frozen_at(moment):
            if end and number == at and moment < runs_out and Invitation.get_by_id(one).state == "sent":
                ENDS[end](practice, one)
                over = moment
            work(fate)
    reminders = list(Message.select().where((Message.invitation == one) & (Message.kind == "reminder")))
    assert [row.reminder for row in reminders] == list(range(1, len(reminders) + 1))
    assert len(reminders) <= wanted
    went = [row.data_at for row in reminders if row.data_at is not None]  # when its body went, well or not
    assert all(gone - before >= timedelta(days=days) for before, gone in pairwise([NOW, *went]))
    assert all(hours[0] <= gone.hour < hours[1] for gone in went)
    assert all(gone < min(runs_out, over or runs_out) for gone in went)
    assert Invitation.get_by_id(one).expires_at == runs_out
