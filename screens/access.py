"""Settings > General > Patient Access: who may be invited, which portal the practice has, and what it offers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from screens.commands import BACK, Command
from screens.listing import RETRY, ListScreen
from screens.tried import key, send
from screens.widgets.cells import cut, fit, line

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.settings import Setting, Value
    from clinic_tui.trial import Tried

GROUPS = {
    "patient_access": "Patient Access",
    "portal": "The portal that the practice has",
    "practice": "The practice, as patients know it",
    "mail": "Mail",
    "retention": "Retention",
    "desk": "The desk",
}
UNREADY = "unready"  # what begins so is a warning
NAME, NARROW_NAME = 35, 23


class Line(NamedTuple):
    """A setting and its value now; a heading where `setting` is None, or a `note` below a heading."""

    id: str
    setting: Setting | None
    value: Value
    note: bool = False


class AccessScreen(ListScreen[Line]):
    """Every setting with its value; the line below says what it means. Owners change them."""

    HEADING = "Settings > General > Patient Access"
    ABOUT = (
        "Whether patients may be invited, how long an invitation works, which portal the practice has and what it "
        "offers. The invitation and the set-up steps are written from these settings, so that no message promises what "
        "the practice has not. Only an owner changes them; every change is in the history."
    )
    KEYS = (
        Command("edit", "Change the setting", "enter", "change", "Change the setting under the cursor."),
        key("A few words to your own address, to see that mail goes out and arrives."),
        RETRY,
        BACK,
    )

    def read(self) -> None:
        """Ask for schema and values."""

        smtp = self.clinic.config.smtp

        def rule(viewer: Viewer) -> list[Line]:
            from clinic_tui import retention
            from clinic_tui.invitations.readiness import warnings
            from clinic_tui.settings import SCHEMA, load

            known, purged = load(viewer), retention.last(viewer)
            unready = [
                Line(f"{UNREADY}.{at}", None, f"! {line(said)}", note=True) for at, said in enumerate(warnings(viewer))
            ]
            notes = {
                "mail": f"From {smtp.sender}, by {smtp.host}:{smtp.port}"
                if smtp
                else "The config names no mail server.",
                "retention": purged.sentence if purged else "",
            }
            lines: list[Line] = []
            for group, heading in GROUPS.items():
                lines.append(Line(group, None, heading))
                if notes.get(group):
                    lines.append(Line(f"{group}.note", None, line(notes[group]), note=True))
                lines += unready if group == "patient_access" else []
                lines += [Line(s.name, s, known[s.name]) for s in SCHEMA if s.name.partition(".")[0] == group]
            return lines

        self.ask(rule, self.show_rows, failed=self.lost)

    # Showing

    def passive(self, row: Line) -> bool:
        """A heading, or a note below one."""
        return row.setting is None

    def draw(self, row: Line, width: int, marked: bool) -> Content:
        """Name and value."""
        marks = self.look.symbols
        if row.note:
            tone = "$warning" if row.id.startswith(UNREADY) else "$quiet"
            return Content.styled(cut(f"   {row.value}", width, marks.ellipsis), tone)
        if row.setting is None:
            return Content.styled(f" {row.value}", "$accent")
        value = shown(row.value)
        room = min(NAME, max(NARROW_NAME, width // 2 - 5))
        said = fit(value or marks.none, max(4, width - room - 6), ellipsis=marks.ellipsis)
        name = fit(row.setting.label, room, ellipsis=marks.ellipsis)
        cursor = marks.cursor if marked else " "
        return Content.assemble(f" {cursor} ", name, "  ", (said, "" if value else "$quiet"))

    def about_row(self, row: Line) -> Content:
        """What it means, and what it may be."""
        setting = row.setting
        if setting is None:
            return Content("")
        default = setting.default
        if isinstance(default, bool):
            may = "on or off"
        elif isinstance(default, int):
            may = f"a number from {setting.low} to {setting.high:,}"
        else:
            may = f"one of: {', '.join(setting.words)}" if setting.words else "text"
        dot = f" {self.look.symbols.dot} "
        said = dot.join(
            part for part in (row.id, may, f"unless set: {shown(default)}" if default != "" else "") if part
        )
        return Content.assemble(setting.about, "\n", (said, "$quiet"))

    def count(self) -> Content:
        """Who may change them."""
        return Content.styled("" if self._owner else "only an owner changes these", "$quiet")

    @property
    def _owner(self) -> bool:
        viewer = self.clinic.viewer
        return viewer is not None and viewer.role == "owner"

    # Keys

    def offers(self, action: str) -> bool:
        """Changing, for owners."""
        if action == "edit":
            return self._owner and self.current is not None
        return super().offers(action)

    def action_edit(self) -> None:
        """Open the dialog for one setting."""
        from screens.dialogs.setting import SettingDialog

        row = self.current
        if row is None or row.setting is None:
            return
        name = row.id

        def changed(value: Value | None) -> None:
            if value is None:
                return
            if name == "practice.name":
                self.clinic.tell(replace(self.clinic.facts, practice=str(value)))
            self.show_done(f"{name} is now {shown(value) or 'empty'}.")
            self.read()

        self.app.push_screen(SettingDialog(row.setting, row.value), changed)

    def action_test(self) -> None:
        """Send a few words to whoever sits here."""
        config = self.clinic.config

        def rule(viewer: Viewer) -> Tried:
            from clinic_tui import trial

            return trial.plain(config, viewer)

        send(self, rule)


def shown(value: Value) -> str:
    """A value as it is read: `on`, `120`, text; safe to draw."""
    if isinstance(value, bool):
        return "on" if value else "off"
    return line(str(value))
