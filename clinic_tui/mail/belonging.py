"""Which invitation a mail belongs to: by the reply token, by a Message-ID of ours, or by its address alone."""

from __future__ import annotations

from typing import Literal, NamedTuple

from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.invitations import codes
from clinic_tui.mail.reading import Reading

_REF_LENGTH = len(codes.new_ref()[:16])
_OUT = ("sent", "unconfirmed")
_MOST_RESENT = 100


class Match(NamedTuple):
    """An invitation, and how it was found. None: the address belongs to several that are out."""

    invitation: Invitation | None
    by: Literal["token", "reference", "address"]


def belonging(reading: Reading) -> Match | None:
    """The invitation that a mail is about; None where it is about none."""
    hashes = [codes.token_hash(token) for token in reading.tokens]
    if hashes:
        found = {row.token_hash: row for row in Invitation.select().where(Invitation.token_hash.in_(hashes))}
        for known in hashes:
            if known in found:
                return Match(found[known], "token")
    refs = [ref for ref in map(_ref, (reading.original_message_id, *reading.references)) if ref]
    message = Message.select().where(Message.ref.in_(refs)).first() if refs else None
    if message is not None:
        return Match(message.invitation, "reference")
    return _by_address(reading)


def _by_address(reading: Reading) -> Match | None:
    """A person at an invited address, or a bounce of mail to it, while the invitation is out."""
    addresses = reading.recipients if reading.kind == "bounce" else (reading.sender,)
    addresses = tuple(address for address in addresses if address)
    if not addresses:
        return None
    rows = list(Invitation.select().where(Invitation.email_fold.in_(addresses) & Invitation.state.in_(_OUT)).limit(2))
    if not rows:
        return None
    return Match(rows[0] if len(rows) == 1 else None, "address")


def was_ours(reading: Reading) -> bool:
    """Whether the mail is a message of ours itself: a copy to the desk, or a mailbox that holds what was sent too."""
    ref = _ref(reading.message_id)
    return ref is not None and Message.select().where(Message.ref == ref).exists()


def newest_of(row: Invitation) -> Invitation:
    """The invitation that took this one's place, however often it was resent."""
    for _ in range(_MOST_RESENT):
        newer: Invitation | None = row.superseded_by if row.state == "superseded" else None
        if newer is None:
            break
        row = newer
    return row


def _ref(message_id: str | None) -> str | None:
    """The message's ref in a Message-ID of ours: `<ref.token@domain>`."""
    ref, dot, _ = (message_id or "").lstrip("<").partition(".")
    return ref if dot and len(ref) == _REF_LENGTH else None
