"""Taking what came back: a mail is read once, belongs to an invitation or to nobody, and the rules say what follows.

An answer counts on positive evidence only: from the invited address, with the invitation's token, and nothing but the
word. Whatever else a person wrote about an invitation needs a person. Mail that is not about one leaves no trace: the
mailbox may be the practice's own.
"""

from __future__ import annotations

import hashlib
from typing import Literal, NamedTuple

import peewee

from clinic_tui import access, notifications, outbox
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.post import Invitation, Message, Reply
from clinic_tui.errors import Refused
from clinic_tui.invitations import accepting, answering
from clinic_tui.mail.belonging import Match, belonging, newest_of, was_ours
from clinic_tui.mail.reading import Reading, read_mail, unreadable
from clinic_tui.text import clean, clean_text

UNREADABLE = "unreadable"  # the kind of a mail that is kept aside
ANSWERS = ("acceptance", "decline", "stop", "not_me", "reply")
_SYSTEM = Viewer.system()
_MOST_TEXT = 4_000

Outcome = Literal["accepted", "declined", "stopped", "not_me", "bounced", "noted", "review", "known", "nothing"]


class Taken(NamedTuple):
    """What became of one mail. `known`: taken before; `nothing`: it is not about an invitation of ours."""

    outcome: Outcome
    kind: str


class _Ruling(NamedTuple):
    outcome: Outcome
    why: str


def take(raw: bytes, *, folder: str = "the mailbox", authserv_id: str | None = None) -> Taken:
    """Take one mail, whole in one transaction; the same bytes a second time change nothing.

    `folder`: where it lies, for the desk. `authserv_id`: whose Authentication-Results count (see `authentication`).
    """
    digest = hashlib.sha256(raw).hexdigest()
    with session():
        if _is_known(digest):
            return Taken("known", "")
        reading = read_mail(raw, authserv_id)
        if reading.unreadable:
            return _set_aside(digest, reading, folder)
        if was_ours(reading):
            return Taken("nothing", reading.kind)
        try:
            with transaction():
                return Taken(_take(digest, reading), reading.kind)
        except peewee.IntegrityError:  # another reader of the same mailbox was a moment earlier
            if _is_known(digest):
                return Taken("known", reading.kind)
            raise


def set_aside(raw: bytes, broken: Exception, folder: str) -> Taken:
    """Keep aside a mail that could be read and not be taken: the desk is told once, and it is never tried again."""
    with session():
        return _set_aside(hashlib.sha256(raw).hexdigest(), unreadable(raw, broken), folder)


def _set_aside(digest: str, reading: Reading, folder: str) -> Taken:
    with transaction():
        if _is_known(digest):
            return Taken("known", UNREADABLE)
        reply = _keep(digest, reading, None)
        reply.kind, reply.outcome = UNREADABLE, "review"
        reply.why = clean(f"A mail in {folder} could not be read and is kept aside: look at it there.", 300)
        reply.save()
        notifications.tell("review", None, reply=reply.id, detail=reply.why)
    return Taken("review", UNREADABLE)


def _is_known(digest: str) -> bool:
    return Reply.select().where(Reply.digest == digest).exists()


def _take(digest: str, reading: Reading) -> Outcome:
    match = belonging(reading)
    if match is None or (match.by == "address" and reading.kind not in (*ANSWERS, "bounce")):
        return "nothing"
    reply = _keep(digest, reading, match)
    if match.by == "token" and match.invitation is not None and reading.kind != "bounce":
        _went_out(match.invitation)
    ruling = _rule(reading, match, reply.id)
    reply.outcome, reply.why = ruling.outcome, clean(ruling.why, 300)
    if ruling.outcome == "review":
        reply.body = clean_text(reading.new_text, _MOST_TEXT)
        notifications.tell("review", match.invitation, reply=reply.id, detail=reply.why)
    else:
        reply.handled_at, reply.handled_by = now(), _SYSTEM.login
    reply.save()
    return ruling.outcome


def _keep(digest: str, reading: Reading, match: Match | None) -> Reply:
    received = reading.received
    return access.replies(_SYSTEM).add(
        digest=digest,
        invitation=match and match.invitation and match.invitation.id,
        kind=reading.kind,
        outcome="noted",
        why="",
        sender=clean(reading.sender, 320),
        subject=clean(reading.subject, 200),
        received_at=received if received is not None and received.year > 1970 and received <= now() else now(),
    )


