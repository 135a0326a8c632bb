"""What the lookup says of what it found: how many, or what to do where there is nothing."""

from __future__ import annotations

from textual.content import Content

from screens.widgets.cells import line


def counted(text: str, matches: int | None, total: int | None, *, most: int, narrow: bool) -> str:
    """`4 of 12,418 patients match`; `1,000+ of ...`; only the total where nothing is typed. None: not counted yet."""
    whole = "" if total is None else f"{total:,}"
    if not text:
        return f"{whole} {_patients(total)}" if whole else ""
    number = "" if matches is None else f"{most:,}+" if matches > most else f"{matches:,}"
    if not number:
        return ""
    said = f"{number} of {whole}" if whole else number
    if narrow:
        return said
    return f"{said} {_patients(matches if total is None else total)} {'matches' if matches == 1 else 'match'}"


def _patients(number: int | None) -> str:
    return "patient" if number == 1 else "patients"


def message(title: str, style: str, *advice: str) -> Content:
    """A title and what to do, each a paragraph."""
    parts: list[Content] = [Content.styled(title, style)]
    parts += [Content.styled(line(text), "$quiet") for text in advice if text]
    return Content("\n\n").join(parts)
