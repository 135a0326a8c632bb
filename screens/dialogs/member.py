"""A staff member: added or changed, all fields at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.content import Content

from screens.base import CANCEL
from screens.dialogs.form import STORE, Entry, Form, typed
from screens.widgets.cells import line

if TYPE_CHECKING:
    from collections.abc import Callable

    from clinic_tui.access import Viewer
    from clinic_tui.staff.members import Member

FRESH = {"login": "", "name": "", "email": "", "practitioner": "", "scope": "all",
         "role": "front-desk", "names_hidden": False, "bulk": True, "active": True}  # fmt: skip


class MemberDialog(Form["Member"]):
    """Answers with the staff member as they were stored. `record`: the one to change; None adds one."""

    HEADING = "New staff member"
    ABOUT = (
        "The login is what stands in the line by which they come in. Whose patients they see: all, own (of the "
        "practitioner that they are), or practitioners by name or login, with commas between. Left and Right choose; "
        "{store} stores.\n\n"
        "Where somebody else changed the same staff member meanwhile, what they changed is shown: what you left as it "
        "was takes theirs, what you changed keeps yours, and {store} stores that."
    )
    WIDTH = 70
    KEYS = (STORE, CANCEL)
    ENTRIES = (
        Entry("login", "Login"),
        Entry("name", "Name"),
        Entry("email", "E-mail"),
        Entry("role", "Role", (("front-desk", "front desk"), ("practitioner", "practitioner"), ("owner", "owner"))),
        Entry("practitioner", "Practitioner"),
        Entry("scope", "Whose patients"),
        Entry("names_hidden", "Names", ((False, "shown"), (True, "hidden: patients are numbers"))),
        Entry("bulk", "Bulk", ((True, "may act on many patients at once"), (False, "one patient at a time"))),
        Entry("active", "Comes in", ((True, "yes"), (False, "no"))),
    )

    def on_mount(self) -> None:
        """A login is chosen once."""
        if self.record is not None:
            self.query_one("#frame").border_title = Content(line(self.record.login))
            self.query_one("#login-row").display = False

    def known(self, record: Member | None) -> dict[str, Any]:
        """The fields as they were read."""
        if record is None:
            return FRESH
        values = {name: getattr(record, name) for name in FRESH}
        return {name: value if isinstance(value, bool) else typed(value) for name, value in values.items()}

    def rule(self, edits: dict[str, Any]) -> Callable[[Viewer], Member]:
        """Add or change them."""
        member, login = self.record, self.value("login").strip()
        edits.pop("login", None)

        def rule(viewer: Viewer) -> Member:
            from clinic_tui.staff import members

            if member is None:
                return members.add(viewer, login, **edits)
            return members.change(viewer, member.login, seen=member, **edits)

        return rule
