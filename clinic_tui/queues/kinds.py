"""The queues there are: what each is called, who is in it, and what its time says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue. `name` as a command says it; `time`: the heading of the moment or day that a row has.

    `naming`: it asks what is hidden with names (an age, an address), so that who sees no names has no such queue.
    """

    name: str
    title: str
    about: str
    time: str
    naming: bool = False


QUEUES: tuple[Queue, ...] = (
    Queue("review", "Needs review", "Replies that need a person: read one, then accept or dismiss it.", "Came"),
    Queue("accepted", "Accepted, set-up not done",
          "The identity is to be checked, or the steps went out and nobody has set up the account yet.", "Since"),
    Queue("today", "Coming today, never invited", "They can be invited, and will stand at the desk.", "Comes",
          naming=True),
    Queue("bounced", "Bounced", "The address does not work: ask for another, and resend.", "Since"),
    Queue("failed", "Failed", "The mail server refused the message: mend the address, and resend.", "Since"),
    Queue("unconfirmed", "Unconfirmed",
          "Nobody knows whether it was sent: look into the Sent folder, then mark it or resend.", "Since"),
    Queue("expiring", "Expiring in two days", "A call helps: the code can be read out to the desk.", "Until"),
    Queue("expired", "Expired", "They did not answer in time: invite them again.", "Until"),
    Queue("ask-again", "Declined, to ask again", "They said when: from that day on, ask again.", "From"),
    Queue("of-age", "Came of age",
          "Invited through a guardian and of age now, or of age within 30 days: whose is the account?", "Of age",
          naming=True),
)  # fmt: skip
BY_NAME: Mapping[str, Queue] = {queue.name: queue for queue in QUEUES}
