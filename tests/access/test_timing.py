"""No time tells of who is out of reach: the same statements are run for them as for one who is not there at all.

Nothing is timed. What could take longer is the work that a database is asked for: so that is compared, statement by
statement, the values left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from clinic_tui.access import Viewer
from clinic_tui.db.connection import close_database, open_database, session
from clinic_tui.errors import ClinicError
from clinic_tui.invitations import (
    accepting,
    accounts,
    answering,
    codes,
    drafting,
    eligibility,
    inviting,
    queueing,
    reading,
    reviewing,
    slips,
)  # fmt: skip
from clinic_tui.patients import contacts, lookalikes, lookup, profile, records
from clinic_tui.queues import of_age
from clinic_tui.staff import at_the_keyboard
from tests.access.marked import EVERYBODY, OKAFORS, RIGHTS, Marked, Right
from tests.screens import people
from tests.statements import recorded

NOBODY = Marked("Quokkadoreen", 510_900, OKAFORS.born.replace(year=1944))
FREE = 520_100  # somebody whom nothing keeps from being invited, in reach of all of these
# A scope of some practitioners', somebody kept from one who sees all else, and both with names hidden.
SOME = [right for right in RIGHTS if right.login in ("okafor", "kept", "blind-own")]

# What may be typed to find somebody, of one who is out of reach and of one who is not there.
TYPED: dict[str, Callable[[Marked], str]] = {
    "name": lambda one: one.tag,
    "name begun": lambda one: one.tag[:8],
    "two names": lambda one: f"{one.tag}sson {one.tag}",
    "name and year": lambda one: f"{one.tag} {one.born.year}",
    "birth date": lambda one: one.born.isoformat(),
    "phone": lambda one: one.phone,
    "phone end": lambda one: one.phone[-4:],
    "e-mail": lambda one: f"{one.tag.lower()}@example.org",
    "number": lambda one: one.number,
    "number begun": lambda one: one.number[:-1],
}


def _address(one: Marked) -> str:
    return f"{one.tag.lower()}@example.org"


# What is asked of somebody by id, by the id of what hangs on them, or by an address.
ASKED: dict[str, Callable[[Viewer, Marked, int], object]] = {
    "profile": lambda viewer, one, _: profile.read(viewer, one.id),
    "may be invited": lambda viewer, one, _: eligibility.refusal(viewer, one.id),
    "draft": lambda viewer, one, _: drafting.draft(viewer, one.id),
    "invite": lambda viewer, one, _: inviting.invite_many(viewer, [one.id]),
    "invite at": lambda viewer, one, _: inviting.invite_many(viewer, [one.id], email="new@example.org"),
    "change": lambda viewer, one, _: records.change(viewer, one.id, suburb="Elsewhere"),
    "contact": lambda viewer, one, _: contacts.add(viewer, one.id, name="Someone"),
    "account": lambda viewer, one, _: accounts.put(viewer, one.id, "active"),
    "of age": lambda viewer, one, _: of_age.seen_to(viewer, one.id),
    "slip": lambda viewer, one, _: slips.hand_over(viewer, one.id, "card"),
    "invitations": lambda viewer, one, _: reading.of_patient(viewer, one.id),
    "invitation": lambda viewer, one, _: reading.one(viewer, one.id + 100_010),
    "wrong person": lambda viewer, one, _: answering.wrong_person(viewer, one.id + 100_010),
    "resend": lambda viewer, one, _: inviting.resend(viewer, one.id + 100_020),
    "code": lambda viewer, one, _: accepting.accept_by_code(viewer, one.id + 100_020, "123 456 789 0"),
    "identity": lambda viewer, one, _: accepting.check_identity(viewer, one.id + 100_010, "card"),
    "reply": lambda viewer, one, _: reviewing.accept(viewer, one.id + 300_000),
    # The patient at hand is in reach; the address is another's.
    "looks like": lambda viewer, one, mine: lookalikes.warnings(viewer, _address(one)[:-1], mine),
    "shared with": lambda viewer, one, mine: lookalikes.warnings(viewer, _address(one), mine),
    "preview": lambda viewer, one, mine: drafting.show(viewer, mine, _address(one), ""),
    "invite to": lambda viewer, one, mine: inviting.invite_many(viewer, [mine], email=_address(one), dry_run=True),
}


@pytest.fixture
def marked(database_url: str, still_clock: datetime, tmp_path: Path) -> Iterator[None]:
    open_database(database_url)
    codes.use_key_file(tmp_path / "clinic.key")
    with session():
        people.patient("520100", "Free", "Wombat", id=FREE, email="free@example.org",
                       practitioner=people.practitioner("Dr Okafor"))  # fmt: skip
        yield
    close_database()


def _work(do: Callable[..., Any], *given: Any) -> tuple[str, list[str]]:
    """What came of it, and the statements that it took."""
    with recorded() as statements:
        try:
            said = repr(do(*given))
        except ClinicError as error:
            said = f"{type(error).__name__}: {error}"
    return said, statements.texts


def test_whoever_is_out_of_reach_takes_the_work_of_one_who_is_not_there(
    marked: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # On PostgreSQL other tests write beside this one, or do not: whether one is asked about again hangs on that.
    monkeypatch.setattr(queueing, "version", lambda: None)
    for right in SOME:
        viewer = at_the_keyboard(right.login)
        for one in EVERYBODY:
            if one not in right.reach:
                _compare(viewer, right, one)


def _compare(viewer: Viewer, right: Right, one: Marked) -> None:
    for name, typed in TYPED.items():
        for ask in (lookup.search, lookup.ids, lookup.count):
            there, not_there = (_work(ask, viewer, typed(who)) for who in (one, NOBODY))
            assert there[1] == not_there[1], (right.login, ask.__name__, name)
    for name, asked in ASKED.items():
        there, not_there = (_work(asked, viewer, who, FREE) for who in (one, NOBODY))
        assert there[1] == not_there[1], (right.login, name)
        assert _unnamed(there[0], one) == _unnamed(not_there[0], NOBODY), (right.login, name)


def _unnamed(said: str, one: Marked) -> str:
    for word in sorted((*one.existence, one.tag, one.tag.lower()), key=len, reverse=True):
        said = said.replace(word, "...")
    for more in (100_010, 100_020):
        said = said.replace(str(one.id + more), "...")
    return said
