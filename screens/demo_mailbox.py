"""The patient's mailbox (demo only): the message as the patient gets it, and what they answer."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from clinic_tui.clock import local, today
from clinic_tui.errors import ClinicError
from screens.base import BaseScreen
from screens.commands import BACK, Command
from screens.widgets.cells import fit, line, lines
from screens.widgets.marks import Rule
from screens.widgets.moving import LIST_MOVES
from screens.widgets.rows import Rows

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.config import Config
    from clinic_tui.demo.post import Answer, Opened, Post, Received

MOST = 200
_LINK = re.compile(r"https://[^\s>]+")


class Box(NamedTuple):
    """What lies in the mailboxes, newest first, and the mark by which a change shows."""

    mark: tuple[int, int]
    messages: list[Received]


class DemoMailboxScreen(BaseScreen):
    """All the sample patients' mail in one list; a letter answers the message under the cursor."""

    HEADING = "The patients' mailboxes"
    ABOUT = (
        "Only the sample practice has this screen: it shows what patients get, the code in full, and lets you answer "
        "as they would. The practice reads its own mailbox every second; then the desk is told, in the header and on "
        "{notifications}.\n\n"
        "Up and Down choose a message, Space and Backspace turn its pages."
    )
    CSS_PATH = "demo_mailbox.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-middle"), (100, "-wide")]  # beside each other where there is room
    MOVES = LIST_MOVES
    KEYS = (
        Command("answer('accept')", "Accept", "a", "accept", "The patient replies ACCEPT."),
        Command("answer('decline')", "Decline", "d", "NO", "The patient replies NO."),
        Command("answer('stop')", "Stop", "s", "STOP", "The patient replies STOP: no more invitations."),
        Command(
            "answer('not_me')", "Wrong person", "w", "NOT ME", "Somebody else has this mailbox, and replies NOT ME."
        ),
        Command("answer('out_of_office')", "Out of office", "o", "away", "The mailbox replies by itself."),
        Command("answer('question')", "Ask a question", "q", "ask", "The patient asks something instead."),
        Command("answer('bounce')", "Bounce", "b", "bounce", "There is no such mailbox: the message comes back."),
        Command("answer('yes_please')", "Yes, in other words", "y", "yes please", "A yes that a person has to read."),
        Command("turn(1)", "Next page", "space", "", "Read on."),
        Command("turn(-1)", "Page before", "backspace", "", "Read what stood before."),
        BACK,
    )

    def __init__(self) -> None:
        super().__init__()
        self._box: Box | None = None
        self._opened: Opened | None = None

    def body(self) -> ComposeResult:
        """The list, and beside or below it the message."""
        yield Static("", id="title", markup=False)
        yield Rule(self.look)
        yield Static("", id="state", markup=False)
        with Container(id="post"):
            rows: Rows[Received] = Rows(self._draw_row, self.look, key=lambda row: row.id, takes_keys=True)
            yield rows
            yield Rule(self.look, "As the patient reads it")
            with Letter(self._draw, id="reading", can_focus=False):
                yield Static("", id="message", markup=False)

    @property
    def _list(self) -> Rows[Received]:
        return self.query_one(Rows)

    @property
    def chosen(self) -> str | None:
        """The address whose message is under the cursor, and is the one that is shown."""
        row = self._list.current
        return row.to if row and self._opened and self._opened.received.id == row.id else None

    # Reading the mailboxes

    def on_mount(self) -> None:
        """Read them, and again whenever mail may have come."""
        self._list.focus()
        self._read()
        if self.clinic.poll_seconds is not None:
            self.set_interval(self.clinic.poll_seconds, self._read)

    def on_screen_resume(self) -> None:
        """In front again."""
        self._read()

    def pulse_changed(self) -> None:
        """Something was sent, perhaps."""
        self._read()

    def _post(self) -> Callable[[], Post]:
        """Opens the sample practice's mailboxes; to be called in a thread."""
        directory = sample_directory(self.clinic.config)

        def post() -> Post:
            from clinic_tui.demo.post import Post

            return Post(directory / "post")

        return post

    def _read(self) -> None:
        post, known = self._post(), self._box.mark if self._box else None

        def rule(_viewer: Viewer) -> Box | None:
            mark = post().mark()
            return None if mark == known else Box(mark, post().received(limit=MOST))

        self.ask(rule, self._show)

    def _show(self, box: Box | None) -> None:
        if box is None:
            return
        self._box = box
        self._list.show(box.messages, keep=True)
        number = len(box.messages)
        many = f"the newest {number}" if number >= MOST else f"{number} message{'' if number == 1 else 's'}"
        title = Content.assemble(("The patients' mailboxes", "bold"), (f" {self.look.symbols.dot} {many}", "$quiet"))
        self.query_one("#title", Static).update(title)
        self.set_class(not box.messages, "-empty")
        if not box.messages:
            key = self.key_of("outbox")
            advice = f"Invite a patient, and wait a moment: what is held goes out when its time has come ({key})."
            self.query_one("#state", Static).update(
                Content.assemble(("No patient has got a message yet.", "bold"), "\n\n", (advice, "$quiet"))
            )
        self.refresh_keys()

    @on(Rows.Moved)
    def _moved(self) -> None:
        row = self._list.current
        if row is None or (self._opened is not None and self._opened.received == row):
            return
        post = self._post()

        def rule(_viewer: Viewer) -> Opened:
            return post().open(row.id)

        self.ask(rule, self._open, failed=self._gone)

    def _open(self, opened: Opened) -> None:
        same = self._opened is not None and self._opened.received.id == opened.received.id
        self._opened = opened
        self._draw()
        if not same:
            self.clear_notice()
            self.query_one("#reading").scroll_home(animate=False)

    def _gone(self, error: ClinicError) -> None:
        self._opened = None
        self.query_one("#message", Static).update("")
        self.show_error(error)

    def _draw(self) -> None:
        """Draw the message in the width that there is."""
        if self._opened is None or not self.query_one("#reading").size:
            return
        from clinic_tui.messages.wrapping import CODE, wrapped

        width = max(20, self.query_one("#reading").scrollable_content_region.width)
        mail = self._opened.mail
        heads: list[Content] = []
        for name in ("From", "To", "Subject", "Date"):
            first, *rest = wrapped(f"{name:<9}{line(str(mail.get(name, '')))}", width, 9)
            heads.append(Content.assemble((first[:9], "$quiet"), "\n".join([first[9:], *rest])))
        text = Content(
            "\n".join(part for row in lines(self._opened.text).rstrip().split("\n") for part in wrapped(row, width))
        )
        text = text.highlight_regex(CODE, style="bold $accent").highlight_regex(_LINK, style="$accent")
        self.query_one("#message", Static).update(Content("\n\n").join([Content("\n").join(heads), text]))

    def _draw_row(self, row: Received, width: int, marked: bool) -> Content:
        from clinic_tui.demo.post import LABELS

        marks = self.look.symbols
        at = local(row.at)
        when = f"{at:%H:%M}" if at.date() == today() else f"{at.day:>2} {at:%b}"
        said = LABELS.get(row.answers[-1], "") if row.answers else ""
        told = fit(f"{marks.good} {said}" if said else "", 12)
        rest = max(0, width - 4 - 7 - 12)
        to, subject = (rest, 0) if rest < 56 else (max(30, rest * 2 // 5), rest - max(30, rest * 2 // 5) - 2)
        cells = [fit(line(row.to), to, ellipsis=marks.ellipsis)]
        if subject:
            cells.append(fit(line(row.subject), subject, ellipsis=marks.ellipsis))
        return Content.assemble(
            f" {marks.cursor if marked else ' '} ", (fit(when, 7), "$quiet"), "  ".join(cells), " ", (told, "$success")
        )

    # Answering

    def offers(self, action: str) -> bool:
        """An answer needs a message."""
        return bool(self._box and self._box.messages) if action in ("answer", "turn") else True

    def action_answer(self, answer: Answer) -> None:
        """Answer the message under the cursor as its patient would."""
        post, row = self._post(), self._list.current
        if row is None:
            return

        def rule(_viewer: Viewer) -> None:
            post().answer(row.id, answer)

        def done(_answer: None) -> None:
            from clinic_tui.demo.post import LABELS

            self.show_done(
                f"{LABELS[answer]}, from {line(row.to)}: in the practice's mailbox. The desk is told in a moment."
            )
            self._read()

        self.do(rule, done)

    def action_turn(self, by: int) -> None:
        """A page of the message on or back."""
        reading = self.query_one("#reading", VerticalScroll)
        if by > 0:
            reading.scroll_page_down(animate=False)
        else:
            reading.scroll_page_up(animate=False)


class Letter(VerticalScroll):
    """Where the message is read. It is wrapped anew whenever this has got another width: not before it has one."""

    def __init__(self, draw: Callable[[], None], **options: Any) -> None:
        super().__init__(**options)
        self._draw_message = draw

    def on_resize(self) -> None:
        """The layout is settled: now the width is known."""
        self._draw_message()


def sample_directory(config: Config) -> Path:
    """The folder of the sample practice whose config this is."""
    assert config.path is not None, "the sample practice has a config file"
    return config.path.parent
