"""Invitations, the messages that carry them, what came back, and what the desk is told.

Only access, imports, outbox and mail may import this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import peewee

from clinic_tui.db.fields import MomentField
from clinic_tui.db.models.base import Row, one_of
from clinic_tui.db.models.patients import Contact, Patient
from clinic_tui.db.models.practice import Staff, TemplateVersion

INVITATION_STATES = (
    "queued", "sent", "unconfirmed", "failed", "bounced",
    "accepted", "declined", "expired", "revoked", "superseded", "cancelled",
)  # fmt: skip
LIVE_STATES = ("queued", "sent", "unconfirmed")
MESSAGE_STATES = (
    "queued",
    "claimed",
    "data",
    "sent",
    "deferred",
    "failed",
    "unconfirmed",
    "bounced",
    "cancelled",
)
MESSAGE_KINDS = ("invitation", "reminder", "confirmation", "setup")
REPLY_OUTCOMES = (
    "accepted",
    "declined",
    "stopped",
    "not_me",
    "bounced",
    "noted",
    "review",
    "dismissed",
    "ignored",
)
NOTIFICATION_KINDS = ("accepted", "declined", "bounced", "failed", "unconfirmed", "review", "paused")


class Invitation(Row):
    """One invitation: one patient, one address, one staff member (null: the system).

    `ref` is random; code and reply token are derived from it and the key `key_id` (see invitations.codes), and
    only `token_hash` is kept. `template`: the words that it was made with. `failed_codes` counts wrong codes typed at
    the desk. `steps_at`: set-up steps queued. `for_guardian`: it speaks to a guardian, `guardian`, at their address.
    `slip_at`, `slip_by`, `slip_how`: of the last slip that was handed over, and how the desk knew the patient.
    `ask_again`: the day from which on a patient who declined may be asked again.
    """

    ref = peewee.TextField(unique=True)
    patient = peewee.ForeignKeyField(Patient, on_delete="CASCADE", backref="invitations")
    email = peewee.TextField()
    email_fold = peewee.TextField(index=True)
    for_guardian = peewee.BooleanField(default=False)
    guardian = peewee.ForeignKeyField(Contact, null=True, index=False, on_delete="SET NULL")
    staff = peewee.ForeignKeyField(Staff, null=True, on_delete="SET NULL")
    state = peewee.TextField(default="queued", constraints=one_of("state", INVITATION_STATES), index=True)
    custom_message = peewee.TextField(default="")
    template = peewee.ForeignKeyField(TemplateVersion, null=True, index=False, on_delete="SET NULL")
    language = peewee.TextField(default="en")
    key_id = peewee.TextField()
    token_hash = peewee.TextField(unique=True)
    failed_codes = peewee.IntegerField(default=0)
    expires_days = peewee.IntegerField(constraints=[peewee.Check("expires_days BETWEEN 1 AND 30")])
    created_at = MomentField(index=True)
    sent_at = MomentField(null=True)
    expires_at = MomentField(null=True)
    closed_at = MomentField(null=True)
    closed_by = peewee.TextField(null=True)
    reason = peewee.TextField(null=True)
    accepted_at = MomentField(null=True)
    accepted_how = peewee.TextField(null=True, constraints=one_of("accepted_how", ("reply", "code", "desk")))
    identity_at = MomentField(null=True)
    identity_by = peewee.TextField(null=True)
    identity_how = peewee.TextField(null=True)
    steps_at = MomentField(null=True)
    slip_at = MomentField(null=True)
    slip_by = peewee.TextField(null=True)
    slip_how = peewee.TextField(null=True)
    ask_again = peewee.DateField(null=True)
    superseded_by = peewee.ForeignKeyField("self", null=True, on_delete="SET NULL")

    if TYPE_CHECKING:  # peewee adds the raw id beside each foreign key
        patient_id: int
        guardian_id: int | None
        staff_id: int | None
        template_id: int | None

    class Meta:
        """At most one live invitation a patient: the database's own word on it. A contact's are found by an index."""

        indexes = (
            peewee.SQL(
                "CREATE UNIQUE INDEX invitation_one_live ON invitation (patient_id) "
                "WHERE state IN ('queued', 'sent', 'unconfirmed')"
            ),
            peewee.SQL("CREATE INDEX invitation_guardian_id ON invitation (guardian_id) WHERE guardian_id IS NOT NULL"),
            peewee.SQL("CREATE INDEX invitation_for_guardian ON invitation (state, patient_id) WHERE for_guardian"),
            peewee.SQL(
                "CREATE INDEX invitation_ask_again ON invitation (state, ask_again) WHERE ask_again IS NOT NULL"
            ),
        )


class Batch(Row):
    """Invitations that were queued together: see `outbox.batches`, which keeps it.

    `total`: how many. `pace`: messages a minute, 0 for as many as the server takes; `next_at`: when the next may go
    at that pace. `gated`: the first ones go before the others; `opened_at`: since when the others may. `released_by`:
    who said go on although some came back. `finished_at`: nothing of it waits any more.
    """

    login = peewee.TextField()
    total = peewee.IntegerField()
    pace = peewee.IntegerField(default=0)
    gated = peewee.BooleanField(default=False)
    created_at = MomentField()
    next_at = MomentField(null=True)
    opened_at = MomentField(null=True)
    paused_at = MomentField(null=True)
    paused_reason = peewee.TextField(null=True)
    released_by = peewee.TextField(null=True)
    finished_at = MomentField(null=True, index=True)


class Message(Row):
    """One mail of ours on its way. `ref` with the reply token makes its Message-ID, fixed when queued.

    `due_at`: not before (hold, retry). `claimed_by`, `fence`, `lease_until`: who works on it; every claim raises
    the fence, and a worker whose fence is not the row's has lost it. `data_at`: written before the body goes out.
    `answer`: the server's last word, cleaned. `automatic`: nobody pressed a key for it. `place`: its number in its
    `batch`, from 1 on. `reminder`: which of its invitation's reminders it is, from 1 on; None for what is none.
    """

    ref = peewee.TextField(unique=True)
    invitation = peewee.ForeignKeyField(Invitation, on_delete="CASCADE", backref="messages")
    kind = peewee.TextField(constraints=one_of("kind", MESSAGE_KINDS))
    state = peewee.TextField(default="queued", constraints=one_of("state", MESSAGE_STATES))
    automatic = peewee.BooleanField(default=False)
    domain = peewee.TextField()
    created_at = MomentField()
    due_at = MomentField()
    attempts = peewee.IntegerField(default=0)
    claimed_by = peewee.TextField(null=True)
    fence = peewee.IntegerField(default=0)
    lease_until = MomentField(null=True)
    data_at = MomentField(null=True)
    sent_at = MomentField(null=True)
    answer = peewee.TextField(null=True)
    batch = peewee.ForeignKeyField(Batch, null=True, index=False, on_delete="SET NULL")
    place = peewee.IntegerField(null=True)
    reminder = peewee.IntegerField(null=True)

    if TYPE_CHECKING:  # peewee adds the raw id beside each foreign key
        invitation_id: int
        batch_id: int | None

    class Meta:
        """The queue is read by state and due time, a batch in its own order, the day's messages by when they were made.

        What is in no batch has an index of its own, so that a long batch is not walked past to find it. Each of an
        invitation's reminders is there once: the database's own word on it.
        """

        indexes = (
            (("state", "due_at"), False),
            (("created_at",), False),
            peewee.SQL("CREATE INDEX message_alone ON message (state, due_at) WHERE batch_id IS NULL"),
            peewee.SQL("CREATE INDEX message_data_at ON message (data_at) WHERE data_at IS NOT NULL"),
            peewee.SQL(
                "CREATE INDEX message_in_batch ON message (batch_id, state, due_at, place) WHERE batch_id IS NOT NULL"
            ),
            peewee.SQL(
                "CREATE UNIQUE INDEX message_reminder_once ON message (invitation_id, reminder) "
                "WHERE reminder IS NOT NULL"
            ),
        )


class SentText(Row):
    """What a message says, kept when it is made to be sent: its code masked, its token left out."""

    message = peewee.ForeignKeyField(Message, unique=True, on_delete="CASCADE")
    invitation = peewee.ForeignKeyField(Invitation, on_delete="CASCADE")
    subject = peewee.TextField()
    body = peewee.TextField()
    made_at = MomentField()


class Reply(Row):
    """One mail that came back, read once: `digest` (SHA-256 of the mail) keeps it from being taken twice."""

    digest = peewee.TextField(unique=True)
    invitation = peewee.ForeignKeyField(Invitation, null=True, on_delete="SET NULL", backref="replies")
    kind = peewee.TextField()
    outcome = peewee.TextField(constraints=one_of("outcome", REPLY_OUTCOMES), index=True)
    why = peewee.TextField()
    sender = peewee.TextField()
    subject = peewee.TextField(default="")
    body = peewee.TextField(default="")
    received_at = MomentField()
    handled_at = MomentField(null=True)
    handled_by = peewee.TextField(null=True)

    if TYPE_CHECKING:  # peewee adds the raw id beside each foreign key
        invitation_id: int | None


class BlockedAddress(Row):
    """An address that nothing may be sent to again: somebody there said that they are not the patient."""

    email_fold = peewee.TextField(unique=True)
    reason = peewee.TextField()
    created_at = MomentField()
    created_by = peewee.TextField()


class Notification(Row):
    """Something the desk is told, until somebody archives it."""

    kind = peewee.TextField(constraints=one_of("kind", NOTIFICATION_KINDS))
    patient = peewee.ForeignKeyField(Patient, null=True, on_delete="CASCADE")
    invitation = peewee.ForeignKeyField(Invitation, null=True, on_delete="CASCADE")
    reply = peewee.ForeignKeyField(Reply, null=True, on_delete="SET NULL")
    detail = peewee.TextField(default="")
    created_at = MomentField()
    archived_at = MomentField(null=True, index=True)
    archived_by = peewee.TextField(null=True)

    class Meta:
        """Listed by time and kind; those that nobody has archived are counted every second."""

        indexes = (
            (("created_at", "kind"), False),
            peewee.SQL("CREATE INDEX notification_unread ON notification (created_at) WHERE archived_at IS NULL"),
        )


class Incident(Row):
    """A message reached the wrong person: what there is to assess until `due_at`, and what was found.

    It outlives the patient and the invitation that it is about.
    """

    patient = peewee.ForeignKeyField(Patient, null=True, on_delete="SET NULL")
    invitation = peewee.ForeignKeyField(Invitation, null=True, on_delete="SET NULL")
    reply = peewee.ForeignKeyField(Reply, null=True, on_delete="SET NULL")
    email = peewee.TextField()
    email_fold = peewee.TextField()
    opened_at = MomentField()
    opened_by = peewee.TextField()
    due_at = MomentField()
    closed_at = MomentField(null=True, index=True)
    closed_by = peewee.TextField(null=True)
    note = peewee.TextField(null=True)

    if TYPE_CHECKING:  # peewee adds the raw id beside each foreign key
        patient_id: int | None
        invitation_id: int | None
        reply_id: int | None
