"""What a profile says, as text in columns: details, invitations, contacts, appointments."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from screens.widgets import dates
from screens.widgets.cells import cell_len, cut, fit, line
from screens.widgets.sign import TONES, sign_text

if TYPE_CHECKING:
    from clinic_tui.invitations.reading import InvitationRow
    from clinic_tui.patients.profile import Profile
    from screens.theme import Look

LEFT_LABEL, LEFT_VALUE, RIGHT_LABEL, RIGHT_VALUE = 11, 28, 13, 23
GAP = 2
TWO_COLUMNS = LEFT_LABEL + LEFT_VALUE + GAP + RIGHT_LABEL + RIGHT_VALUE
MAIL = {"all": "receives all", "email": "e-mail only", "phone": "rings only, no mail", "none": "wants no mail"}


def details(profile: Profile, width: int, look: Look) -> Content:
    """Label and value, in two columns where there is room; the address below."""
    row = profile.patient
    none, ellipsis = look.symbols.none, look.symbols.ellipsis
    born = f"{dates.day(row.birth_date).strip()} ({dates.age(row.birth_date)})" if row.birth_date else none
    following = profile.next_visit
    visits = f" ({profile.visits} visit{'' if profile.visits == 1 else 's'})" if profile.visits else ""
    left = [
        ("Born", f"{born}, {profile.sex}" if profile.sex else born),
        ("E-mail", line(row.email) or none),
        ("Mobile", line(profile.mobile)),
        ("Phone", line(profile.phone)),
        ("Next visit", f"{dates.moment(following)} ({dates.distance(following)})" if following else ""),
    ]
    right = [
        ("Practitioner", line(row.practitioner) or none),
        ("Status", row.status),
        ("Mail", MAIL.get(profile.communication, profile.communication)),
        ("Language", line(profile.language)),
        ("Last visit", f"{dates.day_of(profile.last_visit)}{visits}" if profile.last_visit else ""),
    ]
    below = [("Guardian", _guardian(profile)), ("Address", line(", ".join(profile.address)))]

    def cell(pair: tuple[str, str], label: int, value: int) -> Content:
        attention = pair == ("Status", row.status) and row.status != "current"
        text = fit(pair[1], max(4, value), ellipsis=ellipsis)
        name = pair[0] if pair[1] else ""
        return Content.assemble((fit(name, label), "$quiet"), (text, "$warning" if attention else ""))

    if width < TWO_COLUMNS:
        pairs = [pair for pair in (*left, *right, *below) if pair[1]]
        return Content("\n").join(cell(pair, RIGHT_LABEL, width - RIGHT_LABEL) for pair in pairs)
    more = min((width - TWO_COLUMNS) // 2, 20)
    left_value, right_value = LEFT_VALUE + more, RIGHT_VALUE + more
    rows = [
        Content.assemble(cell(one, LEFT_LABEL, left_value), " " * GAP, cell(two, RIGHT_LABEL, right_value))
        for one, two in zip(left, right, strict=True)
        if one[1] or two[1]
    ]
    rows += [cell(pair, LEFT_LABEL, width - LEFT_LABEL) for pair in below if pair[1]]
    return Content("\n").join(rows)


def _guardian(profile: Profile) -> str:
    """Who is written to in the patient's place."""
    one = profile.guardian
    if one is None:
        return ""
    kin = f" ({one.relationship})" if one.relationship else ""
    return line(f"{one.name}{kin}, written to at {one.email}")


def columns(rows: Iterable[Sequence[str]], width: int, look: Look, gap: int = 2) -> list[str]:
    """Rows of safe text as aligned columns, each as wide as its widest cell; the last is cut to what is left."""
    table = [list(row) for row in rows]
    if not table:
        return []
    widths = [max(cell_len(row[i]) for row in table) for i in range(len(table[0]))]
    lines = []
    for row in table:
        text = "".join(fit(cell, size) + " " * gap for cell, size in zip(row, widths, strict=True) if size)
        lines.append(cut(text.rstrip(), width, look.symbols.ellipsis))
    return lines


def invitations(rows: Sequence[InvitationRow], width: int, look: Look) -> Content:
    """Newest first: state, when, to which address, by whom, and how it went."""
    from clinic_tui.invitations.states import INVITATION_SIGNS

    if not rows:
        return Content.styled("none yet", "$quiet")
    signs = [INVITATION_SIGNS[row.state] for row in rows]
    cells = [
        (sign_text(sign, look), dates.day_of(row.sent_at or row.created_at), line(row.email) or look.symbols.none,
         line(row.staff) or "the system", f"{_through(row)}{how_it_went(row)}")
        for sign, row in zip(signs, rows, strict=True)
    ]  # fmt: skip
    if width < TWO_COLUMNS:
        cells = [(state, day, "", "", how) for state, day, _email, _staff, how in cells]
    parts: list[Content] = []
    for sign, text in zip(signs, columns(cells, width, look), strict=True):
        length = len(sign_text(sign, look))
        parts.append(Content.assemble((text[:length], TONES[sign.tone]), text[length:]))
    return Content("\n").join(parts)


def _through(row: InvitationRow) -> str:
    """Whose address it was, where it was not the patient's."""
    return f"to {line(row.guardian) or 'a guardian'}; " if row.for_guardian else ""


def how_it_went(row: InvitationRow) -> str:
    """One phrase: until when it can be accepted, who accepted how, why it failed, when to ask again."""
    if row.state == "queued":
        return f"goes {dates.moment(row.due_at)}" if row.due_at else "on its way"
    if row.state in ("sent", "unconfirmed"):
        tries = f"{row.failed_codes} wrong codes" if row.failed_codes else ""
        until = f"until {dates.weekday(row.expires_at)}" if row.expires_at else ""
        return ", ".join(part for part in (until, tries) if part)
    if row.state == "accepted" and row.accepted_at:
        said = f"by {row.accepted_how} on {dates.day_of(row.accepted_at)}"
        if row.identity_at:
            said += f"; checked by {line(row.identity_by)}: {line(row.identity_how)}"
        return said
    if row.state in ("failed", "bounced"):
        return line(row.reason or row.answer)
    if row.state in ("revoked", "cancelled", "superseded") and row.closed_by:
        return f"by {line(row.closed_by)}"
    if row.ask_again:
        return f"{line(row.reason)}; ask again {dates.day(row.ask_again).strip()}"
    return line(row.reason) or reminded(row)


def reminded(row: InvitationRow) -> str:
    """`reminded 2 times, last 25 Nov 2026`; "" where it was not."""
    if not row.reminded or row.reminded_at is None:
        return ""
    last = dates.day_of(row.reminded_at).strip()
    return f"reminded {last}" if row.reminded == 1 else f"reminded {row.reminded} times, last {last}"


def contacts(profile: Profile, width: int, look: Look) -> Content:
    """Name, how to reach them, relationship: what matters most where there is little room comes first."""
    rows = [
        (
            line(contact.name) or look.symbols.none,
            line(contact.phone),
            line(contact.email) if width >= TWO_COLUMNS else "",
            line(contact.relationship) + (" (guardian)" if contact.is_guardian else ""),
        )
        for contact in profile.contacts
    ]
    return Content("\n".join(columns(rows, width, look)))


def appointments(profile: Profile, width: int, look: Look) -> Content:
    """When, with whom, and what became of it."""
    rows = [(dates.moment(a.starts_at), line(a.practitioner), a.status) for a in profile.appointments]
    return Content("\n".join(columns(rows, width, look)))
