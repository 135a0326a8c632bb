"""Inviting one patient or many, resending, taking back: each whole in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, NamedTuple

from clinic_tui import access, history, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import transaction
from clinic_tui.errors import ClinicError, FieldError, Refused
from clinic_tui.invitations import eligibility
from clinic_tui.invitations.queueing import Invited, Wanted, queue_all, queue_one, short_enough
from clinic_tui.invitations.taking_back import BECOMES, BEING_SENT, take_back
from clinic_tui.many import Skipped, all_or_none
from clinic_tui.text import fold_email

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation


FASTEST = 10_000


class Outcome(NamedTuple):
    """What became of inviting many."""

    queued: list[Invited]
    skipped: list[Skipped]


def invite(
    viewer: Viewer,
    patient_id: int,
    *,
    email: str | None = None,
    custom_message: str = "",
    hold: int | None = None,
    store_email: bool = False,
    template: int | None = None,
) -> Invited:
    """Queue one invitation to `email`, or to the address on the record; `hold` in seconds (None: the setting).

    `template` by its id; None: the default in the patient's language. Raises Refused (with the reason's word), NotFound
    for the template, or FieldError for an address or a message that cannot stand.
    """
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        known = _allowed(viewer)
        invited = queue_one(viewer, known, Wanted(patient_id, email), short_enough(custom_message), hold, template)
        if store_email:
            _store(viewer, invited)
        return invited


def invite_many(
    viewer: Viewer,
    patient_ids: Iterable[int],
    *,
    email: str | None = None,
    custom_message: str = "",
    hold: int | None = None,
    bulk: bool = False,
    pace: int = 0,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    template: int | None = None,
) -> Outcome:
    """Queue an invitation for each patient who may have one, all in one transaction; nobody twice.

    `bulk`: made from a report, so that it is held for longer (`hold` None), and the first go before the others (see
    `outbox.batches`). `pace`: messages a minute, 0 for as many as the server takes. With `dry_run` the same questions
    are asked and nothing is kept. `email` is for a single patient; `progress` hears how many have been asked about.
    `template` by its id; None: the default in each patient's language. Raises NotFound for the template, FieldError
    where the message is too long for anybody, or the pace cannot be.
    """
    viewer.need("owner", "practitioner", "front-desk")
    custom_message = short_enough(custom_message)
    if not 0 <= pace <= FASTEST:
        raise FieldError("pace", f"A pace is a number of messages a minute, from 1 to {FASTEST:,}.", "Or leave it out.")
    outcome = Outcome([], [])
    with all_or_none(dry_run):
        known = settings.load(viewer)
        wanted = [Wanted(patient_id, email) for patient_id in dict.fromkeys(patient_ids)]
        enabled = eligibility.invitations_enabled(viewer, known)
        if enabled is not None:
            refused: list[tuple[int, ClinicError]] = [(one.patient_id, enabled) for one in wanted]
        else:
            held = known.number("patient_access.bulk_hold_seconds") if bulk and hold is None else hold
            batch = outbox.begin_batch(viewer, pace=pace, gated=bulk) if (bulk or pace) and not dry_run else None
            queued, refused = queue_all(viewer, known, wanted, custom_message, held, progress, batch, template)
            if batch is not None:
                outbox.fill_batch(batch, len(queued))
            outcome.queued.extend(queued)
        outcome.skipped.extend(Skipped(patient_id, reason_of(error), str(error)) for patient_id, error in refused)
    return outcome


def reason_of(error: ClinicError) -> str:
    """The word for a refusal in the command line's JSON."""
    cause = error if isinstance(error, Refused) else error.__cause__
    if isinstance(cause, Refused):
        return cause.reason
    return (
        "unresolved_term" if isinstance(error, FieldError) and error.field in ("message", "template") else "bad_email"
    )


def resend(
    viewer: Viewer,
    invitation_id: int,
    *,
    email: str | None = None,
    custom_message: str | None = None,
    hold: int | None = None,
    store_email: bool = False,
    template: int | None = None,
) -> Invited:
    """A new invitation in place of one that was sent; the old one is superseded where it was still live.

    None as `custom_message` or `template` keeps what the old one had, in the template's newest version.
    """
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        known = _allowed(viewer)
        old = _locked(viewer, invitation_id)
        if old.state == "queued":
            raise Refused("already_invited", "The invitation has not gone out yet.", "Wait for it, or take it back.")
        if old.state == "accepted":
            raise Refused("accepted", "The patient has accepted this invitation.", "To begin anew, revoke it first.")
        message = old.custom_message if custom_message is None else custom_message
        wanted = Wanted(old.patient_id, email or old.email, old)
        invited = queue_one(viewer, known, wanted, short_enough(message), hold, template)
        if store_email:
            _store(viewer, invited)
        history.record(viewer, "resend", patient=old.patient_id, invitation=old.id, newer=invited.invitation_id)
        return invited


def revoke(viewer: Viewer, invitation_id: int) -> None:
    """Take back an invitation that went out: its code and its reply no longer count."""
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        row = _locked(viewer, invitation_id)
        if row.state not in BECOMES:
            raise Refused("state", f"The invitation is {row.state}: there is nothing to revoke.")
        _take_back(viewer, row)


def cancel(viewer: Viewer, invitation_id: int) -> None:
    """Take back an invitation that is still held or queued: no mail goes out."""
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        row = _locked(viewer, invitation_id)
        if row.state != "queued":
            raise Refused("state", f"The invitation is {row.state}: it can no longer be taken back.", "Revoke it.")
        _take_back(viewer, row)


def _allowed(viewer: Viewer) -> settings.Settings:
    """The settings, where Patient Access allows inviting at all. Raises Refused."""
    known = settings.load(viewer)
    refused = eligibility.invitations_enabled(viewer, known)
    if refused is not None:
        raise refused
    return known


def _store(viewer: Viewer, invited: Invited) -> None:
    """Keep the address on the patient's record too."""
    from clinic_tui.patients.records import change

    patient = access.patients(viewer).get(invited.patient_id)
    if fold_email(patient.email or "") != fold_email(invited.email):
        change(viewer, patient.id, email=invited.email)


def _locked(viewer: Viewer, invitation_id: int) -> Invitation:
    viewer.need_names()
    row = access.invitations(viewer).get(invitation_id)
    access.patients(viewer).get(row.patient_id, lock=True)
    return access.invitations(viewer).get(invitation_id)


def _take_back(viewer: Viewer, row: Invitation) -> None:
    if take_back(viewer, [row]):
        raise BEING_SENT
