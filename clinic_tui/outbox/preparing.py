"""Making the mail at the moment of sending: the rules asked again, the record read again, the words composed."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Any, NamedTuple, cast

from clinic_tui import access, daytime, history, notifications, settings, staff
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.post import Invitation, Message, Reply, SentText
from clinic_tui.errors import FieldError, NotAllowed, NotFound, Refused
from clinic_tui.invitations import codes, eligibility, minors
from clinic_tui.messages import gather
from clinic_tui.messages.compose import Composed, compose
from clinic_tui.messages.facts import Kind
from clinic_tui.messages.mime import plus_address, to_mail
from clinic_tui.outbox.holding import Claim, held
from clinic_tui.outbox.outcomes import end_unsent, put_off
from clinic_tui.patients import guardians


class Envelope(NamedTuple):
    """A mail ready to go: from whom (for bounces to find us), to whom, and its bytes to be."""

    claim: Claim
    sender: str
    to: str
    mail: EmailMessage


def prepare(claimed: Claim, sender: str) -> Envelope | None:
    """The mail of a claimed message, from the practice's address `sender`.

    None where the claim is lost, or where the rules now say no: then the message and its invitation are cancelled
    with the reason, and the desk is told. A reminder waits for the day, or is cancelled alone; nobody is told. Raises
    KeyMissing, DatabaseLost: then nothing has changed.
    """
    with transaction():
        row = held(claimed, "claimed")
        if row is None:
            return None
        due = now() if row.reminder is None else daytime.from_then_on(settings.load(Viewer.system()))
        if due > now():
            put_off(row, due)
            return None
        try:
            return _make(row, claimed, sender)
        except (Refused, FieldError, NotFound, NotAllowed) as error:
            _cancel(row, str(error))
            return None


def _make(row: Message, claimed: Claim, sender: str) -> Envelope:
    invitation: Invitation = row.invitation
    viewer = _sender_of(invitation)
    _ask_again(viewer, invitation, row)
    if not row.domain:
        row.domain = sender.rpartition("@")[2]
        row.save()
    token = codes.token(invitation.ref, invitation.key_id)
    tagged = settings.load(viewer).on("mail.plus_addresses")
    reply_to = plus_address(sender, token) if tagged else sender
    code = codes.code(invitation.ref, invitation.key_id)
    facts = gather.facts_of(viewer, invitation, cast(Kind, row.kind), code=code, token=token, reply_to=reply_to)
    _keep(row, compose(gather.masked(facts)))
    mail = to_mail(
        compose(facts),
        facts,
        sender=sender,
        to=invitation.email,
        message_id=codes.message_id(row.ref, token, row.domain),
        automatic=row.automatic,
    )
    return Envelope(claimed, reply_to, invitation.email, mail)


def _keep(row: Message, masked: Composed) -> None:
    """Keep what the message says, in the place of what an earlier try said."""
    said: dict[Any, Any] = {SentText.subject: masked.subject, SentText.body: masked.text, SentText.made_at: now()}
    first = SentText.insert({**said, SentText.message: row.id, SentText.invitation: row.invitation_id})
    first.on_conflict(conflict_target=[SentText.message], update=said).execute()


def _sender_of(invitation: Invitation) -> Viewer:
    if invitation.staff_id is None:
        return Viewer.system()
    viewer = staff.viewer_by_id(invitation.staff_id)
    if viewer is None:
        raise NotAllowed("Whoever invited is no longer a staff member.", "Invite the patient again.")
    return viewer


def _ask_again(viewer: Viewer, invitation: Invitation, row: Message) -> None:
    enabled = eligibility.invitations_enabled(viewer)
    if enabled is not None:
        raise enabled
    patient = access.patients(viewer).get(invitation.patient_id)
    invites = row.kind in ("invitation", "reminder")
    if invites:
        if row.reminder is not None:
            _still_to_remind(viewer, invitation, row.reminder)
        elif invitation.state != "queued":
            raise Refused("state", f"The invitation is {invitation.state}.")
        refused = eligibility.refusal_of(viewer, patient, besides=invitation.id)
        if refused is not None:
            raise refused
    elif invitation.state != "accepted":
        raise Refused("state", f"The invitation is {invitation.state}, not accepted.")
    elif patient.status in ("deceased", "blocked"):
        raise Refused("status", f"The patient is {patient.status}.")
    if invites or invitation.for_guardian:
        contacts = guardians.of(Viewer.system(), [patient.id]).get(patient.id, [])
        minors.refuse_elsewhere(settings.load(viewer), patient, invitation, contacts)
    eligibility.check_address(viewer, invitation.email)


def _still_to_remind(viewer: Viewer, invitation: Invitation, number: int) -> None:
    """Raise Refused unless the invitation waits for an answer, and so many reminders are still wanted."""
    if invitation.state != "sent":
        raise Refused("state", f"The invitation is {invitation.state}.")
    if invitation.expires_at is None or invitation.expires_at <= now():
        raise Refused("expired", "The invitation has run out.")
    if number > settings.load(viewer).number("patient_access.reminders"):
        raise Refused("not_enabled", "Fewer reminders are wanted by now.")
    if Reply.select().where((Reply.invitation == invitation.id) & (Reply.outcome == "review")).exists():
        raise Refused("state", "A reply of the patient's waits for a person.")


def _cancel(row: Message, why: str) -> None:
    end_unsent(row, "cancelled", why)
    invitation: Invitation = row.invitation
    history.record(Viewer.system(), "not sent", patient=invitation.patient_id, invitation=invitation.id)
    if row.reminder is None:
        notifications.tell("failed", invitation, detail=f"Not sent: {row.answer}")
