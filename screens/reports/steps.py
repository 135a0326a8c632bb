"""What is asked of the rules about the ticked patients: each a dry run, or what one `shown` promised be done.

Each can be carried to a process of its own, so that it holds nothing of a screen. Called with the viewer, the ids in
order and `tell`, which hears how many are done with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from array import array

    from clinic_tui.access import Viewer
    from clinic_tui.invitations.inviting import Outcome
    from clinic_tui.many import Changed

Tell = Callable[[int], None]
Shown = Mapping[int, str]


class Invite(NamedTuple):
    """Invite them: with a message, by a template, at a pace."""

    message: str
    template: int | None
    pace: int
    shown: Shown | None

    def __call__(self, viewer: Viewer, ids: array[int], tell: Tell) -> Outcome:
        """Raises Otherwise."""
        from clinic_tui.invitations.inviting import invite_many

        return invite_many(
            viewer, ids, custom_message=self.message, template=self.template, bulk=True, pace=self.pace,
            dry_run=self.shown is None, expected=self.shown, progress=tell,
        )  # fmt: skip


class Resend(NamedTuple):
    """Resend to them."""

    shown: Shown | None

    def __call__(self, viewer: Viewer, ids: array[int], tell: Tell) -> Outcome:
        """Raises Otherwise."""
        from clinic_tui.invitations.bulk import resend_many

        return resend_many(viewer, ids, expected=self.shown, dry_run=self.shown is None, progress=tell)


class Revoke(NamedTuple):
    """Take theirs back."""

    shown: Shown | None

    def __call__(self, viewer: Viewer, ids: array[int], tell: Tell) -> Changed:
        """Whom it met, and whom not."""
        from clinic_tui.invitations.bulk import revoke_many

        return revoke_many(viewer, ids, dry_run=self.shown is None, progress=tell)


class Set(NamedTuple):
    """Set one field of their records."""

    field: str
    value: str
    shown: Shown | None

    def __call__(self, viewer: Viewer, ids: array[int], tell: Tell) -> Changed:
        """Whom it met, and whom not."""
        from clinic_tui.patients.bulk import change_many

        return change_many(viewer, ids, dry_run=self.shown is None, progress=tell, **{self.field: self.value})


Step = Invite | Resend | Revoke | Set
