"""Choosing a template where one invites: its name, with its language."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from screens.widgets.cells import line

if TYPE_CHECKING:
    from clinic_tui.messages.templates import TemplateRow

Offer = tuple["int | None", str]


def offered(templates: Sequence[TemplateRow]) -> list[Offer]:
    """The id of each with its words: `Invitation (English)`."""
    from clinic_tui.messages.languages import wording

    return [(row.id, f"{line(row.name)} ({wording(row.language).name})") for row in templates]
