"""The queue against a model: whatever workers, clocks, killers and people do, no message arrives twice or is lost."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)  # fmt: skip

from clinic_tui import clock, outbox
from clinic_tui.db.connection import close_database, database, open_database, session
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.errors import Refused
from clinic_tui.invitations import codes, inviting
from clinic_tui.outbox import Claim, Envelope
from clinic_tui.outbox.claims import LEASE
from clinic_tui.staff import at_the_keyboard
from tests import prepared
from tests.facts import NOW
from tests.invitations.people import DESK, patient

WAITING = {"queued", "claimed", "data", "deferred"}
# The invitation of a message in each state, where nobody but the post has touched it.
INVITATION = {"deferred": "queued", "claimed": "queued", "data": "queued"}


End = Literal["sent", "lost", "refused", "put off", "taken, not heard", "not heard", "stopped before", "given back"]
ENDS = st.sampled_from(get_args(End))


class Stopped(NamedTuple):
    """A worker in the middle of a message: `taken` None before its body, else whether the server has that."""

    mail: Envelope
    taken: bool | None


class Post(RuleBasedStateMachine):
    """Workers of every kind: quick, slow, stopped past their claim, killed; and a desk."""

    stopped = Bundle("stopped")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        prepared.practice.copy_to(folder / "clinic.db")
        open_database(f"sqlite:///{folder}/clinic.db")
        self.stack.callback(close_database)
        codes.use_key_file(folder / "clinic.key")
        self.moment = NOW
        self.stack.enter_context(clock.frozen_at(NOW))
        self.stack.enter_context(session())
        database.execute_sql("PRAGMA synchronous = OFF")  # no power fails here
        self.viewer = at_the_keyboard()
        self.arrived: dict[int, int] = {}
        self.by_hand: set[int] = set()  # said to be sent by a person
        self.people = 0

    def teardown(self) -> None:
        """Nothing is forgotten: senders that come now bring what waits, but for what is in doubt."""
        try:
            assert outbox.begin([]) == set()
            outbox.resume(self.viewer)
            for _ in range(10):
                self.wait(timedelta(days=1))
                outbox.release_lapsed()
                while claims := outbox.claim("the last one", 10):
                    for envelope in outbox.prepare_many(claims, DESK):
                        assert outbox.begin([envelope]) == {envelope.claim}
                        self._arrives(envelope.claim)
                        assert outbox.sent(envelope.claim, "250 Ok")
            self.what_is_out_is_never_sent_again()
            assert not WAITING & set(self.states.values())
        finally:
            self.stack.close()

    @property
    def states(self) -> dict[int, str]:
        return dict(Message.select(Message.id, Message.state).tuples())  # type: ignore[arg-type]

    def wait(self, long: timedelta) -> None:
        self.moment += long
        self.stack.enter_context(clock.frozen_at(self.moment))

    def _arrives(self, claimed: Claim) -> None:
        self.arrived[claimed.message_id] = self.arrived.get(claimed.message_id, 0) + 1

    # The desk

    @initialize()
    def has_invited_some(self) -> None:
        for _ in range(4):
            self.invites(0)

    @rule(hold=st.sampled_from([0, 0, 600]))
    def invites(self, hold: int) -> None:
        self.people += 1
        inviting.invite(self.viewer, patient(str(self.people)), hold=hold)

    @precondition(lambda self: self.people)
    @rule(data=st.data())
    def takes_back(self, data: st.DataObject) -> None:
        invitation = data.draw(st.integers(1, self.people))
        with suppress(Refused):
            inviting.cancel(self.viewer, invitation)

    @rule(a_while=st.sampled_from(["no", "no", "yes"]))
    def pauses_or_resumes(self, a_while: str) -> None:
        if a_while == "yes":
            outbox.pause(self.viewer)
        else:
            outbox.resume(self.viewer)

    @precondition(lambda self: "unconfirmed" in self.states.values())
    @rule()
    def says_that_it_was_sent(self) -> None:
        message = next(key for key, state in self.states.items() if state == "unconfirmed")
        outbox.confirm_sent(self.viewer, Message.get_by_id(message).invitation_id, "the patient says so")
        self.by_hand.add(message)

    # Time

    @rule(long=st.sampled_from([timedelta(minutes=1), LEASE, 3 * LEASE, timedelta(hours=3)]), tidies=st.booleans())
    def passes(self, long: timedelta, tidies: bool) -> None:
        self.wait(long)
        if tidies:
            outbox.release_lapsed()

    # Workers

    @rule(target=stopped, ends=st.lists(ENDS, min_size=1, max_size=3))
    def work(self, ends: list[End]) -> MultipleResults[Stopped]:
        """One takes some messages, and each of them meets an end; a worker that is stopped may go on later."""
        mails = outbox.prepare_many(outbox.claim("worker", len(ends)), DESK)
        return multiple(*(left for mail, end in zip(mails, ends, strict=False) for left in self._sends(mail, end)))

    @rule(target=stopped, one=stopped, end=ENDS)
    def goes_on(self, one: Stopped, end: End) -> MultipleResults[Stopped]:
        """Whatever became of it meanwhile, and as often as it likes."""
        if one.taken is None:
            return multiple(*self._sends(one.mail, end))
        self._hears(one.mail.claim, one.taken, end)
        return multiple()

    def _sends(self, mail: Envelope, end: End) -> Iterator[Stopped]:
        if end == "given back":
            outbox.release([mail.claim])
        elif end == "stopped before":
            yield Stopped(mail, None)
        elif outbox.begin([mail]):
            taken = end in ("sent", "taken, not heard")
            if taken:
                self._arrives(mail.claim)
            if end in ("taken, not heard", "not heard"):
                yield Stopped(mail, taken)
            else:
                self._hears(mail.claim, taken, end)

    def _hears(self, claimed: Claim, taken: bool, end: End) -> None:
        """What the server says of a body, or that it says nothing."""
        if end == "lost":
            outbox.unconfirmed(claimed, "The line broke.")
        elif taken:
            outbox.sent(claimed, "250 Ok")
        elif end == "refused":
            outbox.failed(claimed, "550 No such user")
        elif end == "put off":
            outbox.deferred(claimed, "451 Try later")

    # What holds at every moment

    @invariant()
    def what_is_out_is_never_sent_again(self) -> None:
        for key, state in self.states.items():
            arrived = self.arrived.get(key, 0)
            assert arrived <= 1, f"message {key} arrived {arrived} times"
            assert not arrived or state in ("data", "unconfirmed", "sent"), f"message {key} arrived, and is {state}"
            assert state != "sent" or arrived or key in self.by_hand, f"message {key} is sent, and did not arrive"

    @invariant()
    def the_invitation_says_what_its_message_is(self) -> None:
        rows: Any = Message.select(Message.state, Invitation.state).join(Invitation).tuples()
        for message, invitation in rows:
            assert INVITATION.get(message, message) == invitation


# Not shrunk: each try is a practice of its own, and takes too long for hundreds of them.
Post.TestCase.settings = settings(
    max_examples=30, stateful_step_count=25, deadline=None, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
TestPost = Post.TestCase
