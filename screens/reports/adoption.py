"""Reports > Adoption: what became of the invitations, as a chart of bars."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from clinic_tui import charts
from screens.commands import BACK, Command
from screens.listing import RETRY, ListScreen, put
from screens.reports.export import FileDialog
from screens.widgets.cells import cell_len, fit, line
from screens.widgets.dates import day
from screens.widgets.marks import Rule
from screens.widgets.rows import Rows

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.adoption import Adoption, By, Line, Period

BY: dict[By, str] = {"month": "Month", "practitioner": "Practitioner", "template": "Template", "age": "Age"}
COLUMNS = {"invited": 9, "delivered": 11, "accepted": 10, "declined": 10, "bounced": 9, "active": 8}
NAME = 18
TONES = ("$success", "$accent", "$quiet")


class AdoptionScreen(ListScreen["Line"]):
    """A row for each month, practitioner, template or age band; the bar is accepted, delivered, invited."""

    HEADING = "Reports > Adoption"
    ABOUT = (
        "Invited: the invitations made in the period; one that was resent counts once, one that was taken back before "
        "it went not at all. Delivered: sent, and not come back. Bounced: came back, or was refused. Active: has an "
        "active portal account now. b goes from months to practitioners, templates and ages; f sets the period. You "
        "see what became of the patients in your reach."
    )
    KEYS = (
        Command("by", "By month, practitioner, template, age", "b", "by", "What the rows are of: the next one."),
        Command("period", "Period", "f", "period", "From which day to which day invitations were made."),
        Command("export", "Export CSV", "e", "export", "Write the rows to a file on this host."),
        RETRY,
        BACK,
    )

    def __init__(self) -> None:
        super().__init__()
        self._by: By = "month"
        self._period: Period | None = None
        self._found: Adoption | None = None

    def body(self) -> ComposeResult:
        """Heading, titles, rows, and what is said of one."""
        yield Static("", id="heading", markup=False)
        yield Static("", id="titles", markup=False)
        yield Rule(self.look)
        yield Static("", id="state", markup=False)
        yield Rows["Line"](self.draw, self.look, key=self.key, takes_keys=True)
        yield from self.below()

    def key(self, row: Line) -> str:
        """By name."""
        return row.name

    def pulse_changed(self) -> None:
        """A report stands still while it is read; Back and in again counts anew."""

    def read(self) -> None:
        """Count."""
        by, period = self._by, self._period

        def rule(viewer: Viewer) -> Adoption:
            from clinic_tui import adoption

            return adoption.read(viewer, by, period or adoption.ALWAYS)

        self.ask(rule, self._counted, failed=self.lost, group="adoption")

    def _counted(self, found: Adoption) -> None:
        before, self._found = self._found, found
        self.show_rows(found.lines)
        if found.by == "month" and (before is None or before.by != "month"):
            self.rows.move(len(found.lines))  # to the newest
        self._say_titles()

    # Showing

    def on_resize(self) -> None:
        """As wide as the terminal."""
        self.draw_later(self._say_titles)

    def _say_titles(self) -> None:
        name = fit(f"   {BY[self._by]}", self._name_width + 3)
        titles = "".join(fit(count.capitalize(), width, right=True) for count, width in COLUMNS.items())
        put(self.query_one("#titles", Static), Content.styled(name + titles, "$quiet"))

    @property
    def _name_width(self) -> int:
        """As wide as the longest name, so that the bars have the rest."""
        names = [cell_len(line(each.name)) for each in self._found.lines] if self._found else []
        most = NAME if self.app.size.width < 100 else 2 * NAME
        return min(most, max([len(BY[self._by]), *names]))

    def draw(self, row: Line, width: int, marked: bool) -> Content:
        """Name, numbers, bar."""
        marks = self.look.symbols
        numbers = "".join(
            fit(f"{number:,}" if number else marks.none, room, right=True)
            for number, room in zip(row[1:], COLUMNS.values(), strict=True)
        )
        name = fit(line(row.name), self._name_width, ellipsis=marks.ellipsis)
        before = f" {marks.cursor if marked else ' '} {name}{numbers}  "
        most = max((each.invited for each in self._found.lines), default=0) if self._found else 0
        cells = charts.adopted(row.invited, row.delivered, row.accepted, most, max(0, width - cell_len(before) - 1))
        drawn = [(mark * number, tone) for mark, number, tone in zip(self._bars, cells, TONES, strict=True)]
        return Content.assemble(before, *drawn)

    @property
    def _bars(self) -> tuple[str, str, str]:
        return charts.UNICODE if self.look.unicode else charts.ASCII

    def about_row(self, row: Line) -> Content:
        """The shares of the row under the cursor, and what the bar is of."""
        shares = ", ".join(
            f"{number / row.invited:.0%} {what}"
            for what, number in (("delivered", row.delivered), ("accepted", row.accepted), ("active", row.active))
            if row.invited
        )
        said = f"{line(row.name)}: {shares}" if shares else f"{line(row.name)}: nobody was invited"
        legend = "  ".join(f"{mark} {what}" for mark, what in zip(self._bars, ("accepted", "delivered", "invited"),
                                                                strict=True))  # fmt: skip
        return Content.assemble(said, "\n", (legend, "$quiet"))

    def count(self) -> Content:
        """The period, and the total."""
        if self._found is None:
            return Content("")
        total = self._found.total
        parts = [_said(self._found.period), f"{total.invited:,} invited", f"{total.accepted:,} accepted",
                 f"{total.active:,} active"]  # fmt: skip
        return Content.styled(f" {self.look.symbols.dot} ".join(part for part in parts if part), "$quiet")

    def nothing(self) -> tuple[str, ...]:
        """Why there is no chart."""
        return ("No invitation was made in this time.", "f sets another period.")

    # Keys

    def offers(self, action: str) -> bool:
        """A file, where there is something to write."""
        return bool(self.rows.rows) if action == "export" else super().offers(action)

    def action_by(self) -> None:
        """The next grouping; ages are not for whom names are hidden."""
        viewer = self.clinic.viewer
        names = viewer is not None and not viewer.names_hidden
        ways = [by for by in BY if by != "age" or names]
        self._by = ways[(ways.index(self._by) + 1) % len(ways)]
        self.read()

    def action_period(self) -> None:
        """Ask for another one."""
        from screens.reports.period import PeriodDialog

        def asked(period: Period | None) -> None:
            if period is not None:
                self._period = period
                self.read()

        self.app.push_screen(PeriodDialog(self._period), asked)

    def action_export(self) -> None:
        """Ask where to."""
        if self._found is not None:
            self.app.push_screen(AdoptionFile(self._found), lambda said: self.show_done(said) if said else None)


class AdoptionFile(FileDialog):
    """Writes the rows that are shown."""

    HEADING = "Export adoption as CSV"
    ABOUT = "Writes the rows that are shown to a file on this host that only you can read (0600). No patient is in it."
    USUAL = "~/adoption.csv"
    ELSEWHERE = "At your own computer: ssh HOST report adoption --csv - > adoption.csv"

    def __init__(self, found: Adoption) -> None:
        super().__init__()
        self._found = found

    def asked(self) -> str:
        """How many rows."""
        return f"{len(self._found.lines):,} row{'' if len(self._found.lines) == 1 else 's'}, as shown."

    def write(self, viewer: Viewer, path: Path) -> str:
        """Write them."""
        from clinic_tui import adoption, csv_out

        csv_out.write(path, adoption.csv_lines(self._found))
        return f"Written: {line(str(path))}, which only you can read."


def _said(period: Period) -> str:
    first, last = (day(each).strip() if each else "" for each in period)
    if first and last:
        return f"{first} to {last}"
    return f"from {first}" if first else f"to {last}" if last else ""
