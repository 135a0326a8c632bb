"""Queueing invitations, one or a hundred thousand, by the same steps.

A block of patients at a time is read, asked about and written, all inside the caller's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import peewee

from clinic_tui import access, history, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import database
from clinic_tui.errors import ClinicError, FieldError, NotFound, Refused
from clinic_tui.invitations import codes, eligibility, expiring, portal_line
from clinic_tui.many import BLOCK
from clinic_tui.messages import gather
from clinic_tui.messages.choosing import Choices, Words
from clinic_tui.text import clean_text, fold_email

if TYPE_CHECKING:
    from clinic_tui.db.models.patients import Patient
    from clinic_tui.db.models.post import Invitation

LONGEST_MESSAGE = 5_000


class Wanted(NamedTuple):
    """A patient to invite, at `email` or at the address on the record.

    `resent`: the invitation that it replaces; `message`: theirs, in place of the one for all.
    """

    patient_id: int
    email: str | None = None
    resent: Invitation | None = None
    message: str | None = None


class Invited(NamedTuple):
    """An invitation that was queued, and when it is due to go."""

    invitation_id: int
    patient_id: int
    email: str
    due_at: datetime


class _Ready(NamedTuple):
    wanted: Wanted
    address: str
    ref: str
    message: str
    words: Words


def short_enough(custom_message: str) -> str:
    """A custom message as it will be kept. Raises FieldError."""
    text = clean_text(custom_message).strip()
    if len(text) > LONGEST_MESSAGE:
        raise FieldError("message", f"The message is longer than {LONGEST_MESSAGE:,} characters.", "Shorten it.")
    return text


def queue_one(
    viewer: Viewer,
    known: settings.Settings,
    wanted: Wanted,
    message: str,
    hold: int | None,
    template: int | None = None,
) -> Invited:
    """Queue one invitation. Raises what stands in its way."""
    queued, refused = queue_all(viewer, known, [wanted], message, hold, template=template)
    if refused:
        raise refused[0][1]
    return queued[0]


def queue_all(
    viewer: Viewer,
    known: settings.Settings,
    wanted: Sequence[Wanted],
    message: str,
    hold: int | None,
    progress: Callable[[int], None] | None = None,
    batch: int | None = None,
    template: int | None = None,
) -> tuple[list[Invited], list[tuple[int, ClinicError]]]:
    """Queue an invitation for each who may have one; the others, each with what stands in the way.

    `message` is `short_enough`; `hold` in seconds (None: the setting); `batch`: one of `outbox.batches`.
    `template`: the one for all; None: that of the invitation resent, else the default in each patient's language.
    Raises NotFound where the template is not in use.
    """
    choices = Choices(viewer, "invitation")
    chosen = None if template is None else choices.chosen(template)
    seconds = known.number("patient_access.hold_seconds") if hold is None else max(0, hold)
    due = now() + timedelta(seconds=seconds)
    queued: list[Invited] = []
    refused: list[tuple[int, ClinicError]] = []
    access.patients(viewer).lock(one.patient_id for one in wanted)
    for first in range(0, len(wanted), BLOCK):
        block = wanted[first : first + BLOCK]
        ready = _ask(
            viewer, known, block, message, refused, lambda one, patient: chosen or _words(choices, one, patient)
        )
        queued += _write(viewer, known, ready, due, refused, batch, len(queued) + 1)
        if progress is not None:
            progress(first + len(block))
    return queued, refused


def _words(choices: Choices, one: Wanted, patient: Patient) -> Words:
    """What goes to this patient where no template was chosen for all."""
    if one.resent is not None:
        return choices.again(one.resent.template_id, patient.language)
    return choices.for_patient(patient.language)


def _ask(
    viewer: Viewer,
    known: settings.Settings,
    block: Sequence[Wanted],
    message: str,
    refused: list[tuple[int, ClinicError]],
    words_for: Callable[[Wanted, Patient], Words],
) -> list[_Ready]:
    ids = [one.patient_id for one in block]
    expiring.close_lapsed(ids)
    patients = {row.id: row for row in access.patients(viewer).among(ids)}
    standings = eligibility.standings(viewer, ids)
    folds = {fold_email(_address(one, patients.get(one.patient_id))) for one in block}
    practitioners, blocked = access.practitioners_among(folds), access.blocked_among(folds)
    ready: list[_Ready] = []
    for one in block:
        try:
            patient = patients.get(one.patient_id)
            if patient is None:
                raise _out_of_reach(viewer, one.patient_id)
            besides = None if one.resent is None else one.resent.id
            stands = eligibility.refusal_in(viewer, patient, standings[patient.id], besides=besides)
            if stands is not None:
                raise stands
            address = eligibility.well_formed(_address(one, patient))
            eligibility.refuse_address(fold_email(address), practitioners, blocked)
            text = message if one.message is None else one.message
            words = words_for(one, patient)
            missing = gather.unresolved(viewer, known, patient, text, words)
            if missing is not None:
                raise missing.error
            ready.append(_Ready(one, address, codes.new_ref(), text, words))
        except (Refused, FieldError) as error:
            refused.append((one.patient_id, error))
    return ready


def _address(one: Wanted, patient: Patient | None) -> str:
    return one.email if one.email is not None else (patient.email if patient is not None else None) or ""


def _out_of_reach(viewer: Viewer, patient_id: int) -> Refused:
    try:
        access.patients(viewer).get(patient_id)
    except NotFound as error:
        return Refused("no_access", error.title, error.advice)
    return Refused("no_access", f"Patient {patient_id} has just changed.", "Look them up again.")


def _write(
    viewer: Viewer,
    known: settings.Settings,
    ready: Sequence[_Ready],
    due: datetime,
    refused: list[tuple[int, ClinicError]],
    batch: int | None,
    place: int,
) -> list[Invited]:
    if not ready:
        return []
    invitations = access.invitations(viewer)
    try:
        with database.atomic():
            superseded = _supersede(viewer, [one.wanted.resent for one in ready if one.wanted.resent is not None])
            invitations.add_many([_row(viewer, known, one) for one in ready])
    except peewee.IntegrityError:  # the database's own word: somebody else was a moment earlier
        if len(ready) > 1:
            return [
                made
                for at, one in enumerate(ready, place)
                for made in _write(viewer, known, [one], due, refused, batch, at)
            ]
        late = Refused("already_invited", "Somebody else has just invited this patient.")
        refused.append((ready[0].wanted.patient_id, late))
        return []
    column = invitations.columns
    refs: Any = invitations.select(column.id, column.ref).where(column.ref.in_([one.ref for one in ready]))
    ids = {ref: row_id for row_id, ref in refs.tuples()}
    queued = [Invited(ids[one.ref], one.wanted.patient_id, one.address, due) for one in ready]
    _name_the_newer(viewer, superseded)
    outbox.queue_many([made.invitation_id for made in queued], "invitation", due, batch=batch, place=place)
    portal_line.refresh(*(made.patient_id for made in queued))
    history.record_many(viewer, "invite", [(made.patient_id, made.invitation_id, None) for made in queued])
    return queued


def _supersede(viewer: Viewer, resent: Sequence[Invitation]) -> list[int]:
    """Make room for what takes their place; the ids of those that were live."""
    live = [row.id for row in resent if row.state in access.LIVE_STATES]
    if live:
        invitations = access.invitations(viewer)
        update = invitations.update(state="superseded", closed_at=now(), closed_by=viewer.login)
        update.where(invitations.columns.id.in_(live)).execute()
    return live


def _name_the_newer(viewer: Viewer, superseded: Sequence[int]) -> None:
    """Let each of these say what took its place: the one invitation of its patient that is live."""
    if superseded:
        invitations = access.invitations(viewer)
        newer: Any = invitations.model.alias()
        old = invitations.columns
        live = newer.select(newer.id).where((newer.patient == old.patient) & newer.state.in_(access.LIVE_STATES))
        invitations.update(superseded_by=live).where(old.id.in_(superseded)).execute()


def _row(viewer: Viewer, known: settings.Settings, one: _Ready) -> dict[str, object]:
    key_id = codes.current_key_id()
    return {
        "ref": one.ref,
        "key_id": key_id,
        "token_hash": codes.token_hash(codes.token(one.ref, key_id)),
        "patient": one.wanted.patient_id,
        "email": one.address,
        "email_fold": fold_email(one.address),
        "staff": viewer.staff_id,
        "custom_message": one.message,
        "template": one.words.version_id,
        "language": one.words.language,
        "expires_days": known.number("patient_access.expires_days"),
        "created_at": now(),
    }
