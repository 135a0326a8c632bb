"""A widget of lines that draws of a line only what changed, from its left edge on: few bytes for a key over SSH."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style as RichStyle
from textual.content import Content
from textual.geometry import Region
from textual.strip import Strip
from textual.style import Style
from textual.visual import Visual
from textual.widget import Widget


class _Drawn(NamedTuple):
    """A line as it was drawn, and of what: most lines of a page are the same when it is read again."""

    content: Content
    style: Style
    strip: Strip

    def is_of(self, content: Content, style: Style, width: int) -> bool:
        """Whether that would be drawn as this."""
        return self.strip.cell_length == width and self.style == style and self.content.is_same(content)


class ChangedLines(Widget):
    """Override `line(y)`; call `draw_lines` when lines may have changed."""

    ALLOW_SELECT = False

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._drawn: dict[int, _Drawn] = {}

    def line(self, y: int) -> tuple[Content, Style]:
        """What line `y` holds, and the style under it; override it."""
        raise NotImplementedError

    def draw_lines(self, lines: Iterable[int] | None = None) -> None:
        """Draw these lines (all, where none are named), where they differ from what is on the terminal."""
        if not self.size or not self.is_attached:
            return
        for y in range(self.size.height) if lines is None else dict.fromkeys(lines):
            before, now = self._drawn.get(y), self._draw(y)
            changed = None if before is None else _changed(before.strip, now.strip)
            if before is None:
                self.refresh(Region(0, y, self.size.width, 1))
            elif changed:
                self.refresh(Region(changed[0], y, changed[1] - changed[0], 1))

    def forget_lines(self) -> None:
        """Everything is drawn anew: another size, other colours."""
        self._drawn.clear()
        self.refresh()

    def notify_style_update(self) -> None:
        """Other colours."""
        self._drawn.clear()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """One line of the window."""
        drawn = self._drawn.get(y)
        if drawn is None or drawn.strip.cell_length != self.size.width:
            drawn = self._draw(y)
        return drawn.strip

    def _draw(self, y: int) -> _Drawn:
        content, style = self.line(y)
        before = self._drawn.get(y)
        if before is None or not before.is_of(content, style, self.size.width):
            self._drawn[y] = _Drawn(content, style, self._strip(content, style))
        return self._drawn[y]

    def _strip(self, content: Content, style: Style) -> Strip:
        width = self.size.width
        strips = Visual.to_strips(self, content, width, 1, style, pad=True)
        if not strips:
            return Strip.blank(width, style.rich_style)
        return Strip(_plainest(strips[0].crop(0, width)), width)


Looks = tuple[object, ...]


def _looks(style: RichStyle | None) -> tuple[Looks, Looks]:
    """What a blank in this style looks like, and what a letter does."""
    style = style or RichStyle.null()
    blank: Looks = (style.bgcolor, bool(style.underline), bool(style.reverse), bool(style.strike))
    if any(blank[1:]):
        blank = (*blank, style.color)
    return blank, (*blank, style.color, bool(style.bold), bool(style.dim), bool(style.italic))


def _plainest(parts: Iterable[Segment]) -> list[Segment]:
    """The same line in as few parts as it can be drawn with: without the marks of Textual's own selection, neighbours
    of one look are one, and blanks take the style before them where that cannot be seen.
    """
    found: list[Segment] = []
    last: tuple[Looks, Looks] | None = None
    for text, style, _control in parts:
        looks = _looks(style)
        same = last is not None and (looks == last or (not text.strip(" ") and looks[0] == last[0]))
        if same:
            found[-1] = Segment(found[-1].text + text, found[-1].style)
        else:
            found.append(Segment(text, style and style.clear_meta_and_links()))
            last = looks
    return found


def _changed(before: Strip, now: Strip) -> tuple[int, int] | None:
    """From which cell to which (excluded) two lines look different; None where they do not."""
    if before is now or before == now:
        return None
    old, new = _cells(before), _cells(now)
    if len(old) != len(new):
        return 0, now.cell_length
    differ = [at for at, (was, is_) in enumerate(zip(old, new, strict=True)) if was != is_]
    return (differ[0], differ[-1] + 1) if differ else None


def _cells(strip: Strip) -> list[tuple[str, Looks]]:
    """One entry a cell; the second half of a wide character holds the character too, so that it is never cut."""
    found: list[tuple[str, Looks]] = []
    for text, style, _control in strip:
        blank, letter = _looks(style)
        for character in text:
            width = 1 if character.isascii() else cell_len(character)
            if width:
                found += [(character, blank if character == " " else letter)] * width
            elif found:
                found[-1] = (found[-1][0] + character, found[-1][1])
    return found
