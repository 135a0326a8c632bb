"""How many messages may go now: a provider stops an account that sends more in a minute or a day than it likes, and a
recipient's provider what comes too fast from one sender.

Counted in the database, so that all senders keep to it together: a message counts from when it is claimed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from clinic_tui import settings
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.db.connection import is_postgres
from clinic_tui.db.models.post import Invitation, Message
from clinic_tui.db.models.practice import Queue

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_SYSTEM = Viewer.system()


class Pace:
    """What may be claimed, asked inside the transaction of the claim: the settings `mail.per_*`, 0 for any."""

    def __init__(self) -> None:
        known = settings.load(_SYSTEM)
        minute, day, self._a_domain = (known.number(f"mail.per_{what}") for what in ("minute", "day", "domain_minute"))
        self._most: int | None = None
        self._domains: dict[str, int] = {}
        if not (minute or day or self._a_domain):
            return
        if is_postgres():  # one sender at a time counts, or two would each take what is left
            list(Queue.select(Queue.id).for_update().tuples())
        left = [most - _went_since(now() - span) for most, span in ((minute, _MINUTE), (day, _DAY)) if most]
        self._most = max(0, min(left)) if left else None
        if self._a_domain:
            self._domains = dict(_by_domain(now() - _MINUTE))

    def most(self, limit: int) -> int:
        """How many of `limit` may go."""
        return limit if self._most is None else min(limit, self._most)

    @property
    def full(self) -> list[str]:
        """The domains that have had enough for now."""
        return [domain for domain, number in self._domains.items() if number >= self._a_domain]

    def keep(self, message_ids: Iterable[int]) -> list[int]:
        """Of these, in order, as many as may go to each domain; they count from now on."""
        ids = list(message_ids)
        if self._a_domain and ids:
            domains = dict(_domains_of(ids))
            ids = [key for key in ids if self._goes(domains.get(key, ""))]
        if self._most is not None:
            self._most -= len(ids)
        return ids

    def _goes(self, domain: str) -> bool:
        number = self._domains[domain] = self._domains.get(domain, 0) + 1
        return number <= self._a_domain


def beyond(domains: Iterable[str]) -> Any:
    """The condition that a message goes to none of these domains; None for no domains."""
    found: Any = None
    for domain in domains:
        one = Invitation.email_fold.endswith(f"@{domain}")
        found = one if found is None else found | one
    return None if found is None else Message.invitation.not_in(Invitation.select(Invitation.id).where(found))


def _went_since(moment: datetime) -> int:
    """How many bodies went out since then, and how many are about to."""
    out: int = Message.select().where(Message.data_at > moment).count()
    about_to: int = Message.select().where(Message.state == "claimed").count()
    return out + about_to


_DOMAIN = "substr(i.email_fold, instr(i.email_fold, '@') + 1)"
_DOMAIN_OF_POSTGRES = "split_part(i.email_fold, '@', 2)"


def _domain() -> str:
    return _DOMAIN_OF_POSTGRES if is_postgres() else _DOMAIN


def _by_domain(moment: datetime) -> list[tuple[Any, ...]]:
    joined = f"SELECT {_domain()}, count(*) FROM message m JOIN invitation i ON i.id = m.invitation_id"  # noqa: S608
    at = Message.data_at.db_value(moment)
    found: dict[str, int] = {}
    for where, values in (("m.data_at > ?", (at,)), ("m.state = 'claimed'", ())):
        for domain, number in bulk.fetch(f"{joined} WHERE {where} GROUP BY 1", *values):
            found[domain] = found.get(domain, 0) + number
    return list(found.items())


def _domains_of(message_ids: list[int]) -> list[tuple[Any, ...]]:
    test, ids = bulk.any_of(message_ids)
    joined = f"SELECT m.id, {_domain()} FROM message m JOIN invitation i ON i.id = m.invitation_id"  # noqa: S608
    return bulk.fetch(f"{joined} WHERE m.id {test}", ids)
