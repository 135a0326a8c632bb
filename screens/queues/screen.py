"""All work queues, each with how many wait in it; Enter opens one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from screens.commands import BACK, Command
from screens.listing import RETRY, ListScreen
from screens.widgets.cells import fit

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.queues import Queue

TITLE, COUNT = 28, 7


class Waiting(NamedTuple):
    """A queue and how many are in it; None: it asks what is hidden."""

    queue: Queue
    number: int | None


class QueuesScreen(ListScreen[Waiting]):
    """Read again whenever something in the practice moved."""

    HEADING = "Work queues"
    ABOUT = (
        "What waits for somebody at the desk. Enter opens a queue; there, one key does the next thing, and Enter opens "
        "the patient. A queue that asks for what is hidden from you has a dash for a count."
    )
    KEYS = (Command("open", "Open the queue", "enter", "open", "Who is in it."), RETRY, BACK)

    def read(self) -> None:
        """Ask how many wait."""

        def rule(viewer: Viewer) -> list[Waiting]:
            from clinic_tui import queues

            counts = queues.counts(viewer)
            return [Waiting(queue, counts[queue.name]) for queue in queues.QUEUES]

        self.ask(rule, self.show_rows, failed=self.lost)

    # Showing

    def key(self, row: Waiting) -> str:
        """Which queue it is."""
        return row.queue.name

    def draw(self, row: Waiting, width: int, marked: bool) -> Content:
        """Title, count, and what it is where there is room."""
        from clinic_tui.queues import said

        marks = self.look.symbols
        tone = "bold" if row.number else "$quiet"
        name = min(TITLE, max(8, width - 3 - COUNT - 2))
        parts: list[str | tuple[str, str]] = [
            f" {marks.cursor if marked else ' '} ", (fit(row.queue.title, name, ellipsis=marks.ellipsis), tone),
            (fit(said(row.number), COUNT, right=True), "$accent bold" if row.number else "$quiet"),
        ]  # fmt: skip
        rest = width - 3 - name - COUNT - 5
        if rest > 50:
            parts += ["   ", (fit(row.queue.about, rest, ellipsis=marks.ellipsis), "$quiet")]
        return Content.assemble(*parts)

    def about_row(self, row: Waiting) -> Content:
        """What it is, in full."""
        said = row.queue.about if row.number is not None else "It asks for what is hidden from you."
        return Content.styled(said, "$quiet")

    # Keys

    def offers(self, action: str) -> bool:
        """Nothing to open in a queue that is not the viewer's to know."""
        if action == "open":
            return self.current is not None and self.current.number is not None
        return super().offers(action)

    def action_open(self) -> None:
        """Who is in it."""
        from screens.queues.one import QueueScreen

        if self.current is not None:
            self.app.push_screen(QueueScreen(self.current.queue))
