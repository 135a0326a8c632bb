"""Who somebody is, in one line at the top of a dialog; and what a list calls them."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from textual.content import Content

from screens.widgets.cells import line
from screens.widgets.dates import age, day


class Person(Protocol):
    """A patient as a dialog knows them."""

    @property
    def given(self) -> str | None: ...  # noqa: D102
    @property
    def family(self) -> str | None: ...  # noqa: D102
    @property
    def birth_date(self) -> date | None: ...  # noqa: D102


class Listed(Protocol):
    """A patient as a list knows them; names None where they are hidden, all None where the row is about nobody."""

    @property
    def given(self) -> str | None: ...  # noqa: D102
    @property
    def family(self) -> str | None: ...  # noqa: D102
    @property
    def preferred(self) -> str | None: ...  # noqa: D102
    @property
    def number(self) -> str | None: ...  # noqa: D102


def person(who: Person) -> Content:
    """`John Smyth, 30 Nov 1984 (41)`."""
    born = f", {day(who.birth_date).strip()} ({age(who.birth_date)})" if who.birth_date else ""
    return Content.assemble((line(f"{who.given or ''} {who.family or ''}"), "bold"), (born, "$quiet"))


def listed(who: Listed) -> str:
    """`Smyth, John`, `Patient 000123` where names are hidden, "" for nobody: safe to draw."""
    if who.number is None:
        return ""
    if who.given is None and who.family is None:
        return f"Patient {line(who.number)}"
    name = ", ".join(part for part in (who.family, who.given) if part)
    return line(f"{name} ({who.preferred})" if who.preferred and who.preferred != who.given else name)
