"""Inviting one patient or many, resending, taking back: each whole in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from clinic_tui import access, history, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.db.bulk import seldom_collected
from clinic_tui.db.connection import session, snapshot, transaction, version
from clinic_tui.errors import ClinicError, FieldError, Refused
from clinic_tui.invitations import codes, eligibility
from clinic_tui.invitations.asking import Wanted, ask
from clinic_tui.invitations.queueing import Asked, Invited, due_at, queue_all, queue_one, short_enough
from clinic_tui.invitations.taking_back import BECOMES, BEING_SENT, take_back
from clinic_tui.many import Skipped
from clinic_tui.text import fold_email

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation


FASTEST = 10_000


class Outcome(NamedTuple):
    """What became of inviting many."""

    queued: list[Invited]
    skipped: list[Skipped]


class Otherwise(ClinicError):
    """Something has changed since the dry run. `outcome`: what it would be now; nothing of it was kept."""

    def __init__(self, outcome: Outcome, number: int) -> None:
        who = "a patient" if number == 1 else f"{number:,} patients"
        super().__init__(f"Somebody changed {who} since.", "Nothing is queued: look again.")
        self.outcome = outcome


def invite(
    viewer: Viewer,
    patient_id: int,
    *,
    email: str | None = None,
    custom_message: str = "",
    hold: int | None = None,
    store_email: bool = False,
    template: int | None = None,
    guardian: int | None = None,
) -> Invited:
    """Queue one invitation to `email`, or to the address on the record; `hold` in seconds (None: the setting).

    `guardian`: the id of the contact who was chosen, for patients who are invited through one; their address is never
    stored as the patient's. `template` by its id; None: the default in the patient's language. Raises Refused (with the
    reason's word), NotFound for the template, or FieldError for an address or a message that cannot stand.
    """
    viewer.need("owner", "practitioner", "front-desk")
    with transaction():
        known = _allowed(viewer)
        invited = queue_one(
            viewer, known, Wanted(patient_id, email, template=template, guardian=guardian),
            short_enough(custom_message), hold,
        )  # fmt: skip
        if store_email:
            _store(viewer, invited)
        return invited


@seldom_collected()
def invite_many(
    viewer: Viewer,
    patient_ids: Iterable[int],
    *,
    email: str | None = None,
    custom_message: str = "",
    hold: int | None = None,
    bulk: bool = False,
    pace: int = 0,
    expected: Mapping[int, str] | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    template: int | None = None,
) -> Outcome:
    """Queue an invitation for each patient who may have one, all in one transaction; nobody twice.

    `bulk`: made from a report, so that it is held for longer (`hold` None), and the first go before the others (see
    `outbox.batches`). `pace`: messages a minute, 0 for as many as the server takes. `expected`: whom a dry run showed,
    each with their address (see `as_expected`). `email` is for a single patient; `progress` hears how far it is, in
    patients. `template` by its id; None: the default in each patient's language.

    All are asked about first, as of one moment, and nobody who writes waits for it. That is the whole of a `dry_run`:
    what it would queue has no id (0). Then, with the lock held, those who passed are asked about again, unless the
    database says that nobody has written since, and queued.
    Raises FieldError where the message is too long for anybody, or the pace cannot be; NotFound for the template;
    NotAllowed where there are several, or `bulk` is asked for, and the viewer acts on one patient at a time; Otherwise.
    """
    viewer.need("owner", "practitioner", "front-desk")
    message = short_enough(custom_message)
    if not 0 <= pace <= FASTEST:
        raise FieldError("pace", f"A pace is a number of messages a minute, from 1 to {FASTEST:,}.", "Or leave it out.")
    wanted = [Wanted(patient_id, email, template=template) for patient_id in dict.fromkeys(patient_ids)]
    if bulk or len(wanted) > 1:
        viewer.need_bulk()
    steps = 1 if dry_run else 5  # asked about, perhaps again, and three rows written

    def tell(done: int) -> None:
        if progress is not None:
            progress(done // steps)

    with session():
        with snapshot():
            known = settings.load(viewer)
            as_of = version()
            ready, refused = ask(viewer, known, wanted, message, tell)
        held = known.number("patient_access.bulk_hold_seconds") if bulk and hold is None else hold
        if dry_run:
            due = due_at(known, held)
            return _outcome([Invited(0, one.wanted.patient_id, one.address, due) for one in ready], refused)
        passed, fresh = [one.wanted for one in ready], codes.fresh(len(ready))
        before = len(wanted) + 4 * len(refused)
        with transaction():
            batch = outbox.begin_batch(viewer, pace=pace, gated=bulk) if bulk or pace else None
            queued, late = queue_all(
                viewer, settings.load(viewer), passed, message, held, lambda done: tell(before + done), batch, fresh,
                Asked(ready, as_of),
            )  # fmt: skip
            if batch is not None:
                outbox.fill_batch(batch, len(queued))
            outcome = _outcome(queued, refused + late)
            as_expected(outcome, expected)
    return outcome


def _outcome(queued: list[Invited], refused: Iterable[tuple[int, ClinicError]]) -> Outcome:
    return Outcome(queued, [Skipped(patient_id, reason_of(error), str(error)) for patient_id, error in refused])


def as_expected(outcome: Outcome, expected: Mapping[int, str] | None) -> None:
    """Raise Otherwise, inside the transaction, where others would be invited than `expected`, or at other addresses.

    Whom somebody else was a moment earlier to invite is no difference: they are invited, and the others can be.
    """
    if expected is None:
        return
    now = {row.patient_id: row.email for row in outcome.queued}
    earlier = {row.patient_id for row in outcome.skipped if row.reason == "already_invited"}
    different = [one for one in now.keys() | (expected.keys() - earlier) if now.get(one) != expected.get(one)]
    if different:
        raise Otherwise(outcome, len(different))


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
    guardian: int | None = None,
) -> Invited:
    """A new invitation in place of one that was sent; the old one is superseded where it was still live.

    Without `email` it goes where the old one went; one that went to a guardian goes as a new one would. None as
    `custom_message` or `template` keeps what the old one had, the template in its newest version.
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
        wanted = Wanted(old.patient_id, email, old, template=template, guardian=guardian)
        invited = queue_one(viewer, known, wanted, short_enough(message), hold)
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
    """Keep the address on the patient's record too, where it is the patient's."""
    from clinic_tui.patients.records import change

    if access.invitations(viewer).get(invited.invitation_id).for_guardian:
        return
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
