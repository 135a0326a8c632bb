"""Inviting one patient or many, resending, taking back: each whole in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import peewee

from clinic_tui import access, history, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import database, session, transaction
from clinic_tui.errors import ClinicError, FieldError, NotFound, Refused
from clinic_tui.invitations import codes, eligibility, portal_line
from clinic_tui.messages import gather
from clinic_tui.text import clean_text, fold_email

if TYPE_CHECKING:
    from clinic_tui.db.models.patients import Patient
    from clinic_tui.db.models.post import Invitation

LONGEST_MESSAGE = 5_000


class Invited(NamedTuple):
    """An invitation that was queued, and when it is due to go."""

    invitation_id: int
    patient_id: int
    email: str
    due_at: datetime


class Skipped(NamedTuple):
    """A patient who was not invited: the reason's word, and the sentence."""

    patient_id: int
    reason: str
    detail: str


class Outcome(NamedTuple):
    """What became of inviting many."""

    queued: list[Invited]
    skipped: list[Skipped]


class _DryRun(Exception):
    """Rolls back what a dry run did to ask its questions."""


def invite(
    viewer: Viewer,
    patient_id: int,
    *,
    email: str | None = None,
    custom_message: str = "",
    hold: int | None = None,
    store_email: bool = False,
) -> Invited:
    """Queue one invitation to `email`, or to the address on the record; `hold` in seconds (None: the setting).

    Raises Refused (with the reason's word), or FieldError for an address or a message that cannot stand.
    """
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        known = _allowed(viewer)
        return _queue(viewer, known, patient_id, email, custom_message, hold, store_email)


def invite_many(
    viewer: Viewer,
    patient_ids: Iterable[int],
    *,
    email: str | None = None,
    custom_message: str = "",
    hold: int | None = None,
    dry_run: bool = False,
) -> Outcome:
    """Queue an invitation for each patient who may have one, all in one transaction; nobody twice.

    With `dry_run` the same questions are asked and nothing is kept. `email` is for a single patient.
    Raises FieldError where the message is too long for anybody.
    """
    viewer.need("owner", "practitioner", "front-desk")
    custom_message = _short_enough(custom_message)
    queued: list[Invited] = []
    skipped: list[Skipped] = []
    with suppress(_DryRun), transaction():
        known = settings.load(viewer)
        enabled = eligibility.invitations_enabled(viewer, known)
        wanted = dict.fromkeys(patient_ids)
        access.patients(viewer).lock(wanted)
        for patient_id in wanted:
            try:
                if enabled is not None:
                    raise enabled
                with database.atomic():
                    queued.append(_queue(viewer, known, patient_id, email, custom_message, hold, False))
            except (Refused, FieldError) as error:
                skipped.append(Skipped(patient_id, reason_of(error), str(error)))
        if dry_run:
            raise _DryRun
    return Outcome(queued, skipped)


def reason_of(error: ClinicError) -> str:
    """The word for a refusal in the command line's JSON."""
    cause = error if isinstance(error, Refused) else error.__cause__
    if isinstance(cause, Refused):
        return cause.reason
    return "unresolved_term" if isinstance(error, FieldError) and error.field == "message" else "bad_email"


def resend(
    viewer: Viewer,
    invitation_id: int,
    *,
    email: str | None = None,
    custom_message: str | None = None,
    hold: int | None = None,
    store_email: bool = False,
) -> Invited:
    """A new invitation in place of one that was sent; the old one is superseded where it was still live."""
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        known = _allowed(viewer)
        old = _locked(viewer, invitation_id)
        if old.state == "queued":
            raise Refused("already_invited", "The invitation has not gone out yet.", "Wait for it, or take it back.")
        if old.state == "accepted":
            raise Refused("accepted", "The patient has accepted this invitation.", "To begin anew, revoke it first.")
        message = old.custom_message if custom_message is None else custom_message
        invited = _queue(viewer, known, old.patient_id, email or old.email, message, hold, store_email, resent=old)
        history.record(viewer, "resend", patient=old.patient_id, invitation=old.id, newer=invited.invitation_id)
        return invited


def revoke(viewer: Viewer, invitation_id: int) -> None:
    """Take back an invitation that went out: its code and its reply no longer count."""
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        row = _locked(viewer, invitation_id)
        if row.state == "queued":
            _close(viewer, row, "cancelled")
        elif row.state in ("sent", "unconfirmed", "accepted"):
            _close(viewer, row, "revoked")
        else:
            raise Refused("state", f"The invitation is {row.state}: there is nothing to revoke.")


def cancel(viewer: Viewer, invitation_id: int) -> None:
    """Take back an invitation that is still held or queued: no mail goes out."""
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        row = _locked(viewer, invitation_id)
        if row.state != "queued":
            raise Refused("state", f"The invitation is {row.state}: it can no longer be taken back.", "Revoke it.")
        _close(viewer, row, "cancelled")


