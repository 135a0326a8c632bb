"""A report to be run: its filters, its sort, and the name under which it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinic_tui.case_load.filters import Filters
    from clinic_tui.case_load.orders import Sort


@dataclass(frozen=True)
class Report:
    """A case load to be run. `name`: "" for one that is not saved; `notes`: what has changed since it was."""

    filters: Filters
    sort: Sort
    name: str = ""
    notes: tuple[str, ...] = ()
