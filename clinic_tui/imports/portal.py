"""Accounts that patients have in the portal: from a column of their own rows, or from the portal's list of its users.

What the source says last is kept: an account that the desk has set by hand stands until the source says something else.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from clinic_tui.clock import now
from clinic_tui.db import bulk
from clinic_tui.imports import changes
from clinic_tui.imports.moments import millis
from clinic_tui.imports.names import split_name
from clinic_tui.imports.records import Outcome, PortalRow
from clinic_tui.imports.seen import Seen
from clinic_tui.imports.whom import Whom
from clinic_tui.invitations import portal_line

KNOWN_FROM = "import"
_COLUMNS = ("state", "since", "known_from")


class Account(NamedTuple):
    """What a source says: `state` is active, disabled, or `none`; `since` in milliseconds, None where not said."""

    state: str
    since: int | None


class Accounts:
    """Merges accounts. `batch` None: a dry run."""

    def __init__(self, batch: int | None) -> None:
        self._batch = batch

    def merge(self, said: Sequence[tuple[int, Account]]) -> list[str]:
        """Merge accounts, each with its patient's id, inside a transaction; for each added, updated or unchanged.

        `none` takes no account away: exports say it of accounts that they do not know of.
        """
        patients = sorted({patient for patient, _ in said if patient > 0})
        test, value = bulk.any_of(patients)
        select = f"SELECT patient_id, id, {', '.join(_COLUMNS)} FROM portal_account WHERE patient_id {test}"  # noqa: S608
        there = {patient: (row_id, values) for patient, row_id, *values in bulk.fetch(select, value)}
        select = f"SELECT row_id, value FROM imported_value WHERE kind = 'portal' AND row_id {test}"  # noqa: S608
        last = {patient: json.loads(text) for patient, text in bulk.fetch(select, value)}
        before = dict(last)
        verdicts = [self._one(patient, account, there, last) for patient, account in said]
        if self._batch is not None:
            news = {(patient, "state"): json.dumps(one) for patient, one in last.items() if one != before.get(patient)}
            changes.say(self._batch, "portal", news)
        touched = {patient for (patient, _), word in zip(said, verdicts, strict=True) if word != "unchanged"}
        if touched and self._batch is not None:
            portal_line.refresh(*sorted(touched))
        return verdicts

    def _one(
        self, patient: int, account: Account, there: dict[int, tuple[int, list[Any]]], last: dict[int, list[Any]]
    ) -> str:
        if account.state == "none":
            return "unchanged"
        before = last.get(patient)
        if before == list(account) and patient > 0:
            return "unchanged"
        last[patient] = list(account)
        mine = there.get(patient)
        since = account.since if account.since is not None else millis(now())
        if mine is None:
            there[patient] = (0, [account.state, since, KNOWN_FROM])
            if self._batch is not None:
                columns = ("patient_id", *_COLUMNS, "batch_id")
                bulk.insert("portal_account", columns, [(patient, account.state, since, KNOWN_FROM, self._batch)])
            return "added"
        was = dict(zip(_COLUMNS, mine[1], strict=True))
        if was["state"] == account.state and (account.since is None or account.since == was["since"]):
            return "unchanged"
        after = {"state": account.state, "since": since, "known_from": KNOWN_FROM}
        there[patient] = (mine[0], list(after.values()))
        if self._batch is not None:
            bulk.execute_many(
                "UPDATE portal_account SET state = ?, since = ?, known_from = ? WHERE patient_id = ?",
                [(*after.values(), patient)],
            )
            changes.keep(self._batch, "portal", [(patient, was, after)])
        return "updated"


class PortalUsers:
    """Merges the portal's own list of its users, who are known by number or e-mail."""

    def __init__(self, batch: int | None, source: str, seen: Seen | None = None) -> None:
        self._accounts = Accounts(batch)
        self._whom = Whom(source, seen)

    def merge(self, rows: Sequence[PortalRow]) -> Outcome:
        """Merge these rows, inside a transaction."""
        self._whom.look_up(row.patient for row in rows)
        refused: list[tuple[int, str]] = []
        said: list[tuple[int, Account]] = []
        for row in rows:
            given, family, _ = split_name(row.name) if row.name else ("", "", "")
            patient, why = self._whom.of(row.patient, given, family)
            if patient is None:
                refused.append((row.line, why))
            else:
                said.append((patient, Account(row.state, row.since)))
        verdicts = self._accounts.merge(said)
        return Outcome.of(verdicts, refused)
