"""Patients for the tests of screens, written straight into the tables, with everything they are found by."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Appointment, Contact, Patient, PatientToken, PortalAccount
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.patients import derived

HOSTILE = (
    ("Bob [/]", "[@click=app.quit]click[/]"),
    ("\x1b[31mRed\x1b]52;c;AAAA\x07", "Escape"),
    ("Eve\u202egnp\u200b", "Bidi\u2066"),
    ("\u592a\u90ce", "\u5c71\u7530"),
    ("Jose\u0301\u0301\u0301\u0301\u0301", "Combining"),
    ("\U0001f469\u200d\U0001f469\u200d\U0001f467 \u2764\ufe0f \U0001f44d\U0001f3fd", "Emoji"),
    ("$accent {x} %s", "Markup $name"),
    ("A" * 120, "Long"),
)  # fmt: skip


def practitioner(name: str = "Dr R. Okafor") -> Practitioner:
    """A practitioner of this name; the same one when asked again."""
    found = Practitioner.get_or_none(Practitioner.name == name)
    return found or Practitioner.create(name=name, name_fold=name.lower())


def patient(number: str, given: str, family: str, **more: Any) -> int:
    """A patient and the words they are found by; its id."""
    with transaction():
        row = Patient.create(
            number=number,
            given=given,
            family=family,
            sort_name=derived.sort_name(given, family),
            email_fold=derived.email_fold(more.get("email")),
            **more,
        )
        phones = (more.get("mobile"), more.get("phone"))
        for token in derived.tokens(given, family, more.get("preferred"), more.get("birth_date"), phones):
            PatientToken.create(token=token, patient=row)
    return int(row.id)


def smiths() -> dict[str, int]:
    """The five that the sketch of the lookup shows, by family name."""
    okafor = practitioner()
    moment = now()
    ids = {
        "Smith": patient("001001", "Joanna", "Smith", preferred="Jo", birth_date=date(1984, 3, 12), practitioner=okafor,
                         mobile="0412 555 018", email="jo.smith@example.com", portal="active", portal_at=moment),
        "Smithers": patient("001002", "Joel", "Smithers", birth_date=date(1984, 7, 3), practitioner=okafor,
                            mobile="0412 555 377", email="joel@example.org"),
        "Smyth": patient("001003", "John", "Smyth", birth_date=date(1984, 11, 30), practitioner=okafor,
                         mobile="0412 555 904", street="3 Harbour Street", suburb="Balmain", postcode="2041"),
        "de Smit-Jonker": patient("001004", "An\u00edbal", "de Smit-Jonker", birth_date=date(1984, 1, 9),
                                  phone="02 5550 1234", email="anibal@example.net", communication="none"),
        "Smidt": patient("001005", "Greta", "Smidt", birth_date=date(1931, 5, 2), status="deceased"),
    }  # fmt: skip
    with transaction():
        PortalAccount.create(patient=ids["Smith"], state="active", since=moment, known_from="import")
        Contact.create(patient=ids["Smyth"], name="Mary Smyth", relationship="mother", phone="0412 555 905")
        sister = {"name": "Ada Smyth", "relationship": "sister", "email": "ada@example.org"}
        Contact.create(patient=ids["Smyth"], is_guardian=True, **sister)
        for days in (-900, -400, -81, 2, 30):
            Appointment.create(
                patient=ids["Smyth"], practitioner=okafor, starts_at=moment + timedelta(days=days),
                status="seen" if days < 0 else "booked",
            )  # fmt: skip
    return ids


def hostile() -> list[int]:
    """Patients whose names were made to break screens."""
    return [
        patient(f"00900{i}", given, family, birth_date=date(1970, 1, 1 + i), mobile="[b]0412[/b]", email="[/]@x\x1b[2J")
        for i, (given, family) in enumerate(HOSTILE)
    ]
