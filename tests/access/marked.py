"""A practice in which everything that may be hidden is a word of its own, and staff members of every right.

Three patients: one of Dr Okafor's, one of Dr Lee's, one of Dr Okafor's whom some are kept from. All that names a
patient holds the patient's tag; ids and numbers, which only tell that a patient exists, are like no other number.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from clinic_tui import settings
from clinic_tui.case_load import activity
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.patients import Appointment, Contact, PortalAccount
from clinic_tui.db.models.post import Invitation, Message, Notification, Reply
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.staff import at_the_keyboard, members
from tests.facts import PRACTICE
from tests.prepared import Prepared
from tests.screens import people

PREFIX = "quokka"  # what is typed to find them: no tag is typed in full, for what is typed is echoed
PAUSED = "Quokkapaused"
STRAY = "Quokkastray"


@dataclass(frozen=True)
class Marked:
    """One patient, and the words that tell of them."""

    tag: str
    id: int
    born: date

    @property
    def number(self) -> str:
        return f"77{self.id}"

    @property
    def phone(self) -> str:
        return f"0491 {self.id}"

    @property
    def existence(self) -> set[str]:
        """What no one is told from whom the patient is kept."""
        return {str(self.id), self.number, *(str(self.id + more) for more in (100_000, 200_000, 300_000, 400_000))}

    @property
    def naming(self) -> set[str]:
        """What no one is told from whom names are hidden."""
        return {self.tag, self.phone, self.phone.replace(" ", ""), self.born.isoformat(), f"{self.born:%Y%m%d}",
                f"{self.born.day} {self.born:%b} {self.born.year}"}  # fmt: skip


OKAFORS = Marked("Quokkaanselm", 510_100, date(1951, 2, 3))
LEES = Marked("Quokkabertil", 510_200, date(1962, 3, 4))
KEPT = Marked("Quokkacedric", 510_300, date(1973, 4, 5))
EVERYBODY = (OKAFORS, LEES, KEPT)


@dataclass(frozen=True)
class Right:
    """A staff member: how they are added, whom they reach, and whether they see names."""

    login: str
    values: dict[str, Any]
    reach: tuple[Marked, ...]
    revoked: tuple[Marked, ...] = ()

    @property
    def names(self) -> bool:
        return not self.values.get("names_hidden", False)

    @property
    def forbidden(self) -> set[str]:
        """The words that nothing may say to them."""
        words: set[str] = set()
        for one in EVERYBODY:
            if one not in self.reach:
                words |= one.existence | one.naming
            elif not self.names:
                words |= one.naming
        if len(self.reach) < len(EVERYBODY):
            words |= {PAUSED, STRAY}
        elif not self.names:
            words |= {STRAY}
        return words


RIGHTS = (
    Right("owner2", {"role": "owner"}, EVERYBODY),
    Right("desk", {"role": "front-desk"}, EVERYBODY),
    Right("single", {"role": "front-desk", "bulk": False}, EVERYBODY),
    Right("okafor", {"role": "practitioner", "practitioner": "okafor", "scope": "own"}, (OKAFORS, KEPT)),
    Right("lees", {"role": "front-desk", "scope": "Dr Lee"}, (LEES,)),
    Right("kept", {"role": "front-desk"}, (OKAFORS, LEES), (KEPT,)),
    Right("kept-own", {"role": "practitioner", "practitioner": "okafor", "scope": "own"}, (OKAFORS,), (KEPT,)),
    Right("blind", {"role": "front-desk", "names_hidden": True}, EVERYBODY),
    Right("blind-own", {"role": "practitioner", "practitioner": "okafor", "scope": "own", "names_hidden": True},
          (OKAFORS,), (KEPT,)),
    Right("nobodys", {"role": "practitioner", "practitioner": "okafor", "scope": "own"}, ()),
)  # fmt: skip


def fill() -> None:
    """Write it all into the open, migrated database."""
    owner = at_the_keyboard()
    settings.seed(owner, PRACTICE)
    doctors = {name: people.practitioner(f"Dr {name}") for name in ("Okafor", "Lee", "Nobody")}
    for one, doctor in ((OKAFORS, "Okafor"), (LEES, "Lee"), (KEPT, "Okafor")):
        _patient(one, doctors[doctor])
    with transaction():
        activity.refresh()
        Notification.create(kind="paused", detail=PAUSED, created_at=now())
        stray = Reply.create(digest="stray", kind="reply", outcome="review", why=f"no invitation of {STRAY}",
                             sender=f"{STRAY}@example.org", subject=STRAY, body=STRAY, received_at=now())  # fmt: skip
        Notification.create(kind="review", reply=stray, detail=STRAY, created_at=now())
    for right in RIGHTS:
        members.add(owner, right.login, **right.values)
        if right.revoked:
            members.change(owner, right.login, revoke=[one.id for one in right.revoked])
    with transaction():  # a practitioner who is gone leaves an own scope of nobody
        Practitioner.delete().where(Practitioner.id == doctors["Nobody"].id).execute()
    members.change(owner, "nobodys", scope="Dr Lee")
    _empty("nobodys")


def _empty(login: str) -> None:
    from clinic_tui.db.models.practice import Staff

    with transaction():
        Staff.update(scope="own", practitioner=None).where(Staff.login == login).execute()


def _patient(one: Marked, doctor: Practitioner) -> None:
    tag, moment = one.tag, now()
    people.patient(
        one.number, tag, f"{tag}son", id=one.id, preferred=f"{tag}y", middle=f"{tag}mid", birth_date=one.born,
        mobile=one.phone, phone=one.phone, email=f"{tag.lower()}@example.org", street=f"1 {tag} Street",
        suburb=f"{tag}ton", postcode=f"{tag}2041", practitioner=doctor, portal="invited", portal_at=moment,
        portal_until=moment + timedelta(days=1),
    )  # fmt: skip
    with transaction():
        PortalAccount.create(patient=one.id, state="disabled", since=moment, known_from=tag)
        Contact.create(patient=one.id, name=f"{tag} Mother", relationship=f"{tag} kin", is_guardian=True,
                       email=f"mother@{tag.lower()}.example", phone=one.phone)  # fmt: skip
        for days, status in ((-30, "seen"), (3, "booked")):
            Appointment.create(
                patient=one.id, practitioner=doctor, starts_at=moment + timedelta(days=days), status=status
            )
        for more, state in ((0, "bounced"), (1, "accepted"), (2, "queued")):
            _invitation(one, more, state)
    # The history has what the rule would have written: names before and after.
    from clinic_tui.patients import records

    records.change(at_the_keyboard(), one.id, family=f"{tag}sson")


def _invitation(one: Marked, more: int, state: str) -> None:
    tag, moment = one.tag, now()
    invitation = one.id + 100_000 + more * 10
    Invitation.create(
        id=invitation, ref=f"{tag}{more}", patient=one.id, email=f"{tag.lower()}@example.org",
        email_fold=f"{tag.lower()}@example.org", state=state, custom_message=f"Dear {tag}", key_id="1",
        token_hash=f"{tag}{more}", expires_days=7, created_at=moment, sent_at=moment,
        expires_at=moment + timedelta(days=5), reason=f"no mailbox {tag}", identity_how=f"photo of {tag}",
        identity_by="alice", identity_at=moment if state == "accepted" else None,
        accepted_at=moment if state == "accepted" else None, accepted_how="desk" if state == "accepted" else None,
    )  # fmt: skip
    for place, (kind, was) in enumerate(
        (("invitation", "bounced" if state == "bounced" else "queued"), ("setup", "failed"))
    ):
        Message.create(
            id=one.id + 200_000 + more * 10 + place, ref=f"{tag}{more}{place}", invitation=invitation, kind=kind,
            state=was, domain="example.org", created_at=moment, due_at=moment + timedelta(hours=1),
            answer=f"550 <{tag.lower()}@example.org> {tag} is unknown",
        )  # fmt: skip
    reply = one.id + 300_000 + more * 10
    Reply.create(id=reply, digest=f"{tag}{more}", invitation=invitation, kind="reply", outcome="review",
                 why=f"from another address, {tag.lower()}@example.org", sender=f"{tag.lower()}@example.org",
                 subject=f"from {tag}", body=f"I am {tag}", received_at=moment)  # fmt: skip
    for place, kind in enumerate(("review", "bounced", "accepted")):
        Notification.create(id=one.id + 400_000 + more * 10 + place, kind=kind, patient=one.id, invitation=invitation,
                            reply=reply, detail=f"{tag} wrote", created_at=moment)  # fmt: skip


def told(text: str, words: set[str]) -> set[str]:
    """Those of the words that the text says, in any case."""
    low = text.lower()
    return {word for word in words if word.lower() in low}


MARKED = Prepared("marked", fill)
