"""Who may import, and look at what was imported."""

from __future__ import annotations

from clinic_tui.access import Viewer
from clinic_tui.errors import NotAllowed


def need_all(viewer: Viewer) -> None:
    """Raise NotAllowed unless the viewer may import: owners and front desk who see all patients, by name."""
    viewer.need("owner", "front-desk")
    viewer.need_names()
    if not viewer.sees_all:
        raise NotAllowed(
            "You reach only some of the patients; an import reaches all.", "Ask an owner to import the file."
        )
