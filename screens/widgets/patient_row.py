"""One patient as one line of the lookup: which columns there are depends on how wide the line is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.content import Content

from screens.widgets import dates
from screens.widgets.cells import cell_len, cut, fit, line
from screens.widgets.sign import TONES, sign_text

if TYPE_CHECKING:
    from clinic_tui.patients.lookup import PatientRow
    from screens.theme import Look

GAP = 2
MARGIN = 3
BIRTH, AGE, PHONE, SHORT_PORTAL, PORTAL, EMAIL, PRACTITIONER = 11, 3, 12, 23, 29, 26, 18


@dataclass(frozen=True, slots=True)
class Columns:
    """The width of each column in cells; 0: not shown. `bare`: of the sign its symbol alone."""

    name: int
    birth: int
    age: int
    phone: int
    portal: int
    email: int
    practitioner: int
    bare: bool = False

    @classmethod
    def of(cls, width: int) -> Columns:
        """The columns of a line of `width` cells."""
        if width < 50:
            return cls(max(4, width - MARGIN - 4 - 1 - 2 * GAP - 1), 4, 0, 0, 1, 0, 0, bare=True)
        if width < 76:
            return cls(width - MARGIN - BIRTH - 16 - 2 * GAP - 1, BIRTH, 0, 0, 16, 0, 0)
        portal = SHORT_PORTAL if width < 96 else PORTAL
        room = width - MARGIN - 1 - BIRTH - 1 - AGE - PHONE - portal - 3 * GAP
        email = EMAIL if room >= 22 + EMAIL + GAP else 0
        room -= email + GAP if email else 0
        practitioner = PRACTITIONER if email and room >= 22 + PRACTITIONER + GAP else 0
        room -= practitioner + GAP if practitioner else 0
        name = min(room, 40)
        more = min(room - name, 14) if email else 0
        return cls(name, BIRTH, AGE, PHONE, portal, email + more, practitioner and practitioner + room - name - more)


def draw_patient(row: PatientRow, width: int, look: Look, *, marked: bool = False) -> Content:
    """The line of one patient. What is unknown is a dash; names that are hidden arrive as `Patient 000123`."""
    from clinic_tui.invitations.states import portal_line
    from clinic_tui.patients.lookup import display_name

    columns = Columns.of(width)
    marks = look.symbols
    none = marks.none
    sign = portal_line(row.portal, row.portal_at, row.portal_until)
    name = line(display_name(row))
    portal = sign_text(sign, look)[: 1 if columns.bare else None]
    note = ""
    if row.status != "current":
        # Beside the portal line, of which it is mostly the reason; beside the name where there is no room.
        if cell_len(portal) + len(row.status) + 2 <= columns.portal:
            portal += f", {row.status}"
        else:
            note = f" {marks.dot} {row.status}"
    room = max(1, columns.name - cell_len(note))
    name = cut(name, room, marks.ellipsis)
    parts: list[tuple[str, str]] = [(f" {marks.cursor if marked else ' '} {name}", ""), (note, "$quiet")]
    parts.append((" " * max(0, columns.name - cell_len(name) - cell_len(note)), ""))

    def column(text: str, size: int, style: str = "", *, right: bool = False, gap: int = GAP) -> None:
        if size:
            # The gap is styled as its column: each change of style costs some 40 bytes on the line.
            parts.append((" " * gap + fit(text, size, right=right, ellipsis=marks.ellipsis), style))

    born = row.birth_date
    if columns.birth == 4:
        column(str(born.year) if born else none, 4, "$quiet", right=True)
    else:
        column(dates.day(born) if born else none, columns.birth, right=True)
    column(str(dates.age(born)) if born else "", columns.age, "$quiet", right=True, gap=1)
    column(line(row.phone) or none, columns.phone)
    column(portal, columns.portal, TONES[sign.tone])
    column(line(row.email) or none, columns.email, "$quiet")
    column(line(row.practitioner) or none, columns.practitioner, "$quiet")
    text, style = parts[-1]
    left_over = width - sum(cell_len(part[0]) for part in parts)
    parts[-1] = (text + " " * max(0, left_over), style)
    return Content.assemble(*parts)
