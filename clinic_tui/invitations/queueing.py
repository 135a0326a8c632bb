"""Queueing invitations, one or a hundred thousand, by the same steps.

All are asked about, then written, one table after the other, all inside the caller's transaction. Each engine is the
quicker for it: what of an index is being written to stays at hand.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

import peewee

from clinic_tui import access, history, outbox, settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import database, version
from clinic_tui.errors import ClinicError, FieldError, Refused
from clinic_tui.invitations import asking, codes, expiring, portal_line
from clinic_tui.invitations.asking import Ready, Wanted
from clinic_tui.many import BLOCK
from clinic_tui.text import clean_text

if TYPE_CHECKING:
    from clinic_tui.db.models.post import Invitation

LONGEST_MESSAGE = 5_000
# What the index that allows each patient one live invitation is called in an error: by PostgreSQL, by SQLite.
_ONE_LIVE = ('"invitation_one_live"', "UNIQUE constraint failed: invitation.patient_id")
T = TypeVar("T")


class Asked(NamedTuple):
    """Those of whom somebody has found that they may be invited, and the `version` of the database that it is of."""

    ready: list[Ready]
    version: int | None


class Invited(NamedTuple):
    """An invitation that was queued, and when it is due to go."""

    invitation_id: int
    patient_id: int
    email: str
    due_at: datetime


def short_enough(custom_message: str) -> str:
    """A custom message as it will be kept. Raises FieldError."""
    text = clean_text(custom_message).strip()
    if len(text) > LONGEST_MESSAGE:
        raise FieldError("message", f"The message is longer than {LONGEST_MESSAGE:,} characters.", "Shorten it.")
    return text


def queue_one(viewer: Viewer, known: settings.Settings, wanted: Wanted, message: str, hold: int | None) -> Invited:
    """Queue one invitation. Raises what stands in its way."""
    queued, refused = queue_all(viewer, known, [wanted], message, hold)
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
    fresh: deque[codes.Fresh] | None = None,
    asked: Asked | None = None,
) -> tuple[list[Invited], list[tuple[int, ClinicError]]]:
    """Queue an invitation for each who may have one, inside the caller's transaction; the others, each with what
    stands in the way.

    `message` is `short_enough`; `hold` in seconds (None: the setting); `batch`: one of `outbox.batches`; `fresh`: as
    many as are wanted, made beforehand, and used up here; `asked`: all of `wanted`, asked about already. They are asked
    about again where somebody has written since. `progress` hears how far it is, of four for each who is wanted.
    """
    due = due_at(known, hold)
    access.patients(viewer).lock(one.patient_id for one in wanted)
    refused: list[tuple[int, ClinicError]] = []
    if asked is not None and asked.version is not None and asked.version == version():  # and the patients are locked
        ready = asked.ready
    else:
        if asked is not None:
            asked.ready.clear()  # many are not held twice
        ready, refused = asking.ask(viewer, known, wanted, message, progress)
    if not ready:
        return [], refused
    written = None if progress is None else lambda rows: progress(len(wanted) + rows)
    expiring.close_lapsed([one.wanted.patient_id for one in ready])
    at = now()
    added = _add(viewer, known, ready, fresh or codes.fresh(len(ready)), at, refused, written)
    queued = [Invited(made, one.wanted.patient_id, one.address, due) for one, made in added]
    ids = (made.invitation_id for made in queued)
    outbox.queue_many(_told(ids, written, len(queued)), "invitation", due, batch=batch)
    for first in range(0, len(queued), BLOCK):
        portal_line.just_queued([made.patient_id for made in queued[first : first + BLOCK]], at)
        if written is not None:
            written(2 * len(queued) + first)
    history.record_many(viewer, "invite", ((made.patient_id, made.invitation_id, None) for made in queued))
    return queued, refused


def due_at(known: settings.Settings, hold: int | None) -> datetime:
    """When what is queued now goes; `hold` in seconds (None: the setting)."""
    seconds = known.number("patient_access.hold_seconds") if hold is None else max(0, hold)
    return now() + timedelta(seconds=seconds)


def _add(
    viewer: Viewer,
    known: settings.Settings,
    ready: Sequence[Ready],
    fresh: deque[codes.Fresh],
    at: datetime,
    refused: list[tuple[int, ClinicError]],
    progress: Callable[[int], None] | None = None,
) -> list[tuple[Ready, int]]:
    """The invitations themselves: each with its id."""
    rows = (
        (
            *fresh.popleft(),
            one.wanted.patient_id,
            one.address,
            one.fold,
            one.message,
            one.words.version_id,
            one.words.language,
            one.guardian is not None,
            one.guardian and one.guardian.id,
        )
        for one in ready
    )
    try:
        with database.atomic():
            superseded = _supersede(viewer, [one.wanted.resent for one in ready if one.wanted.resent is not None])
            ids = access.invitations(viewer).add_many(
                (*codes.Fresh._fields, "patient", "email", "email_fold", "custom_message", "template", "language",
                 "for_guardian", "guardian"),
                _told(rows, progress), len(ready), staff=viewer.staff_id, created_at=at,
                expires_days=known.number("patient_access.expires_days"),
            )  # fmt: skip
    except peewee.IntegrityError as error:
        if not any(word in str(error) for word in _ONE_LIVE):
            raise
        # The database's own word: somebody else was a moment earlier.
        if len(ready) > 1:
            singly = ([one] for one in ready)
            return [added for one in singly for added in _add(viewer, known, one, codes.fresh(1), at, refused)]
        late = Refused("already_invited", "Somebody else has just invited this patient.")
        refused.append((ready[0].wanted.patient_id, late))
        return []
    _name_the_newer(viewer, superseded)
    return list(zip(ready, ids, strict=True))


def _told(rows: Iterable[T], progress: Callable[[int], None] | None, before: int = 0) -> Iterator[T]:
    """The rows, one after the other; `progress` hears how many have gone by."""
    for number, row in enumerate(rows, before + 1):
        yield row
        if progress is not None and number % BLOCK == 0:
            progress(number)


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
