"""The practice of the case load's story: Dr Okafor's patients, who may be invited but for four, and those of others."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from clinic_tui import settings
from clinic_tui.case_load import activity
from clinic_tui.clock import now
from clinic_tui.config import Config, load
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Appointment, PortalAccount
from clinic_tui.practice import open_practice
from tests.conftest import NOW, PRACTICE
from tests.screens import people
from tests.servers.smtp import SmtpServer

MANY = 30  # of Dr Okafor's whom nothing stands in the way of; the addresses are o0@example.org and so on
NOT_INVITED = ("has no e-mail", "wants no mail", "is archived, deceased or blocked", "has a portal account")


def opened(folder: Path, database_url: str, smtp: SmtpServer) -> Config:
    """The practice, open in this process, its mail going to a real server; close the database afterwards."""
    path = folder / "config.toml"
    path.touch(0o600)
    path.write_text(
        f"""database = "{database_url}"
        [smtp]
        host = "{smtp.host}"
        port = {smtp.port}
        security = "none"
        from = "desk@example.org"
        """
    )
    made = load(path)
    settings.seed(open_practice(made, new=True), PRACTICE)
    _fill()
    return made


def _fill() -> None:
    okafor, chen = people.practitioner(), people.practitioner("Dr Mei Chen")
    with transaction():
        seen = [
            people.patient(f"{n:04}", "Pat", f"Okafors {n:02}", email=f"o{n}@example.org", practitioner=okafor)
            for n in range(MANY)
        ]
        seen += [
            people.patient("0100", "No", "Okafors Address", practitioner=okafor),
            people.patient("0101", "L", "Okafors Late", email="d@example.org", practitioner=okafor, status="deceased"),
            people.patient("0102", "H", "Okafors Portal", email="p@example.org", practitioner=okafor, portal="active"),
            people.patient("0103", "Q", "Okafors Quiet", email="q@example.org", practitioner=okafor,
                           communication="none"),
        ]  # fmt: skip
        PortalAccount.create(patient=seen[-2], state="active", since=now(), known_from="import")
        others = [people.patient(f"02{n:02}", "Pat", f"Chens {n}", email=f"c{n}@example.org", practitioner=chen)
                  for n in range(3)]  # fmt: skip
        for patient in (*seen, *others):
            when = NOW - timedelta(days=20)
            Appointment.create(patient=patient, practitioner=okafor, starts_at=when, status="seen")
        long_ago = people.patient("0300", "Pat", "Okafors Before", email="before@example.org", practitioner=okafor)
        when = NOW - timedelta(days=900)
        Appointment.create(patient=long_ago, practitioner=okafor, starts_at=when, status="seen")
        activity.refresh()


def number_of(words: str, text: str) -> int:
    """The number that stands before `words` on a screen; 0 where they are not there."""
    match = re.search(rf"([\d,]+)\s+{words}", text)
    return int(match.group(1).replace(",", "")) if match else 0
