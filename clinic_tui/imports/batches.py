"""The imports that there were: each a batch by a name, with what became of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.practice import ImportBatch

COUNTS = ("read", "added", "updated", "unchanged")


def begin(viewer: Viewer, names: Sequence[str]) -> int:
    """A new batch; its id."""
    with transaction():
        return int(ImportBatch.insert(name=", ".join(names), login=viewer.login, started_at=now()).execute())


def end(viewer: Viewer, batch: int, names: Sequence[str], summary: dict[str, Any]) -> None:
    """Keep what became of the batch's rows, in its record and in the history."""
    counts: dict[str, Any] = {count: summary[count] for count in COUNTS}
    counts["refused"] = sum(1 for row in summary["refused"] if row.row is not None)
    kept = counts | {
        "kinds": {kind: list(of) for kind, of in summary["kinds"].items()},
        "unused": summary["unused"], "passed": summary["passed"], "archived": summary["archived"],
    }  # fmt: skip
    with transaction():
        ImportBatch.update(finished_at=now(), summary=kept).where(ImportBatch.id == batch).execute()
        history.record(viewer, "import", file=", ".join(names), **counts)
