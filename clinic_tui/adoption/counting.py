"""Counting invitations in SQL: which count at all, what each is counted as, in one pass for each group."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

import peewee
from peewee import fn

from clinic_tui import access
from clinic_tui.access import Viewer
from clinic_tui.clock import begins, ends

COUNTS = ("invited", "delivered", "accepted", "declined", "bounced", "active")
NOT_COUNTED = ("superseded", "cancelled")

_LEFT = peewee.JOIN.LEFT_OUTER


class Period(NamedTuple):
    """From the day `first` to the day `last`, both included; None: no bound."""

    first: date | None = None
    last: date | None = None


ALWAYS = Period()


class Counted:
    """The invitations that count, and how many of a group are what."""

    def __init__(self, viewer: Viewer, period: Period) -> None:
        self._reach = access.invitations(viewer)
        self.invitation: Any = self._reach.model
        self.patient: Any = access.patients(viewer).model
        self._account: Any = access.portal_accounts(viewer).model
        self._conditions = [self.invitation.state.not_in(NOT_COUNTED)]
        if period.first is not None:
            self._conditions.append(self.invitation.created_at >= begins(period.first))
        if period.last is not None:
            self._conditions.append(self.invitation.created_at < ends(period.last))

    def by(self, group: Any, *joined: tuple[Any, Any]) -> dict[Any, tuple[int, ...]]:
        """The counts, in the order of COUNTS, for each value of `group`; `joined`: tables that it needs, and how."""
        row = self.invitation
        accepted = row.state == "accepted"
        delivered = row.sent_at.is_null(False) & row.state.not_in(("bounced", "failed", "unconfirmed"))
        counts = [
            fn.COUNT(row.id), _how_many(delivered | accepted), _how_many(accepted),
            _how_many(row.state == "declined"), _how_many(row.state.in_(("bounced", "failed"))),
        ]  # fmt: skip
        active = dict(self._grouped(group, joined, [fn.COUNT(row.id)], row.id.in_(self._newest_of_the_active())))
        found = self._grouped(group, joined, counts)
        return {of: (*(int(number) for number in numbers), int(active.get(of, 0))) for of, *numbers in found}

    def ends(self) -> tuple[datetime, datetime] | None:
        """When the first and the last of them was made; None where there is none."""
        made = self.invitation.created_at
        query: Any = self._reach.select(fn.MIN(made), fn.MAX(made)).where(*self._conditions)
        first, last = query.tuples().get()
        return None if first is None else (first, last)

    def _grouped(self, group: Any, joined: tuple[tuple[Any, Any], ...], counts: list[Any], *more: Any) -> Any:
        query: Any = self._reach.select(group.alias("of"), *counts)
        for table, on in joined:
            query = query.join_from(self.invitation, table, _LEFT, on=on)
        return query.where(*self._conditions, *more).group_by(peewee.SQL("1")).tuples()

    def _newest_of_the_active(self) -> Any:
        """The newest invitation of each patient with an active account, whenever it was made."""
        row: Any = self.invitation.alias()
        query = row.select(fn.MAX(row.id)).join(self._account, on=(self._account.patient == row.patient))
        return query.where(self._account.state == "active", row.state.not_in(NOT_COUNTED)).group_by(row.patient)


def _how_many(condition: Any) -> Any:
    return fn.SUM(peewee.Case(None, [(condition, 1)], 0))