def _allowed(viewer: Viewer) -> settings.Settings:
    """The settings, where Patient Access allows inviting at all. Raises Refused."""
    known = settings.load(viewer)
    refused = eligibility.invitations_enabled(viewer, known)
    if refused is not None:
        raise refused
    return known


def _locked(viewer: Viewer, invitation_id: int) -> Invitation:
    viewer.need_names()
    row = access.invitations(viewer).get(invitation_id)
    access.patients(viewer).get(row.patient_id, lock=True)
    return access.invitations(viewer).get(invitation_id)


def _close(viewer: Viewer, row: Invitation, state: str) -> None:
    if not outbox.withdraw(row.id) and state == "cancelled":
        raise Refused("state", "The invitation is being sent at this moment.", "Wait for it to go, then revoke it.")
    row.state, row.closed_at, row.closed_by = state, now(), viewer.login
    row.save()
    portal_line.refresh(row.patient_id)
    history.record(viewer, "revoke" if state == "revoked" else "cancel", patient=row.patient_id, invitation=row.id)


def _queue(
    viewer: Viewer,
    known: settings.Settings,
    patient_id: int,
    email: str | None,
    custom_message: str,
    hold: int | None,
    store_email: bool,
    resent: Invitation | None = None,
) -> Invited:
    try:
        patient = access.patients(viewer).get(patient_id, lock=True)
    except NotFound as error:
        raise Refused("no_access", error.title, error.advice) from error
    close_lapsed(patient_id)
    refused = eligibility.refusal_of(viewer, patient, besides=None if resent is None else resent.id)
    if refused is not None:
        raise refused
    address = eligibility.check_address(viewer, email if email is not None else patient.email)
    custom_message = checked_message(viewer, patient, custom_message)
    if resent is not None and resent.state in access.LIVE_STATES:
        resent.state, resent.closed_at, resent.closed_by = "superseded", now(), viewer.login
        resent.save()
    row = _add(viewer, known, patient, address, custom_message)
    if resent is not None and resent.state == "superseded":
        resent.superseded_by = row
        resent.save()
    if store_email and fold_email(patient.email or "") != row.email_fold:
        from clinic_tui.patients.records import change

        change(viewer, patient_id, email=address)
    seconds = known.number("patient_access.hold_seconds") if hold is None else max(0, hold)
    due = now() + timedelta(seconds=seconds)
    outbox.queue(row, "invitation", due)
    portal_line.refresh(patient_id)
    history.record(viewer, "invite", patient=patient_id, invitation=row.id)
    return Invited(row.id, patient_id, address, due)


def _add(viewer: Viewer, known: settings.Settings, patient: Patient, address: str, custom_message: str) -> Invitation:
    ref, key_id = codes.new_ref(), codes.current_key_id()
    try:
        with database.atomic():
            return access.invitations(viewer).add(
                ref=ref,
                key_id=key_id,
                token_hash=codes.token_hash(codes.token(ref, key_id)),
                patient=patient.id,
                email=address,
                email_fold=fold_email(address),
                staff=viewer.staff_id,
                custom_message=custom_message,
                expires_days=known.number("patient_access.expires_days"),
                created_at=now(),
            )
    except peewee.IntegrityError as error:  # the database's own word: somebody else was a moment earlier
        raise Refused("already_invited", "Somebody else has just invited this patient.") from error


def checked_message(viewer: Viewer, patient: Patient, custom_message: str) -> str:
    """The custom message as it will be kept. Raises FieldError: too long, or a term unknown or empty."""
    text = _short_enough(custom_message)
    missing = gather.unresolved(viewer, patient, text)
    if missing:
        raise FieldError("message", f"{missing} is unknown, or empty for this patient.", "Mend the message.")
    return text


def _short_enough(custom_message: str) -> str:
    text = clean_text(custom_message).strip()
    if len(text) > LONGEST_MESSAGE:
        raise FieldError("message", f"The message is longer than {LONGEST_MESSAGE:,} characters.", "Shorten it.")
    return text


def close_lapsed(patient_id: int | None = None) -> int:
    """Close what has run out: of one patient inside an inviting transaction, or of all. How many were closed."""
    invitations = access.invitations(Viewer.system())
    column = invitations.columns
    due = column.state.in_(("sent", "unconfirmed")) & (column.expires_at <= now())
    if patient_id is not None:
        due &= column.patient == patient_id
    with session():
        rows = list(invitations.select().where(due))
    closed = 0
    for row in rows:
        with transaction():
            access.patients(Viewer.system()).lock([row.patient_id])
            closed += (
                invitations.update(state="expired", closed_at=now(), closed_by="system")
                .where((column.id == row.id) & due)
                .execute()
            )
            portal_line.refresh(row.patient_id)
    return closed
