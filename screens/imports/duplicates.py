"""Who may be one person twice: pairs to be looked at, which nothing merges."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from screens.commands import BACK, Command
from screens.imports.running import running
from screens.imports.works import Compare
from screens.listing import RETRY, ListScreen
from screens.widgets.cells import fit, line

if TYPE_CHECKING:
    from clinic_tui.imports.duplicates import Pair, Person

BORN, NUMBER = 11, 7
MOST = 1_000


class DuplicatesScreen(ListScreen["Pair"]):
    """With `batch`: those of whom one came with that import."""

    HEADING = "Likely duplicates"
    ABOUT = (
        "Two records that may be of one person: the birth date is the same and the names differ by a slip, are "
        "swapped or shortened; or the name is the same and the dates differ by a slip. Nothing merges them. Mend or "
        "archive one in its profile."
    )
    KEYS = (
        Command("open", "Open the first", "enter", "open", "The profile of the one at the left."),
        Command("other", "Open the other", "o", "open other", "The profile of the one at the right."),
        RETRY,
        BACK,
    )

    def __init__(self, batch: int | None = None) -> None:
        super().__init__()
        self._of = batch

    def read(self) -> None:
        """Compare everybody."""
        self.ask(running(self, Compare(self._of)), self.show_rows, failed=self.lost)

    def pulse_changed(self) -> None:
        """They are compared when it is opened, or asked for again."""

    def key(self, row: Pair) -> tuple[int, int]:
        """Which two."""
        return row.one.id, row.other.id

    def count(self) -> Content:
        """How many pairs."""
        if not self.seen:
            return Content.styled(f"comparing{self.look.symbols.ellipsis}", "$quiet")  # it takes a while, of many
        number = len(self.rows.rows)
        said = f"{number:,}{'+' if number >= MOST else ''} pair{'' if number == 1 else 's'}" if number else ""
        of = f" of import {self._of}" if self._of else ""
        return Content.styled(f"{said}{of}" if said else "", "$quiet")

    def nothing(self) -> tuple[str, ...]:
        """Nobody."""
        return ("Nobody seems to be here twice.",)

    def draw(self, row: Pair, width: int, marked: bool) -> Content:
        """Both, side by side."""
        room = max(0, (width - 5) // 2)
        cursor = self.look.symbols.cursor if marked else " "
        return Content.assemble(f" {cursor} ", self._one(row.one, room), "  ", self._one(row.other, room))

    def _one(self, who: Person, room: int) -> str:
        ellipsis = self.look.symbols.ellipsis
        number = NUMBER if room < 50 else 2 * NUMBER
        end = f" {fit(who.birth_date, BORN)}{fit(line(who.number), number, ellipsis=ellipsis)}"
        name = line(", ".join(part for part in (who.family, who.given) if part))
        return fit(name, max(4, room - len(end)), ellipsis=ellipsis) + end if room > len(end) + 8 else fit(name, room)

    def about_row(self, row: Pair) -> Content:
        """Why they may be one."""
        return Content.styled(row.why[:1].upper() + row.why[1:] + ".", "$quiet")

    def offers(self, action: str) -> bool:
        """Opening, where there is a pair."""
        return self.current is not None if action in ("open", "other") else super().offers(action)

    def action_open(self) -> None:
        """The one at the left."""
        if self.current is not None:
            self.clinic.open_patient(self.current.one.id)

    def action_other(self) -> None:
        """The one at the right."""
        if self.current is not None:
            self.clinic.open_patient(self.current.other.id)
