"""The rows that a table of patients asks for, read by id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.errors import ClinicError
    from clinic_tui.patients.lookup import PatientRow
    from screens.asking import Asking
    from screens.widgets.paged_table import PagedTable


def read_patients(
    screen: Asking[Any],
    table: PagedTable[PatientRow],
    ids: Sequence[int],
    failed: Callable[[ClinicError], None] | None = None,
) -> None:
    """Read the patients with these ids in a thread, then give them to `table`; `failed` as in `Asking.ask`."""
    wanted = list(ids)

    def rule(viewer: Viewer) -> list[PatientRow]:
        from clinic_tui.patients.lookup import rows_by_id

        return rows_by_id(viewer, wanted)

    def take(rows: list[PatientRow]) -> None:
        table.take_rows({row.id: row for row in rows}, wanted)

    screen.ask(rule, take, failed=failed)
