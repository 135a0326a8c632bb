"""What mail systems and answering programs write, beyond what others have published."""

from __future__ import annotations

import pytest

from clinic_tui.mail.reading import read_mail
from tests.mail.machines import MACHINES, PEOPLE
from tests.mail.mail_systems import MORE, NOTICES, REFUSALS, TOKEN

ALL = (*REFUSALS, *NOTICES, *MORE)


def test_notices_are_read_as_what_they_are() -> None:
    wrong = []
    for notice in ALL:
        read = read_mail(notice.raw)
        found = (read.kind, read.recipients, read.permanent)
        if found != (notice.kind, notice.recipients, notice.permanent):
            wrong.append((notice.name, found, read.plain_reason, read.evidence))
    assert not wrong


def test_a_notice_leads_back_to_its_message() -> None:
    for notice in ALL:
        assert read_mail(notice.raw).tokens[:1] in ((TOKEN,), ()), notice.name
    lost = [n.name for n in ALL if not read_mail(n.raw).tokens]
    assert set(lost) <= {"hostgator-like html alone", "a report in a forward", "base64 status"}  # those hold none


def test_machines_are_named_and_never_answers_or_bounces() -> None:
    wrong = []
    for machine in MACHINES:
        read = read_mail(machine.raw)
        if read.kind not in machine.kinds or not read.evidence:
            wrong.append((machine.name, read.kind, read.evidence))
    assert not wrong


@pytest.mark.parametrize(("raw", "kind"), [(raw, kind) for _, raw, kind in PEOPLE], ids=[name for name, *_ in PEOPLE])
def test_people_are_not_taken_for_machines(raw: bytes, kind: str) -> None:
    reading = read_mail(raw)
    assert reading.kind == kind, reading.evidence
