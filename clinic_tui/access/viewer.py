"""Who asks: what every rule takes first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from clinic_tui.errors import NotAllowed

Role = Literal["owner", "practitioner", "front-desk", "system"]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who asks. `scope` None: all patients; else the ids of the practitioners whose patients are in reach.

    `bulk`: may act on many patients at once. `revoked`: some patients are kept from them; the SQL knows which.
    """

    login: str
    role: Role
    staff_id: int | None = None
    scope: frozenset[int] | None = None
    names_hidden: bool = False
    staff_email: str | None = None
    bulk: bool = True
    revoked: bool = False

    @classmethod
    def system(cls) -> Viewer:
        """The program's own work: sending, reading the mailbox, expiring."""
        return cls("system", "system")

    def acting_for(self, staff_id: int | None) -> Viewer:
        """The same viewer, writing in the name of another staff member."""
        return replace(self, staff_id=staff_id)

    def need(self, *roles: Role) -> None:
        """Raise NotAllowed unless the viewer has one of `roles` (the system always may)."""
        if self.role not in (*roles, "system"):
            raise NotAllowed(
                f"{self.login} is {self.role}: this is for {' or '.join(roles)}.",
                "Ask an owner of the practice.",
            )

    @property
    def sees_all(self) -> bool:
        """Whether every patient is in reach."""
        return self.scope is None and not self.revoked

    def need_bulk(self) -> None:
        """Raise NotAllowed where the viewer acts on one patient at a time."""
        if not self.bulk:
            raise NotAllowed(
                f"{self.login} may not act on many patients at once, nor export them.",
                "Ask an owner of the practice, or do it for one patient at a time.",
            )

    def need_names(self) -> None:
        """Raise NotAllowed where the viewer sees patients anonymised: such a one changes and invites nobody."""
        if self.names_hidden:
            raise NotAllowed("Names are hidden from you.", "Ask someone who sees them.")
