"""Everything a message says, as one record: composing reads nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from clinic_tui.messages.languages import Kind

__all__ = ["SERVICES", "Facts", "Kind"]

SERVICES = ("appointments", "records", "invoices", "health")


@dataclass(frozen=True, slots=True)
class Facts:
    """`subject`, `opening`, `closing`: the template's own words, terms filled in: a line, and the paragraphs before and
    after the part that is always there. `language`: one of `languages.LANGUAGES`. `offers`: service to where (portal,
    reply, no).

    `until`: the invitation works through that day, on the practice's clock. `code` is masked in staff's previews.
    `reply_to` is the mailbox's address with the token; `token` is written out in the body as well.
    """

    kind: Kind
    language: str
    subject: str
    opening: tuple[str, ...]
    closing: tuple[str, ...]
    practice: str
    phone: str
    hours: str
    portal: str
    portal_url: str
    register: str
    offers: dict[str, str]
    identity_check: bool
    custom_message: str
    code: str
    until: datetime
    token: str
    reply_to: str
    token_in_subject: bool = False
