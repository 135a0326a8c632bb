"""Long work of importing, run for a room: in a thread, or aside where it is long; the room hears how far it is."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Any

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widgets import Static
from textual.worker import get_current_worker

from clinic_tui.aside import Left
from clinic_tui.errors import ClinicError
from screens.aside import aside
from screens.base import CANCEL, Dialog
from screens.commands import Command
from screens.widgets.bar import bar

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from screens.base import Room
    from screens.imports.works import Told, Work

TOLD_SECONDS = 0.1  # how often it is said how far it is
CELLS = 40


class HowFar(Message):
    """How far the work of a room is."""

    def __init__(self, told: Told) -> None:
        super().__init__()
        self.told = told

    @property
    def share(self) -> float:
        """From 0 to 1."""
        return self.told.done / self.told.of if self.told.of else 0.0

    @property
    def sentence(self) -> str:
        """For where there is no room for more."""
        return f"Reading: {int(self.share * 100)} %"


def running(
    room: Room[Any], work: Work, left: Callable[[], bool] = lambda: False, *, writes: bool = False
) -> Callable[[Viewer], Any]:
    """What does the work in a thread and posts HowFar to `room`. It raises Left where the room is gone, or `left()`."""
    config = room.clinic.config

    def rule(viewer: Viewer) -> Any:
        worker = get_current_worker()
        said = 0.0

        def gone() -> bool:
            return worker.is_cancelled or left()

        def tell(told: Told) -> None:
            nonlocal said
            if gone():
                raise Left
            if (now := monotonic()) >= said + TOLD_SECONDS:
                said = now
                room.post_message(HowFar(told))

        if work.is_long():
            return aside(config, viewer, work, tell, gone, writes=writes)
        return work(viewer, tell)

    return rule


class RunningDialog(Dialog[Any]):
    """Does a work that writes, and answers with what it answers; None where nothing was done.

    What cannot be done is said here, and Escape closes.
    """

    HEADING = "Importing"
    ABOUT = (
        "It is being done now. {stop} stops it: an import keeps the rows that it has brought in, and the same import "
        "again goes on; undoing that is stopped stands half done until it is undone again, and nothing is imported "
        "meanwhile."
    )
    WIDTH = 60
    KEYS = (Command("stop", "Stop", "escape", "stop", "Stop it."), CANCEL)

    def __init__(self, doing: str, work: Work) -> None:
        super().__init__()
        self._doing = doing
        self._work = work
        self._stopping = self._failed = False
        self._outcome: tuple[Any] | None = None

    def body(self) -> ComposeResult:
        """A bar, and what became of the rows so far."""
        yield Static("", id="bar", markup=False)
        yield Static("", id="counts", markup=False)

    def on_mount(self) -> None:
        """Begin."""
        self.query_one("#frame").border_title = Content(self._doing)
        self._say(0.0, f"{self._doing}{self.look.symbols.ellipsis}")
        self.do(running(self, self._work, lambda: self._stopping, writes=True), self._done, failed=self._refused)

    @property
    def holds_keys(self) -> bool:
        """Never: it can be stopped."""
        return False

    def offers(self, action: str) -> bool:
        """Stopping, while it runs; closing, once it has failed."""
        return self._failed if action == "cancel" else not self._failed and not self._stopping

    def _say(self, share: float, said: str) -> None:
        cells = min(CELLS, max(10, self.app.size.width - 16))
        shown = Content.assemble(bar(share, cells, self.look), f" {int(share * 100):>3} %")
        self.query_one("#bar", Static).update(shown, layout=False)
        self.query_one("#counts", Static).update(Content.styled(said, "$quiet"))

    @on(HowFar)
    def _how_far(self, event: HowFar) -> None:
        if not self._stopping and not self._failed:
            counts = event.told.counts
            rows = [f"{number:>11,} {what}" for what, number in counts.items()] if any(counts.values()) else []
            said = "\n".join(rows) or f"Reading{self.look.symbols.ellipsis}"
            self._say(event.share, said)

    def action_stop(self) -> None:
        """Ask it to stop; it may be too late for that."""
        self._stopping = True
        self.query_one("#counts", Static).update(Content.styled(f"Stopping{self.look.symbols.ellipsis}", "$quiet"))
        self.refresh_keys()

    def _done(self, answer: Any) -> None:
        self._outcome = (answer,)
        self._close()

    def _close(self) -> None:
        if self._outcome is not None and self.app.screen is self:
            self.dismiss(self._outcome[0])

    def on_screen_resume(self) -> None:
        """It may have been done while help stood before it."""
        self.call_later(self._close)

    def _refused(self, error: ClinicError) -> None:
        self._failed = True
        self.query_one("#counts", Static).update("")
        self.show_error(error)
        self.refresh_keys()
