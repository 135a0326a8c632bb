"""A dry run says what will happen: any practice, the same patients by the same reasons, and nothing kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as how
from hypothesis import strategies as st

from clinic_tui.access import LIVE_STATES, Viewer
from clinic_tui.db.connection import database, is_postgres, transaction
from clinic_tui.db.models.patients import (
    COMMUNICATION,
    PORTAL_ACCOUNT_STATES,
    STATUSES,
    Contact,
    Patient,
    PortalAccount,
)
from clinic_tui.db.models.post import INVITATION_STATES, BlockedAddress, Invitation, Message
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.invitations import asking, queueing
from clinic_tui.invitations.inviting import Outcome, invite_many
from clinic_tui.text import fold_email
from screens.reports.bulk_plan import planned
from tests.conftest import NOW
from tests.invitations.people import patient

ADDRESSES = (None, "own@example.org", "Family@example.org", "family@EXAMPLE.org", "odd@@example", "Okafor@Example.org",
             "wrong@example.org")  # fmt: skip
REASONS = {None: "no_email", "odd@@example": "bad_email", "Okafor@Example.org": "practitioner_email",
           "wrong@example.org": "blocked_address"}  # fmt: skip
CLOSED = [state for state in INVITATION_STATES if state not in (*LIVE_STATES, "accepted")]


@dataclass
class One:
    """Somebody who is ticked. `life`: an invitation that is live, and how many days it still has."""

    status: str
    communication: str
    account: str | None
    email: str | None
    given: str
    closed: list[str]
    accepted: bool
    life: tuple[str, int] | None
    in_reach: bool
    deleted: bool
    minor: bool
    guardian: str | None

    @property
    def reached(self) -> str | None:
        """The address that it is to go to: a guardian's, where it is not their own."""
        return self.guardian if self.minor or self.email is None else self.email

    def reason(self, term: bool) -> str | None:
        """Why they are not invited; `term`: the message names who they are."""
        lapsed = self.life is not None and self.life[0] != "queued" and self.life[1] <= 0
        for reason, holds in (
            ("no_access", self.deleted or not self.in_reach),
            ("has_portal", self.account is not None),
            ("accepted", self.accepted),
            ("already_invited", self.life is not None and not lapsed),
            ("status", self.status in ("archived", "deceased", "blocked")),
            ("no_mail", self.communication in ("none", "phone")),
            ("minor_without_guardian", self.minor and self.guardian is None),
            (REASONS.get(self.reached, ""), self.reached in REASONS),
            ("unresolved_term", term and not self.given),
        ):
            if holds:
                return reason
        return None


def seldom(value: Any, *others: Any) -> st.SearchStrategy[Any]:
    """Mostly `value`: where everything is odd, nobody is left to invite."""
    return st.sampled_from([value] * 12 + list(others))


ones = st.builds(
    One,
    status=seldom("current", *STATUSES),
    communication=seldom("all", *COMMUNICATION),
    account=seldom(None, *PORTAL_ACCOUNT_STATES),
    email=seldom("own@example.org", *ADDRESSES),
    given=seldom("Jo", ""),
    closed=st.lists(st.sampled_from(CLOSED), max_size=2),
    accepted=seldom(False, True),
    life=seldom(None, ("queued", 5), ("sent", 1), ("sent", 0), ("sent", -2), ("unconfirmed", 3), ("unconfirmed", -1)),
    in_reach=seldom(True, False),
    deleted=seldom(False, True),
    minor=seldom(False, True, True, True),
    guardian=st.sampled_from([None, "family@EXAMPLE.org", "mum@example.org", "odd@@example", "wrong@example.org"]),
)


