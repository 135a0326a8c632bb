"""Making mail at the moment of sending: the rules asked again, the records read again, the words composed.

Many at a time, for a question to the database costs more than a mail: but each is asked as whoever invited, and one
that may not go keeps no other back. Nothing is written of those that may go until `claims.begin`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from email.message import EmailMessage
from typing import NamedTuple, cast

from clinic_tui import access, daytime, history, notifications, settings, staff
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.post import Invitation, Message, Reply
from clinic_tui.errors import DatabaseLost, FieldError, KeyMissing, NotAllowed, NotFound, Refused
from clinic_tui.invitations import codes, eligibility, minors
from clinic_tui.invitations.eligibility import Person, Standing
from clinic_tui.messages.compose import Composed, compose
from clinic_tui.messages.facts import Kind
from clinic_tui.messages.gather import Letters, masked
from clinic_tui.messages.mime import plus_address, to_mail
from clinic_tui.messages.values import Whom
from clinic_tui.outbox.holding import Claim, held, read
from clinic_tui.outbox.outcomes import end_unsent, put_off
from clinic_tui.patients import guardians
from clinic_tui.patients.guardians import Guardian
from clinic_tui.settings import Settings

_SYSTEM = Viewer.system()


class Envelope(NamedTuple):
    """A mail ready to go: from whom (for bounces to find us), to whom, and its bytes to be.

    `kept`: what staff may read of it later; `domain`: what its Message-ID ends in.
    """

    claim: Claim
    sender: str
    to: str
    mail: EmailMessage
    invitation_id: int
    domain: str
    kept: Composed


def prepare(claimed: Claim, sender: str) -> Envelope | None:
    """The mail of one claimed message; None where it does not go: see `prepare_many`."""
    return next(iter(prepare_many([claimed], sender)), None)


def prepare_many(claims: Sequence[Claim], sender: str) -> list[Envelope]:
    """The mails of claimed messages, from the practice's address `sender`.

    Those whose claim is lost are left out; so are those to which the rules now say no: the message and its invitation
    are cancelled with the reason, and the desk is told. A reminder waits for the day, or is cancelled alone; nobody is
    told. Raises KeyMissing, DatabaseLost: then nothing has changed.
    """
    ready: list[Envelope] = []
    refused: list[tuple[Claim, str]] = []
    early: list[Claim] = []
    with session():
        day = daytime.from_then_on(settings.load(_SYSTEM))
        for viewer, rows in _by_sender(read(claims, "claimed")):
            block = _Block(viewer, [row.invitation for row in rows])
            for row in rows:
                if row.reminder is not None and day > now():
                    early.append(Claim(row.id, row.fence))
                    continue
                try:
                    ready.append(block.envelope(row, sender))
                except (KeyMissing, DatabaseLost):
                    raise
                except (Refused, FieldError, NotFound, NotAllowed) as error:
                    refused.append((Claim(row.id, row.fence), str(error)))
        for claimed, why in refused:
            _cancel(claimed, why)
        for claimed in early:
            put_off(claimed, day)
    return ready


def _by_sender(rows: Sequence[Message]) -> Iterator[tuple[Viewer | None, list[Message]]]:
    """The messages by who invited, with the rights that they have by now; None: no staff member any more."""
    by_id: dict[int | None, list[Message]] = {}
    for row in rows:
        by_id.setdefault(row.invitation.staff_id, []).append(row)
    for staff_id, theirs in by_id.items():
        yield (_SYSTEM if staff_id is None else staff.viewer_by_id(staff_id)), theirs


class _Block:
    """What the rules and the words ask about the patients of these invitations, read once for all."""

    def __init__(self, viewer: Viewer | None, invitations: Iterable[Invitation]) -> None:
        self._viewer = viewer or _SYSTEM
        self._nobody = viewer is None
        self._known: Settings = settings.load(self._viewer)
        ids = list({one.patient_id for one in invitations})
        folds = list({one.email_fold for one in invitations})
        self._people = eligibility.people(self._viewer, ids)
        self._standings = eligibility.standings(self._viewer, ids)
        # Whoever invited may be one who does not see contacts; whom the mail goes to is asked all the same.
        self._guardians = guardians.of(_SYSTEM, ids)
        self._practitioners, self._blocked = access.practitioners_among(folds), access.blocked_among(folds)
        self._sharers = access.sharers(folds)
        self._letters = Letters(self._viewer, self._known)
        self._enabled = eligibility.invitations_enabled(self._viewer, self._known)

    def envelope(self, row: Message, sender: str) -> Envelope:
        """The mail of one message. Raises what stands in the way."""
        invitation: Invitation = row.invitation
        person = self._person(invitation)
        contacts = self._guardians.get(person.id, [])
        self._ask_again(row, invitation, person, contacts)
        token = codes.token(invitation.ref, invitation.key_id)
        reply_to = plus_address(sender, token) if self._known.on("mail.plus_addresses") else sender
        facts = self._letters.facts(
            invitation, cast(Kind, row.kind), _whom(invitation, person, contacts),
            shared=bool(self._sharers.get(invitation.email_fold, set()) - {person.id}),
            code=codes.code(invitation.ref, invitation.key_id), token=token, reply_to=reply_to,
        )  # fmt: skip
        domain = row.domain or sender.rpartition("@")[2]
        composed = compose(facts)
        mail = to_mail(
            composed,
            facts,
            sender=sender,
            to=invitation.email,
            message_id=codes.message_id(row.ref, token, domain),
            automatic=row.automatic,
        )
        kept = masked(composed, facts)
        return Envelope(Claim(row.id, row.fence), reply_to, invitation.email, mail, invitation.id, domain, kept)

    def _person(self, invitation: Invitation) -> Person:
        if self._nobody:
            raise NotAllowed("Whoever invited is no longer a staff member.", "Invite the patient again.")
        if self._enabled is not None:
            raise self._enabled
        person = self._people.get(invitation.patient_id)
        if person is None:
            raise access.patients(self._viewer).missing(invitation.patient_id)
        return person

    def _ask_again(self, row: Message, invitation: Invitation, person: Person, contacts: Sequence[Guardian]) -> None:
        invites = row.kind in ("invitation", "reminder")
        if invites:
            if row.reminder is not None:
                self._still_to_remind(invitation, row.reminder)
            elif invitation.state != "queued":
                raise Refused("state", f"The invitation is {invitation.state}.")
            standing = self._standings.get(person.id, Standing())
            refused = eligibility.refusal_in(self._viewer, person, standing, besides=invitation.id)
            if refused is not None:
                raise refused
        elif invitation.state != "accepted":
            raise Refused("state", f"The invitation is {invitation.state}, not accepted.")
        elif person.status in ("deceased", "blocked"):
            raise Refused("status", f"The patient is {person.status}.")
        if invites or invitation.for_guardian:
            minors.refuse_elsewhere(self._known, person, invitation, contacts)
        eligibility.well_formed(invitation.email)
        eligibility.refuse_address(invitation.email_fold, self._practitioners, self._blocked)

    def _still_to_remind(self, invitation: Invitation, number: int) -> None:
        """Raise Refused unless the invitation waits for an answer, and so many reminders are still wanted."""
        if invitation.state != "sent":
            raise Refused("state", f"The invitation is {invitation.state}.")
        if invitation.expires_at is None or invitation.expires_at <= now():
            raise Refused("expired", "The invitation has run out.")
        if number > self._known.number("patient_access.reminders"):
            raise Refused("not_enabled", "Fewer reminders are wanted by now.")
        if Reply.select().where((Reply.invitation == invitation.id) & (Reply.outcome == "review")).exists():
            raise Refused("state", "A reply of the patient's waits for a person.")


def _whom(invitation: Invitation, person: Person, contacts: Sequence[Guardian]) -> Whom:
    to = next((one for one in contacts if one.id == invitation.guardian_id), None)
    return Whom(
        person.id, person.given, person.family, person.preferred, person.practitioner,
        guardians.name_of(to, contacts), invitation.for_guardian, person.middle,
    )  # fmt: skip


def _cancel(claimed: Claim, why: str) -> None:
    with transaction():
        row = held(claimed, "claimed")
        if row is None:
            return
        end_unsent(row, "cancelled", why)
        invitation: Invitation = row.invitation
        history.record(_SYSTEM, "not sent", patient=invitation.patient_id, invitation=invitation.id)
        if row.reminder is None:
            notifications.tell("failed", invitation, detail=f"Not sent: {row.answer}")
