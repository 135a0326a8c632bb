"""What the tests' practice is called and offers, and the moment at which its clock stands."""

from __future__ import annotations

from datetime import UTC, datetime

from clinic_tui import settings

NOW = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)  # a Sunday

PRACTICE: dict[str, settings.Value] = {
    "practice.name": "Harbour Street Practice",
    "practice.phone": "02 5550 0000",
    "portal.name": "Halaxy",
    "portal.url": "https://portal.example.org",
    "portal.register": "email",
    "portal.appointments": "portal",
    "portal.invoices": "portal",
    "portal.records": "no",
    "portal.health": "no",
}
