"""What is to be said of an address before anything is sent to it: a likely slip, who has nearly the same, how many
share it, and whether it bounced. Nothing of it stands in anybody's way.

Only of patients in the viewer's reach (see `access.addresses`): one out of reach gives no sign, not in time either.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, NamedTuple

from clinic_tui import access
from clinic_tui.access import Viewer, addresses
from clinic_tui.clock import local
from clinic_tui.db.connection import session
from clinic_tui.emails import difference
from clinic_tui.patients import slips
from clinic_tui.patients.lookup import display_name, rows_by_id
from clinic_tui.text import fold_email

Kind = Literal["domain", "own", "other", "shared", "bounced"]
LOOKS_ALIKE: tuple[Kind, ...] = ("domain", "own", "other")
_MOST = 3  # patients who are named


class Warned(NamedTuple):
    """One thing to say of an address. `meant`: the address that it looks like, and `span` where the two differ, in what
    was typed (as `emails.difference` has it); "" and None where that is not the point.
    """

    kind: Kind
    sentence: str
    meant: str = ""
    span: tuple[int, int] | None = None


def warnings(viewer: Viewer, email: str | None, patient_id: int = 0) -> list[Warned]:
    """What is to be said of an address that is typed for a patient (0: one who is not there yet), the gravest first.

    Raises NotAllowed where names are hidden; NotFound.
    """
    viewer.need_names()
    typed = (email or "").strip()
    folded = fold_email(typed)
    if "@" not in folded:
        return []
    with session():
        found: list[Warned] = []
        bounced = bounced_at(viewer, folded)
        if bounced is not None:
            found.append(Warned("bounced", f"Mail to this address came back on {_day(bounced)}: ask for another."))
        meant = slips.domain_meant(folded)
        if meant is not None:
            found.append(_alike("domain", typed, meant, f"Is it {meant.rpartition('@')[2]}?"))
        own = fold_email((access.patients(viewer).get(patient_id).email or "") if patient_id else "")
        if own and own != meant and slips.one_slip(folded, own):
            found.append(_alike("own", typed, own, f"The record has {own}."))
        found += _others(viewer, typed, folded, patient_id)
        shared = sharing(viewer, folded, besides=patient_id)
        if shared:
            found.append(Warned("shared", f"It is {shared_with(shared)}"))
        return found


def shared_with(others: int) -> str:
    """How many others have the address, in words."""
    return f"shared with {others:,} other patient{'' if others == 1 else 's'}: a mail says for whom it is."


def sharing(viewer: Viewer, email_fold: str, *, besides: int = 0) -> int:
    """How many patients in reach, but for one, are written to at the address: theirs, or a guardian's."""
    return sum(one != besides for one in addresses.written_to_at(viewer, email_fold))


def bounced_at(viewer: Viewer, email_fold: str) -> datetime | None:
    """When the last mail to the address, of those about patients in reach, went out that came back; None: none did."""
    return addresses.came_back(viewer, email_fold)


def _others(viewer: Viewer, typed: str, folded: str, patient_id: int) -> list[Warned]:
    """Patients with an address one slip away."""
    if len(folded) > slips.LONGEST:
        return []
    # A slip before the @ is one of some thousand texts; one behind it is among those with the same beginning.
    local, _, domain = folded.rpartition("@")
    near = sorted({f"{other}@{domain}" for other in slips.neighbours(local)} - {folded})
    everybody = addresses.having(viewer, near, f"{local}@", lambda other: slips.one_slip(folded, other))
    found = {one: everybody[one] for one in [one for one in everybody if one != patient_id][:_MOST]}
    return [
        _alike("other", typed, found[row.id], f"{display_name(row)}, patient {row.number}, has {found[row.id]}.")
        for row in rows_by_id(viewer, found)
    ]


def _alike(kind: Kind, typed: str, meant: str, sentence: str) -> Warned:
    return Warned(kind, sentence, meant, difference(meant, typed))


def _day(moment: datetime) -> str:
    here = local(moment)
    return f"{here.day} {here:%b} {here.year}"
