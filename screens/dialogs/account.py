"""The patient's account in the portal, set by hand: active, disabled, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from screens.base import CANCEL
from screens.dialogs.form import STORE, Entry, Form, typed
from screens.widgets.dates import day

if TYPE_CHECKING:
    from collections.abc import Callable

    from clinic_tui.access import Viewer
    from clinic_tui.invitations.accounts import Account

_STATES = (("none", "none, as far as we know"), ("active", "active"), ("disabled", "disabled"))


class AccountDialog(Form[str]):
    """Answers with a sentence. `record`: the account as it is known, None for none."""

    HEADING = "Portal account"
    ABOUT = (
        "Whether the patient has an account in the portal, and since when. Who has one is not invited. Left and Right "
        "choose, {store} stores; without a day it holds from now. What it was and is goes into the history."
    )
    WIDTH = 66
    KEYS = (STORE, CANCEL)
    ENTRIES = (
        Entry("state", "Account", _STATES),
        Entry("since", "Since", hint="now, or a day such as 12 Mar 2026"),
        Entry("known_from", "Known from", hint="the desk"),
    )

    def __init__(self, patient_id: int, account: Account | None) -> None:
        super().__init__(account)
        self._patient_id = patient_id

    def known(self, record: Account | None) -> dict[str, Any]:
        """The account in the words of the form."""
        if record is None:
            return {"state": "none", "since": "", "known_from": ""}
        from clinic_tui.clock import local

        since = day(local(record.since).date()).strip()
        return {"state": record.state, "since": since, "known_from": typed(record.known_from)}

    def edited(self, name: str) -> None:
        """Another state began another day, and is known from somebody else: from the desk, today."""
        if name == "state" and self.record is not None and self.value("state") != self.record.state:
            known = self.known(self.record)
            for other in ("since", "known_from"):
                if self.value(other) == known[other]:
                    self.put(other, "")

    def rule(self, edits: dict[str, Any]) -> Callable[[Viewer], str]:
        """Set it."""
        patient_id, seen = self._patient_id, self.record
        state, since, known_from = self.value("state"), edits.get("since"), self.value("known_from")

        def rule(viewer: Viewer) -> str:
            from clinic_tui.invitations import accounts

            accounts.put(viewer, patient_id, state, since=since, known_from=known_from, seen=seen)
            return f"Portal account: {state}."

        return rule
