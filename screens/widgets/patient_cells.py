"""What stands of a patient in the cells of a table: in the lookup, in a case load, in any other list of people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content

from screens.widgets import dates
from screens.widgets.cells import line
from screens.widgets.sign import portal_sign

if TYPE_CHECKING:
    from clinic_tui.patients.lookup import PatientRow
    from screens.theme import Look


def draw_patient(row: PatientRow, key: str, look: Look) -> str | Content:
    """One cell: `patient`, `portal`, `born`, `age`, `phone`, `email` or `practitioner`. What is unknown is a dash;
    names that are hidden arrive as `Patient 000123`.
    """
    if key == "patient":
        from clinic_tui.patients.lookup import display_name

        return line(display_name(row))
    if key == "portal":
        sign = portal_sign(row.portal, row.portal_at, row.portal_until, look)
        # Who is not current is told first: a narrow cell cuts the end, and the status is mostly the reason of the sign.
        return sign if row.status == "current" else Content.assemble((f"{row.status}, ", "$quiet"), sign)
    born = row.birth_date
    if key == "born":
        return dates.day(born) if born else look.symbols.none
    if key == "phone":
        return line(row.phone) or look.symbols.none
    text = {
        "age": str(dates.age(born)) if born else "",
        "email": line(row.email),
        "practitioner": line(row.practitioner),
    }[key]
    return Content.styled(text or look.symbols.none, "$quiet")
