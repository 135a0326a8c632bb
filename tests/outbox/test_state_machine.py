"""The queue against a model: whatever workers, clocks, killers and people do, no message arrives twice or is lost."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
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
from tests.outbox.queue_model import QueueModel

WAITING = {"queued", "claimed", "data", "deferred"}
# The invitation of a message in each state, where nobody but the post has touched it.
INVITATION = {"deferred": "queued", "claimed": "queued", "data": "queued"}

# What becomes of a message that a worker has: it is stopped (with the claim, or with the mail made) and may go on
# later; hears a refusal before the body; or sends that, and hears an answer or none.
End = Literal[
    "stopped with the claim", "stopped with the mail", "given back", "refused before", "put off before",
    "sent", "lost", "refused", "put off", "we are refused", "taken, not heard", "not heard",
]  # fmt: skip
STOPPED: tuple[End, ...] = ("stopped with the claim", "stopped with the mail")
ENDS: tuple[End, ...] = (*get_args(End), *STOPPED)
HALTS: tuple[End, ...] = (*STOPPED, "not heard", "taken, not heard")
IN_VAIN: tuple[End, ...] = ("lost", "refused", "put off", "we are refused")
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MOVES = (MINUTE, MINUTE, LEASE - MINUTE, LEASE, LEASE, 3 * LEASE, 3 * HOUR, -MINUTE, -3 * LEASE)


class Stopped(NamedTuple):
    """A worker in the middle of a message. `taken`: None before its body, else whether the server has that."""

    claimed: Claim
    mail: Envelope | None = None
    taken: bool | None = None


class Post(RuleBasedStateMachine):
    """Workers of every kind: quick, slow, stopped past their claim, killed; a desk; and a clock that is moved."""

    stopped = Bundle("stopped")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        folder = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        prepared.practice.copy_to(folder / "clinic.db")
        open_database(f"sqlite:///{folder}/clinic.db")
        self.stack.callback(close_database)
        codes.use_key_file(folder / "clinic.key")
        self.model = QueueModel(NOW)
        self.stack.enter_context(clock.frozen_at(NOW))
        self.stack.enter_context(session())
        database.execute_sql("PRAGMA synchronous = OFF")  # no power fails here
        self.viewer = at_the_keyboard()
        self.arrived: dict[int, int] = {}
        self.begun: set[Claim] = set()  # whose body went: no word about what comes before that is heard any more
        self.by_hand: set[int] = set()  # said to be sent by a person

    def teardown(self) -> None:
        """Nothing is forgotten: senders that come now bring what waits, but for what is in doubt."""
        try:
            assert outbox.begin([]) == set()
            outbox.resume(self.viewer)
            for _ in range(30):
                self.wait(timedelta(days=1))
                outbox.release_lapsed()
                while claims := outbox.claim("the last one", 10):
                    for envelope in outbox.prepare_many(claims, DESK):
                        assert outbox.begin([envelope]) == {envelope.claim}
                        self.arrives(envelope.claim)
                        assert outbox.sent(envelope.claim, "250 Ok")
                if not WAITING & set(self.states.values()):
                    break
            self.what_is_out_is_never_sent_again()
            assert not WAITING & set(self.states.values())
        finally:
            self.stack.close()

    @property
    def states(self) -> dict[int, str]:
        return dict(Message.select(Message.id, Message.state).tuples())  # type: ignore[arg-type]

    def wait(self, long: timedelta) -> None:
        self.model.moment += long
        self.stack.enter_context(clock.frozen_at(self.model.moment))

    def arrives(self, claimed: Claim) -> None:
        self.arrived[claimed.message_id] = self.arrived.get(claimed.message_id, 0) + 1

    # The desk

    @initialize()
    def has_invited_some(self) -> None:
        for _ in range(2):
            self.invites(0)

    @rule(hold=st.sampled_from([0, 0, 600]))
    def invites(self, hold: int) -> None:
        number = len(self.model.rows) + 1
        inviting.invite(self.viewer, patient(str(number)), hold=hold)
        self.model.queued(number, self.model.moment + timedelta(seconds=hold))

    @rule(data=st.data())
    def takes_back_one(self, data: st.DataObject) -> None:
        self.takes_back(data.draw(st.integers(1, len(self.model.rows))))

    def takes_back(self, number: int) -> None:
        try:
            inviting.cancel(self.viewer, number)
            taken = True
        except Refused:
            taken = False
        assert taken == self.model.cancel(number)

    @rule()
    def pauses_for_a_while(self) -> None:
        outbox.pause(self.viewer)
        assert outbox.claim("worker", 3) == []
        outbox.resume(self.viewer)

    @precondition(lambda self: "unconfirmed" in self.model.states.values())
    @rule()
    def says_that_it_was_sent(self) -> None:
        number = next(key for key, state in self.model.states.items() if state == "unconfirmed")
        outbox.confirm_sent(self.viewer, number, "the patient says so")
        self.model.rows[number].state = "sent"
        self.by_hand.add(number)

    # Time

    @rule(long=st.sampled_from(MOVES), tidies=st.booleans())
    def moves(self, long: timedelta, tidies: bool) -> None:
        """On, or back where somebody sets the clock; with whoever looks after what dead workers left, or without."""
        self.wait(long)
        if tidies:
            assert outbox.release_lapsed() == self.model.release_lapsed()

    # Workers

    @rule(target=stopped, ends=st.lists(st.sampled_from(ENDS), min_size=1, max_size=3))
    def work(self, ends: list[End]) -> MultipleResults[Stopped]:
        """One takes some messages, and each of them meets an end."""
        return multiple(*self.takes(ends))

    @rule(target=stopped, one=stopped, end=st.sampled_from(ENDS))
    def goes_on(self, one: Stopped, end: End) -> MultipleResults[Stopped]:
        """Whatever became of it meanwhile, and as often as it likes."""
        return multiple(*self.goes(one, end))

    @rule(target=stopped, seed=st.integers(0, 2**32 - 1))
    def come_back_late(self, seed: int) -> MultipleResults[Stopped]:
        """Some are stopped; again and again the clock is moved, another takes what it can, and all of them go on.

        Chances as they are: hypothesis would draw the simplest of days, on which nothing meets.
        """
        chance = random.Random(seed)
        late: list[Stopped] = []
        for _ in range(16):
            if not self.model.due(1):
                self.invites(0)
            late += self.takes(chance.choices(HALTS, k=chance.randint(0, 2)))
            self.moves(chance.choice(MOVES), chance.random() < 0.5)
            late += self.takes(chance.choices((*HALTS, *ENDS), k=chance.randint(0, 2)))
            late = late[-8:]
            if chance.random() < 0.3:
                self.takes_back(chance.choice(late).claimed.message_id if late else 1)
            for one in chance.sample(late, min(5, len(late))):
                ends = chance.choices((*ENDS, "lost", "put off", "put off"), k=2)
                late += [left for end in ends for left in self.goes(one, end)]
            for one in late:
                if one.taken is not None and self.model.rows[one.claimed.message_id].has_it != one.claimed:
                    self.hears(one.claimed, False, chance.choice(IN_VAIN))  # somebody else has it
        return multiple(*late[-2:])

    def takes(self, ends: list[End]) -> Iterator[Stopped]:
        claims = outbox.claim("worker", len(ends)) if ends else []
        assert [one.message_id for one in claims] == self.model.due(len(ends))
        self.model.claimed(claims)
        for claimed, end in zip(claims, ends, strict=False):
            yield from self.goes(Stopped(claimed), end)

    def goes(self, one: Stopped, end: End) -> Iterator[Stopped]:
        claimed, mail, taken = one
        if taken is not None:
            self.hears(claimed, taken, end)
        elif end == "given back":
            self.gives_back(claimed)
        elif end in ("refused before", "put off before") and claimed in self.begun:
            return
        elif end == "refused before":
            assert outbox.failed(claimed, "550 No such user") == self.model.failed(claimed)
        elif end == "put off before":
            self.is_put_off(claimed)
        elif end == "stopped with the claim":
            yield Stopped(claimed, mail)
        else:
            if mail is None:
                mail = outbox.prepare(claimed, DESK)
                assert (mail is not None) == self.model.has(claimed, "claimed")
            if mail is not None:
                yield from self.sends(mail, end)

    def sends(self, mail: Envelope, end: End) -> Iterator[Stopped]:
        if end == "stopped with the mail":
            yield Stopped(mail.claim, mail)
            return
        goes = outbox.begin([mail]) == {mail.claim}
        assert goes == self.model.begin(mail.claim)
        if goes:
            self.begun.add(mail.claim)
            taken = end in ("sent", "taken, not heard")
            if taken:
                self.arrives(mail.claim)
            yield Stopped(mail.claim, mail, taken)  # what it does now, it may do again
            self.hears(mail.claim, taken, end)

    def hears(self, claimed: Claim, taken: bool, end: End) -> None:
        """What the server says of a body, or that it says nothing. What it says once more changes nothing."""
        first = self.model.has(claimed, "data", "unconfirmed")
        if end == "lost":
            assert outbox.unconfirmed(claimed, "The line broke.") == self.model.unconfirmed(claimed)
        elif taken and end != "taken, not heard" and (first or end == "sent"):
            assert outbox.sent(claimed, "250 Ok") == self.model.sent(claimed)
        elif end == "refused":
            assert outbox.failed(claimed, "550 No such user") == self.model.failed(claimed)
        elif end == "put off":
            self.is_put_off(claimed)
        elif end == "we are refused":
            outbox.release([], refused=[claimed])
            self.model.release([], refused=[claimed])
        elif end == "given back":
            self.gives_back(claimed)

    def gives_back(self, claimed: Claim) -> None:
        outbox.release([claimed])
        self.model.release([claimed])

    def is_put_off(self, claimed: Claim) -> None:
        assert outbox.deferred(claimed, "451 Try later") == self.model.deferred(claimed)
        self.model.rows[claimed.message_id].due = Message.get_by_id(claimed.message_id).due_at

    # What holds at every moment

    @invariant()
    def the_queue_is_as_the_model_has_it(self) -> None:
        assert self.states == self.model.states

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
    max_examples=15, stateful_step_count=20, phases=[Phase.explicit, Phase.reuse, Phase.generate]
)
TestPost = Post.TestCase
