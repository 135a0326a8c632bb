"""Settings > Staff: who comes in, as what, and whose patients they see; for owners."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING

from textual.content import Content

from screens.commands import BACK, Command
from screens.listing import RETRY, ListScreen
from screens.widgets.cells import fit, line

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.staff.members import Member

LOGIN, NAME, ROLE, SCOPE = 12, 16, 12, 12
NARROW, WIDE = 70, 100


class StaffScreen(ListScreen["Member"]):
    """Every staff member, by login; the lines below say more of the one under the cursor."""

    HEADING = "Settings > Staff"
    ABOUT = (
        "Who comes in, as what, and whose patients they see. An owner changes settings and staff and sees every "
        "patient by name. A scope is all, own (the patients of the practitioner that they are) or chosen "
        "practitioners. Where names are hidden, patients are numbers.\n\n"
        "A staff member comes in by a line in ~/.ssh/authorized_keys of this account: {way_in} shows it. The account "
        "that owns the data, and the last owner, stay owners. Every change is in the history."
    )
    KEYS = (
        Command("edit", "Change", "enter", "change", "Change the staff member under the cursor."),
        Command("new", "New staff member", "n", "new", "Add one, and see the line by which they come in."),
        Command("way_in", "Show the way in", "p", "way in", "The line of authorized_keys by which they come in."),
        Command("remove", "Remove", "x", "remove", "They are staff no more; what they did keeps their name."),
        RETRY,
        BACK,
    )

    def read(self) -> None:
        """Ask for them."""

        def rule(viewer: Viewer) -> list[Member]:
            from clinic_tui.staff.members import listing

            return listing(viewer)

        self.ask(rule, self.show_rows, failed=self.lost)

    # Showing

    def key(self, row: Member) -> Hashable:
        """The login."""
        return row.login

    def count(self) -> Content:
        """How many may come in."""
        number = sum(row.active for row in self.rows.rows)
        return Content.styled(f"{number} active" if self.rows.rows else "", "$quiet")

    def draw(self, row: Member, width: int, marked: bool) -> Content:
        """Login, name, role, scope, and what is kept from them."""
        marks = self.look.symbols
        spare = 16 if width >= WIDE else 0

        def cell(text: str, room: int) -> str:
            return fit(line(text), room, ellipsis=marks.ellipsis) + "  "

        start = f" {marks.cursor if marked else ' '} {cell(row.login, LOGIN)}"
        limits = ", ".join(limits_of(row))
        if width < NARROW:
            return Content.assemble(start, fit(row.role if row.active else "inactive", ROLE))
        said = cell(row.name, NAME + spare), cell(row.role, ROLE), cell(scope_of(row), SCOPE + spare)
        rest = width - len(start) - sum((NAME, ROLE, SCOPE, 6)) - 2 * spare
        return Content.assemble(start, *said, (fit(limits, max(0, rest), ellipsis=marks.ellipsis), "$warning"))

    def about_row(self, row: Member) -> Content:
        """Address, practitioner, limits, what else is known."""
        dot = f" {self.look.symbols.dot} "
        kept = len(row.revoked)
        more = [
            line(row.email) or "no e-mail",
            f"is {line(row.practitioner)}" if row.practitioner else "",
            f"sees {scope_of(row)}",
            *limits_of(row),
            f"{kept} {'patient' if kept == 1 else 'patients'} kept from them" if kept else "",
            "owns the data on this host" if row.account else "",
        ]
        return Content.assemble((line(row.name), "bold"), "\n", (dot.join(part for part in more if part), "$quiet"))

    # Keys

    def offers(self, action: str) -> bool:
        """For owners; what is about one, where there is one."""
        if action in ("edit", "way_in", "remove"):
            return self.current is not None
        return super().offers(action)

    def action_edit(self) -> None:
        """Open the dialog on one."""
        from screens.dialogs.member import MemberDialog

        def changed(row: Member | None) -> None:
            if row is not None:
                self.show_done(f"{line(row.login)} is changed.")
                self.read()

        self.app.push_screen(MemberDialog(self.current), changed)

    def action_new(self) -> None:
        """Add one, then show how they come in."""
        from screens.dialogs.member import MemberDialog

        def added(row: Member | None) -> None:
            if row is not None:
                self.show_done(f"{line(row.login)} is a staff member now.")
                self.read()
                self._show_way_in(row.login)

        self.app.push_screen(MemberDialog(None), added)

    def action_way_in(self) -> None:
        """The line for the one under the cursor."""
        if self.current is not None:
            self._show_way_in(self.current.login)

    def _show_way_in(self, login: str) -> None:
        from screens.dialogs.way_in import WayInDialog

        self.app.push_screen(WayInDialog(login))

    def action_remove(self) -> None:
        """Ask first."""
        from screens.dialogs.confirm import ConfirmDialog

        row = self.current
        if row is None:
            return
        login = row.login

        def rule(viewer: Viewer) -> str:
            from clinic_tui.staff.members import remove

            remove(viewer, login)
            return login

        def asked(go_ahead: bool | None) -> None:
            if go_ahead:
                self.do(rule, self._removed)

        question = (
            f"Is {line(row.name)} ({line(login)}) staff no more? They cannot come in, and what they queued is not sent."
        )
        self.app.push_screen(ConfirmDialog(question, "Remove"), asked)

    def _removed(self, login: str) -> None:
        self.show_done(f"{login} is staff no more. Take their line out of ~/.ssh/authorized_keys too.")
        self.read()


def scope_of(row: Member) -> str:
    """Whose patients they see, as it is typed: `all`, `own`, or names of practitioners."""
    return line(row.scope if isinstance(row.scope, str) else ", ".join(row.scope))


def limits_of(row: Member) -> list[str]:
    """What they may not."""
    return [
        said
        for holds, said in (
            (not row.active, "inactive"),
            (row.names_hidden, "names hidden"),
            (not row.bulk, "no bulk"),
        )
        if holds
    ]
