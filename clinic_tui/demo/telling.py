"""How the story is printed: plain text of at most 78 columns, no escape code."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from email.message import EmailMessage

from clinic_tui.clock import local, today
from clinic_tui.demo.post import plain
from clinic_tui.invitations.states import Sign, portal_line
from clinic_tui.messages.wrapping import wrapped
from clinic_tui.patients.lookup import PatientRow, display_name
from clinic_tui.text import clean, clean_text

WIDTH = 78
_INDENT = "   "
_BAR = "   | "


class Teller:
    """Says the story line by line. `symbols`: whether the reader's encoding has more than ASCII."""

    def __init__(self, say: Callable[[str], object], *, symbols: bool = True) -> None:
        self._say = say
        self._symbols = symbols
        self._chapter = 0

    def title(self, text: str) -> None:
        """What this is."""
        self._say(text)
        self._say("=" * len(text))
        self._say("")

    def chapter(self, title: str) -> None:
        """A new step of the story, numbered."""
        self._chapter += 1
        head = f"-- {self._chapter}. {title} "
        self._say("")
        self._say(head.ljust(WIDTH, "-"))
        self._say("")

    def tell(self, text: str) -> None:
        """A paragraph in the story's own words."""
        for line in wrapped(clean(text), WIDTH - len(_INDENT)):
            self._say(_INDENT + line)

    def line(self, text: str = "") -> None:
        """One line as it is."""
        self._say((_INDENT + text).rstrip())

    def patient(self, row: PatientRow, *, chosen: bool = False) -> None:
        """A patient as the lookup lists them."""
        mark = (">" if chosen else " ") + " "
        name = clean(display_name(row), 28)
        sign = self.sign(portal_line(row.portal, row.portal_at, row.portal_until))
        self.line(f"{mark}{name:<28} {born(row.birth_date):<17} {row.phone or '-':<13} {sign}")

    def sign(self, sign: Sign) -> str:
        """A state as symbol and word."""
        return f"{sign.symbol if self._symbols else sign.ascii} {sign.word}"

    def message(self, mail: EmailMessage, lines: int = 0) -> None:
        """A mail as its reader sees it; with `lines`, so many lines of it."""
        for name in ("From", "To", "Subject"):
            for part in wrapped(f"{name + ':':<9}{clean(str(mail[name]))}", WIDTH - len(_BAR), 9):
                self._say(_BAR + part)
        self._say(_BAR.rstrip())
        text = plain(mail).rstrip().split("\n")
        self.quoted("\n".join([*text[:lines], "..."] if 0 < lines < len(text) else text))

    def quoted(self, text: str) -> None:
        """Somebody's words, with a bar beside them."""
        for line in clean_text(text).rstrip().split("\n"):
            for part in wrapped(line, WIDTH - len(_BAR)):
                self._say((_BAR + part).rstrip())


def born(day: date | None) -> str:
    """A birth date, and the age."""
    if day is None:
        return "-"
    now = today()
    age = now.year - day.year - ((now.month, now.day) < (day.month, day.day))
    return f"{day.day:>2} {day:%b %Y} ({age})"


def on(moment: datetime | None) -> str:
    """The day of a moment, here."""
    if moment is None:
        return "-"
    day = local(moment)
    return f"{day:%A} {day.day} {day:%B}"