def _went_out(invitation: Invitation) -> None:
    """Whoever answers with the token has the message: what was in doubt about it is settled."""
    mine = (Message.invitation == invitation.id) & (Message.kind == "invitation")
    for row in Message.select().where(mine & (Message.state == "data")):
        outbox.sent(outbox.Claim(row.id, row.fence), "It was answered.")
    if Message.select().where(mine & (Message.state == "unconfirmed")).exists():
        outbox.confirm_sent(_SYSTEM, invitation.id, "it was answered")


def _rule(reading: Reading, match: Match, reply_id: int) -> _Ruling:
    if reading.kind == "bounce":
        return _bounce(reading, match, reply_id)
    invited = match.invitation.email_fold if match.by == "token" and match.invitation is not None else None
    if reading.kind == "other" and reading.sender == invited:  # the desk's own address may be a list that passes it on
        return _Ruling("review", f"From the invited address, but not from a person's hand: {reading.evidence}.")
    if reading.kind not in ANSWERS:
        return _Ruling("noted", reading.evidence)
    if match.invitation is None:
        return _Ruling("review", "Several patients were invited at this address, and the mail does not say which.")
    if match.by != "token":
        return _Ruling("review", "From the invited address, but without the reference of the invitation.")
    if reading.kind == "reply":
        return _Ruling("review", f"Not one of the four answers: {reading.evidence}.")
    if reading.sender != match.invitation.email_fold:
        return _Ruling("review", "It came from another address than the one that was invited.")
    if reading.doubt:
        return _Ruling("review", f"Our own mail server found that it is not from whom it says: {reading.doubt}.")
    return _answer(reading, match.invitation, reply_id)


def _answer(reading: Reading, asked: Invitation, reply_id: int) -> _Ruling:
    """One of the four words, from the invited address, with the token."""
    row = newest_of(asked)
    if row.email_fold != asked.email_fold:
        if reading.kind != "not_me":
            return _Ruling("review", "This invitation was resent to another address.")
        row = asked
    which = "" if row.id == asked.id else "It answers an invitation that was superseded; the newer one is "
    if reading.kind == "acceptance":
        return _accept(row, which, reply_id)
    if reading.kind == "decline":
        if answering.decline(row.id, reply_id):
            return _Ruling("declined", f"{which}declined." if which else reading.evidence)
        if row.state == "accepted":
            return _Ruling("review", "It says NO to an invitation that was accepted before.")
        if row.state != "declined":
            notifications.tell(
                "declined", row, reply=reply_id, detail=f"said no: the invitation was {row.state} already"
            )
        return _Ruling("noted", f"The invitation was {row.state} already.")
    if reading.kind == "stop":
        if not answering.stop(row.id, reply_id):
            notifications.tell("declined", row, reply=reply_id, detail="said stop: no more mail")
        return _Ruling("stopped", reading.evidence)
    if not answering.not_me(row.id, reply_id):
        notifications.tell("declined", row, reply=reply_id, detail="wrong person: the address is blocked")
    return _Ruling("not_me", reading.evidence)


def _accept(row: Invitation, which: str, reply_id: int) -> _Ruling:
    try:
        accepting.accept_by_reply(row.id, reply_id)
    except Refused as error:
        if error.reason == "accepted":
            return _Ruling("noted", "The invitation is accepted already.")
        return _Ruling("review", str(error))
    return _Ruling(
        "accepted", f"{which}accepted." if which else "ACCEPT, from the invited address, with the reference."
    )


def _bounce(reading: Reading, match: Match, reply_id: int) -> _Ruling:
    row, reason = match.invitation, reading.plain_reason or "The mail could not be delivered."
    if not reading.permanent:
        what = "They are still trying" if reading.delayed else "It came back, and may arrive another time"
        return _Ruling("noted", f"{what}: {reason}")
    if row is None or match.by == "address":
        return _Ruling("review", f"Mail to this address came back, but it may not be the invitation: {reason}")
    if not answering.bounce(row.id, reason, reply_id) and row.state == "accepted":
        notifications.tell("bounced", row, reply=reply_id, detail=reason)  # the steps did not arrive
    return _Ruling("bounced", reason)
