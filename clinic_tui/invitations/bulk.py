"""Resending to many patients, and taking back from many: all in one transaction, or not at all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from clinic_tui import access, history, many, settings
from clinic_tui.access import Viewer
from clinic_tui.db.connection import snapshot, transaction
from clinic_tui.errors import ClinicError, Refused
from clinic_tui.invitations import eligibility
from clinic_tui.invitations.asking import Wanted, ask
from clinic_tui.invitations.inviting import Outcome, as_expected, reason_of
from clinic_tui.invitations.queueing import Invited, due_at, queue_all, short_enough
from clinic_tui.invitations.taking_back import BECOMES, BEING_SENT, being_sent, take_back
from clinic_tui.many import Changed, Skipped

if TYPE_CHECKING:
    from clinic_tui.db.models.patients import Patient
    from clinic_tui.db.models.post import Invitation

_RESENT = ("sent", "unconfirmed", "expired")
_NOT_PENDING = Refused("not_pending", "No invitation of the patient is pending or has expired.", "Invite them.")
_GONE = Refused("state", "The invitation has gone out: it can no longer be taken back.", "Revoke it.")
_NOTHING = Refused("nothing_to_revoke", "No invitation of the patient is out or accepted.")


def resend_many(
    viewer: Viewer,
    patient_ids: Iterable[int],
    *,
    custom_message: str | None = None,
    hold: int | None = None,
    expected: Mapping[int, str] | None = None,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
    template: int | None = None,
) -> Outcome:
    """A new invitation for each patient whose newest one is pending or has expired.

    It goes to the same address, or through a guardian as a new one would. The old one is superseded where it is still
    live. No gate before the rest: nobody gets it whose mail came back, so that the first would tell nothing of the
    others. None as `custom_message` or `template` keeps what each had. With `dry_run` the same questions are asked, of
    one moment, and nothing is written: what would be queued has no id (0). `expected`: whom a dry run showed, each with
    their address (see `as_expected`). `progress` hears how many are done with. Raises FieldError where the message is
    too long for anybody; NotFound for the template; NotAllowed for who acts on one at a time; Otherwise.
    """
    viewer.need("owner", "practitioner", "front-desk")
    viewer.need_bulk()
    message = None if custom_message is None else short_enough(custom_message)
    outcome = Outcome([], [])
    with snapshot() if dry_run else transaction():
        known = settings.load(viewer)
        enabled = eligibility.invitations_enabled(viewer, known)
        due = due_at(known, hold)
        for block in many.blocks(viewer, patient_ids, progress, lock=not dry_run):
            if enabled is not None:
                refused: list[tuple[int, ClinicError]] = [(one, enabled) for one in block]
            else:
                patients = many.changeable(viewer, block, outcome.skipped)
                wanted, refused = _pending(viewer, patients, message, template)
                if dry_run:
                    ready, late = ask(viewer, known, wanted, message or "")
                    queued = [Invited(0, one.wanted.patient_id, one.address, due) for one in ready]
                else:
                    queued, late = queue_all(viewer, known, wanted, message or "", hold)
                    _tell(viewer, wanted, queued)
                outcome.queued.extend(queued)
                refused += late
            outcome.skipped.extend(Skipped(one, reason_of(error), str(error)) for one, error in refused)
        as_expected(outcome, expected)
    return outcome


def _pending(
    viewer: Viewer, patients: Mapping[int, Patient], message: str | None, template: int | None
) -> tuple[list[Wanted], list[tuple[int, ClinicError]]]:
    """What to resend; and the patients who have nothing to resend, each with why."""
    ids = list(patients)
    newest: dict[int, Invitation] = {}
    for row in sorted(access.invitations(viewer).among(ids, "patient"), key=lambda row: row.id):
        newest[row.patient_id] = row
    wanted = [
        Wanted(one, None, old, old.custom_message if message is None else message, template)
        for one, old in ((one, newest.get(one)) for one in ids)
        if old is not None and old.state in _RESENT
    ]
    others = patients.keys() - {one.patient_id for one in wanted}
    standings = eligibility.standings(viewer, sorted(others))
    return wanted, [
        (one, eligibility.refusal_in(viewer, patients[one], standings[one]) or _NOT_PENDING)
        for one in ids
        if one in others
    ]


def _tell(viewer: Viewer, wanted: Iterable[Wanted], queued: Iterable[Invited]) -> None:
    old = {one.patient_id: one.resent.id for one in wanted if one.resent is not None}
    history.record_many(
        viewer,
        "resend",
        [(made.patient_id, old[made.patient_id], {"newer": made.invitation_id}) for made in queued],
    )


def revoke_many(
    viewer: Viewer,
    patient_ids: Iterable[int],
    *,
    dry_run: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Changed:
    """Take back what each patient has out or accepted: cancelled where it has not gone, else revoked.

    What is said of each changed patient is the address that was invited. With `dry_run` the same questions are asked
    and nothing is written; `progress` hears how many have been asked about.
    """
    viewer.need("owner", "practitioner", "front-desk")
    viewer.need_bulk()
    outcome = Changed([], [])
    with snapshot() if dry_run else transaction():
        for block in many.blocks(viewer, patient_ids, progress, lock=not dry_run):
            ids = list(many.changeable(viewer, block, outcome.skipped))
            out = [row for row in access.invitations(viewer).among(ids, "patient") if row.state in BECOMES]
            stay = being_sent(out) if dry_run else take_back(viewer, out)
            email = {row.patient_id: row.email for row in out if row.id not in stay}
            sending = {row.patient_id for row in out if row.id in stay}
            for one in ids:
                if one in email:
                    outcome.changed.append((one, email[one]))
                else:
                    why = BEING_SENT if one in sending else _NOTHING
                    outcome.skipped.append(Skipped(one, why.reason, str(why)))
    return outcome


def cancel_messages(viewer: Viewer, message_ids: Iterable[int]) -> Changed:
    """Take back the invitations that these messages would carry, those that have not gone out; the others are skipped.

    Raises Refused where it is one alone, and it cannot be taken back.
    """
    viewer.need("owner", "practitioner", "front-desk")
    viewer.need_names()
    outcome = Changed([], [])
    with transaction():
        carried = access.invitations_of_messages(viewer, message_ids)
        for block in many.blocks(viewer, carried.values()):
            rows = [row for row in access.invitations(viewer).among(block, "patient") if row.id in carried]
            waiting = [row for row in rows if row.state == "queued"]
            stay = take_back(viewer, waiting)
            for row in rows:
                if row.state == "queued" and row.id not in stay:
                    outcome.changed.append((row.patient_id, row.email))
                else:
                    why = BEING_SENT if row.id in stay else _GONE
                    outcome.skipped.append(Skipped(row.patient_id, why.reason, str(why)))
    if len(carried) == 1 and outcome.skipped:
        raise BEING_SENT if outcome.skipped[0].reason == BEING_SENT.reason else _GONE
    return outcome
