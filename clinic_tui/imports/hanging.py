"""What hangs on a patient in the patient's own row: contacts, and the state of the portal account."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clinic_tui.imports.contacts import Contacts, Said
from clinic_tui.imports.portal import Account, Accounts


def packed(contacts: Sequence[Said], account: Account | None) -> tuple[Any, ...] | None:
    """Both as plain tuples, which a row takes with it; None where there is nothing."""
    if not contacts and account is None:
        return None
    return tuple(tuple(one) for one in contacts), None if account is None else tuple(account)


class Hanging:
    """Merges what `packed` made. `batch` None: a dry run."""

    def __init__(self, batch: int | None) -> None:
        self._contacts = Contacts(batch)
        self._accounts = Accounts(batch)

    def merge(self, rows: Sequence[tuple[int, tuple[Any, ...]]]) -> list[bool]:
        """Merge these, each with its patient's id, inside a transaction: for each whether anything changed."""
        said = [(patient, Said(*one), n) for n, (patient, what) in enumerate(rows) for one in what[0]]
        accounts = [(patient, Account(*what[1]), n) for n, (patient, what) in enumerate(rows) if what[1]]
        touched = [False] * len(rows)
        for (_, _, n), verdict in zip(said, self._contacts.merge([one[:2] for one in said]), strict=True):
            touched[n] |= verdict != "unchanged"
        for (_, _, n), verdict in zip(accounts, self._accounts.merge([one[:2] for one in accounts]), strict=True):
            touched[n] |= verdict != "unchanged"
        return touched