def fill(people: list[One], okafor: int, other: int) -> list[int]:
    """The practice has these patients; their ids."""
    ids = []
    with transaction():
        for table in (Message, Invitation, PortalAccount, Patient):
            table.delete().execute()
        for at, one in enumerate(people):
            email = one.email.replace("own", f"own{at}") if one.email else None
            ids.append(patient(str(at), email=email, status=one.status, communication=one.communication,
                               given=one.given, practitioner=okafor if one.in_reach else other,
                               birth_date=date(2015, 1, 1) if one.minor else date(1990, 1, 1)))  # fmt: skip
            Contact.create(patient=ids[-1], name="Nan", is_guardian=True)
            if one.guardian:
                Contact.create(patient=ids[-1], name="Mum", is_guardian=True, email=one.guardian,
                               email_fold=fold_email(one.guardian))  # fmt: skip
            if one.account:
                PortalAccount.create(patient=ids[-1], state=one.account, since=NOW, known_from="import")
            states = [(state, None) for state in one.closed] + [("accepted", None)] * one.accepted
            for number, (state, days) in enumerate([*states, *([one.life] if one.life else [])]):
                Invitation.create(
                    ref=f"{at} {number}", token_hash=f"{at} {number}", patient=ids[-1], email="x", email_fold="x",
                    state=state, key_id="k", expires_days=7, created_at=NOW,
                    expires_at=None if days is None or state == "queued" else NOW + timedelta(days=days),
                )  # fmt: skip
            if one.deleted:
                Patient.delete().where(Patient.id == ids[-1]).execute()
    return ids


def kept() -> list[list[tuple[Any, ...]]]:
    """All that the database holds of patients and their post."""
    tables = ("patient", "portal_account", "invitation", "message", "history")
    return [database.execute_sql(f"SELECT * FROM {table} ORDER BY id").fetchall() for table in tables]


def by_patient(outcome: Outcome) -> tuple[dict[int, str], dict[int, tuple[str, str]]]:
    """The addresses of those who get it; why the others do not, and the sentence."""
    queued = {row.patient_id: row.email for row in outcome.queued}
    skipped = {row.patient_id: (row.reason, row.detail) for row in outcome.skipped}
    assert len(queued) + len(skipped) == len(outcome.queued) + len(outcome.skipped)
    return queued, skipped


@pytest.fixture
def doctors(practice: Viewer) -> tuple[int, int]:
    if not is_postgres():
        database.execute_sql("PRAGMA synchronous = off")  # many small practices, none of which needs to last
    with transaction():
        address = fold_email("okafor@example.org")
        okafor = Practitioner.create(name="Dr Okafor", name_fold="dr okafor", email=address, email_fold=address)
        other = Practitioner.create(name="Dr Chen", name_fold="dr chen")
        BlockedAddress.create(email_fold="wrong@example.org", reason="not me", created_at=NOW, created_by="alice")
    return okafor.id, other.id


def counts(outcome: Outcome) -> dict[str, int]:
    """The counted lines, as a dialog shows them."""
    return {line.reason: line.number for line in planned(outcome, ("gets it", "get it")).lines}


@how(max_examples=40)
@given(people=st.lists(ones, max_size=12), chance=st.randoms(use_true_random=False), term=st.booleans(),
       block=st.integers(1, 6))  # fmt: skip
def test_what_it_counts_is_what_is_queued_and_skipped(
    practice: Viewer, doctors: tuple[int, int], people: list[One], chance: Any, term: bool, block: int
) -> None:
    ids = fill(people, *doctors)
    message = "Dear [Patient Legal First Name]" if term else "Hello"
    alice = Viewer("alice", "front-desk", scope=frozenset(doctors[:1]))
    ticked = ids + chance.sample(ids, len(ids) // 3)  # some twice
    chance.shuffle(ticked)
    usual = vars(asking)["BLOCK"]
    try:
        for module in (asking, queueing):
            vars(module)["BLOCK"] = block
        before = kept()
        dry = invite_many(alice, ticked, custom_message=message, dry_run=True)
        assert kept() == before
        real = invite_many(alice, ticked, custom_message=message)
    finally:
        for module in (asking, queueing):
            vars(module)["BLOCK"] = usual

    assert by_patient(dry) == by_patient(real)
    assert counts(dry) == counts(real)
    assert sum(counts(dry).values()) == len(people)
    queued, skipped = by_patient(real)
    expected = {one_id: one.reason(term) for one_id, one in zip(ids, people, strict=True)}
    assert {one_id: skipped[one_id][0] if one_id in skipped else None for one_id in ids} == expected
    messages = [row.invitation_id for row in Message.select()]
    assert sorted(messages) == sorted(row.invitation_id for row in real.queued)
    rows = Invitation.select().where(Invitation.id.in_(messages))
    assert {row.patient_id: row.email for row in rows} == queued
    through = {one_id for one_id, one in zip(ids, people, strict=True) if one.minor or one.email is None}
    assert {row.patient_id for row in rows if row.for_guardian} == through & queued.keys()
