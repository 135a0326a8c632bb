"""A staff member: added or changed, all fields at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Label

from clinic_tui.errors import ClinicError, FieldError, Stale
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.cells import line
from screens.widgets.choice import Choice
from screens.widgets.marks import Field
from screens.widgets.said import Said

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.staff.members import Member

TYPED = {"name": "Name", "email": "E-mail", "practitioner": "Practitioner", "scope": "Whose patients"}
CHOSEN: dict[str, tuple[str, tuple[tuple[Any, str], ...]]] = {
    "role": ("Role", (("front-desk", "front desk"), ("practitioner", "practitioner"), ("owner", "owner"))),
    "names_hidden": ("Names", ((False, "shown"), (True, "hidden: patients are numbers"))),
    "bulk": ("Bulk", ((True, "may act on many patients at once"), (False, "one patient at a time"))),
    "active": ("Comes in", ((True, "yes"), (False, "no"))),
}
FRESH = {"name": "", "email": "", "practitioner": "", "scope": "all",
         "role": "front-desk", "names_hidden": False, "bulk": True, "active": True}  # fmt: skip
LABELS = {**TYPED, **{name: label for name, (label, _) in CHOSEN.items()}}


class MemberDialog(Dialog["Member"]):
    """Answers with the staff member as they were stored. `member`: the one to change; None adds one."""

    HEADING = "New staff member"
    ABOUT = (
        "The login is what stands in the line by which they come in. Whose patients they see: all, own (of the "
        "practitioner that they are), or practitioners by name or login, with commas between. Left and Right choose; "
        "{store} stores.\n\n"
        "Where somebody else changed the same staff member meanwhile, what they changed is shown: what you left as it "
        "was takes theirs, what you changed keeps yours, and {store} stores that."
    )
    WIDTH = 70
    CSS_PATH = "member.tcss"
    KEYS = (Command("store", "Store", "ctrl+s", "Store", "Store it.", priority=True), CANCEL)

    def __init__(self, member: Member | None) -> None:
        super().__init__()
        self._member = member
        self._asked = False

    def body(self) -> ComposeResult:
        """The fields, and what is said beside each."""
        with Horizontal(id="login-row"):
            yield Label("Login", markup=False)
            yield Field(id="login", max_length=40)
        yield Said(self.look, id="login-said")
        for name, label in TYPED.items():
            if name == "practitioner":
                yield from self._choice("role")
            with Horizontal():
                yield Label(label, markup=False)
                yield Field(id=name)
            yield Said(self.look, id=f"{name}-said")
        for name in ("names_hidden", "bulk", "active"):
            yield from self._choice(name)

    def _choice(self, name: str) -> ComposeResult:
        with Horizontal():
            yield Label(CHOSEN[name][0], markup=False)
            yield Choice(self.look, id=name)
        yield Said(self.look, id=f"{name}-said")

    def on_mount(self) -> None:
        """What they are now."""
        if self._member is not None:
            self.query_one("#frame").border_title = Content(line(self._member.login))
        self.query_one("#login-row").display = self._member is None
        for name, value in self._known().items():
            self._put(name, value)
        self.query_one("#login" if self._member is None else "#name").focus()

    def _known(self, member: Member | None = None) -> dict[str, Any]:
        """The fields as they were read, in the words of the dialog."""
        found = member or self._member
        return FRESH if found is None else {name: _words(getattr(found, name)) for name in LABELS}

    def _put(self, name: str, value: Any) -> None:
        if name in TYPED:
            field = self.query_one(f"#{name}", Field)
            field.value = value
            field.cursor_position = len(value)
        else:
            self.query_one(f"#{name}", Choice).put(CHOSEN[name][1], value)

    def _edits(self) -> dict[str, Any]:
        """The fields that say something else than what was read."""
        known = self._known()
        said: dict[str, Any] = {name: self.query_one(f"#{name}", Field).value for name in TYPED}
        said |= {name: self.query_one(f"#{name}", Choice).value for name in CHOSEN}
        return {name: value for name, value in said.items() if value != known[name]}

    @on(Field.Changed)
    @on(Choice.Changed)
    def _edited(self) -> None:
        for said in self.query(Said):
            said.clear()

    # Storing

    def action_store(self) -> None:
        """Store it; what cannot stand is said beside its field."""
        if self._asked:
            return
        self._asked = True
        self.clear_notice()
        member, edits, login = self._member, self._edits(), self.query_one("#login", Field).value.strip()

        def rule(viewer: Viewer) -> Member:
            from clinic_tui.staff import members

            if member is None:
                return members.add(viewer, login, **edits)
            return members.change(viewer, member.login, seen=member, **edits)

        self.do(rule, self._stored, failed=self._refused)

    def _stored(self, member: Member) -> None:
        self.dismiss(member)

    def _refused(self, error: ClinicError) -> None:
        self._asked = False
        if isinstance(error, Stale):
            self._take_theirs(error)
        elif isinstance(error, FieldError) and error.field in (*LABELS, "login"):
            self.query_one(f"#{error.field}-said", Said).error(f"{error.title} {error.advice}")
            self.query_one(f"#{error.field}").focus()
        else:
            self.show_error(error)

    def _take_theirs(self, stale: Stale) -> None:
        """Theirs goes into what was left as it was; what was not keeps mine, and what they made of it is said."""
        mine, before, theirs = self._edits(), self._known(), self._known(stale.theirs)
        self._member = stale.theirs
        said = []
        for name, value in theirs.items():
            if value != before[name] and mine.get(name, value) != value:
                words = dict(CHOSEN[name][1])[value] if name in CHOSEN else value or "nothing"
                said.append(f"{LABELS[name]}: theirs is {words}.")
            elif value != before[name]:
                self._put(name, value)
        key = self.key_of("store")
        advice = " ".join(said) + f" {key} puts yours." if said else f"What they changed is here now; {key} adds yours."
        self.show_error(ClinicError(stale.title, advice))


def _words(value: Any) -> Any:
    """A field's value as it is typed."""
    if isinstance(value, bool):
        return value
    return line(", ".join(value) if isinstance(value, list) else value)
