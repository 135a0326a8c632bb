"""The header: practice, staff member, and what waits. One line, drawn again only when it changed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from screens.widgets.cells import line, spread

if TYPE_CHECKING:
    from clinic_tui.pulse import Pulse
    from screens.theme import Look


ROOM_FOR_NAME = 22
TRAINING = "TRAINING: invented patients, no real mail"
ROOM_FOR_BOTH = 70


@dataclass(frozen=True, slots=True)
class Facts:
    """What the header says. `pulse` None: not read yet; `lost`: the database does not answer.

    `demo`: it is the sample practice; `training`: opened to learn in.
    """

    practice: str = ""
    login: str = ""
    demo: bool = False
    training: bool = False
    pulse: Pulse | None = None
    lost: bool = False


class Header(Widget):
    """Practice name on the left; staff login and what waits on the right."""

    DEFAULT_CSS = """
    Header { dock: top; height: 1; padding: 0 1; background: $panel; color: $foreground;
        &.-training { background: $warning; color: $background; text-style: bold;
            &:ansi { background: ansi_default; color: ansi_default; text-style: bold reverse; }
        }
    }
    """

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._facts = Facts()

    def show(self, facts: Facts) -> None:
        """Draw `facts`, where they differ from what is drawn."""
        if facts != self._facts:
            self._facts = facts
            self.set_class(facts.training, "-training")
            self.refresh()

    def render(self) -> Content:
        """The one line."""
        facts = self._facts
        if facts.training:
            return self._training(self.content_size.width)
        name = Content.styled(line(facts.practice), "bold")
        left = Content.assemble((" DEMO ", "bold reverse $warning"), "  ", name) if facts.demo else name
        waits = self._waits()
        login = line(facts.login)
        width = self.content_size.width
        if waits.cell_length + min(left.cell_length, ROOM_FOR_NAME) + 2 > width:
            waits = self._waits(short=True)
        if login and left.cell_length + waits.cell_length + len(login) + 5 <= width:
            waits = Content.assemble((login, "$quiet"), "   " if waits else "", waits)
        return spread(left, waits, width, self._look.symbols.ellipsis)

    def _training(self, width: int) -> Content:
        """One line in the colours of a warning, so that nobody takes it for the real practice: no name stands in it."""
        waits = Content(self._waits(short=width < ROOM_FOR_BOTH).plain)
        said = Content(TRAINING if width >= ROOM_FOR_BOTH else TRAINING.partition(":")[0])
        return spread(said, waits, width, self._look.symbols.ellipsis)

    def _waits(self, *, short: bool = False) -> Content:
        """`▹ 3 sending   ● 2`: only what is not nothing. `short`: the symbols and the numbers alone."""
        marks = self._look.symbols
        if self._facts.lost:
            return Content.styled(f"{marks.bad} database away", "bold $error")
        pulse = self._facts.pulse
        if pulse is None:
            return Content("")
        parts: list[tuple[str, str]] = []
        if pulse.paused:
            parts.append((f"{marks.paused} outbox paused", "$error"))
        if short and pulse.held + pulse.sending:
            parts.append((f"{marks.sending} {pulse.held + pulse.sending}", "$accent"))
        elif pulse.held:
            parts.append((f"{marks.sending} {pulse.held} held", "$accent"))
        if pulse.sending and not short:
            parts.append((f"{marks.sending} {pulse.sending} sending", "$accent"))
        if pulse.deferred:
            parts.append((f"~ {pulse.deferred} deferred", "$warning"))
        if pulse.review:
            parts.append((f"? {pulse.review} to review", "$warning"))
        if pulse.unread:
            parts.append((f"{marks.waiting} {pulse.unread}", "bold $accent"))
        if short:
            parts = [(" ".join(text.split()[:2]).removesuffix(" outbox"), style) for text, style in parts]
        return Content("  " if short else "   ").join(Content.styled(*part) for part in parts)
