"""What is said of an address; nothing of patients out of reach."""

from __future__ import annotations

from pathlib import Path

from clinic_tui.access import Viewer
from clinic_tui.clock import now
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.post import Message
from clinic_tui.db.models.practice import Practitioner
from clinic_tui.invitations import codes, inviting
from clinic_tui.patients import contacts, lookalikes, profile, records


def said(viewer: Viewer, email: str, patient: int = 0) -> list[tuple[str, str, tuple[int, int] | None]]:
    return [(one.kind, one.meant, one.span) for one in lookalikes.warnings(viewer, email, patient)]


def test_each_of_them_with_the_difference_marked(practice: Viewer) -> None:
    jo = records.add(practice, family="Smith", given="Jo", email="jo.smith@example.org")
    records.add(practice, family="Smyth", given="Jo", email="jo.smyth@example.org")
    assert said(practice, "jo.smitth@example.org", jo) == [("own", "jo.smith@example.org", (7, 8))]
    assert said(practice, "Jo.Smyth@example.org", jo) == [("own", "jo.smith@example.org", (5, 6)), ("shared", "", None)]
    assert said(practice, "jo.smiyth@example.org") == [
        ("other", "jo.smith@example.org", (6, 7)), ("other", "jo.smyth@example.org", (5, 6)),
    ]  # fmt: skip
    assert said(practice, "jo.smyth@exmple.org") == [("other", "jo.smyth@example.org", (11, 12))]
    assert said(practice, "jo@gmial.com") == [("domain", "jo@gmail.com", (5, 7))]
    assert said(practice, "jo@example.org", jo) == said(practice, "nobody") == said(practice, "") == []
    other = lookalikes.warnings(practice, "jo.smythe@example.org")[0]
    assert other.sentence == "Smyth, Jo, patient 000002, has jo.smyth@example.org."


def test_a_patient_out_of_reach_gives_no_sign(practice: Viewer) -> None:
    with transaction():
        lee, okafor = (Practitioner.create(name=name, name_fold=name).id for name in ("lee", "okafor"))
    records.add(practice, family="Smith", email="jo.smith@example.org", practitioner=okafor)
    mine = records.add(practice, family="Mine", practitioner=lee)
    lees = Viewer("l", "front-desk", scope=frozenset({lee}))
    for typed in ("jo.smyth@example.org", "jo.smith@example.org"):
        assert said(practice, typed, mine)
        assert said(lees, typed, mine) == []


def test_a_bounced_address_stays_marked_until_it_changes(practice: Viewer, tmp_path: Path) -> None:
    codes.use_key_file(tmp_path / "clinic.key")
    jo = records.add(practice, family="Smith", email="jo@example.org")
    invitation = inviting.invite(practice, jo, hold=0).invitation_id
    assert profile.read(practice, jo).email_bounced is None
    with transaction():
        Message.update(state="bounced").where(Message.invitation == invitation).execute()
    assert profile.read(practice, jo).email_bounced == now()
    assert [one.kind for one in lookalikes.warnings(practice, "JO@example.org", jo)] == ["bounced"]
    assert "22 Nov 2026" in lookalikes.warnings(practice, "jo@example.org")[0].sentence
    records.change(practice, jo, email="jo.smith@example.org")
    assert profile.read(practice, jo).email_bounced is None


def test_a_shared_address_says_how_many_share_it(practice: Viewer) -> None:
    jo = records.add(practice, family="Smith", email="us@example.org")
    child = records.add(practice, family="Smith", given="Kim")
    contacts.add(practice, child, name="Jo Smith", email="us@example.org", is_guardian=True)
    records.add(practice, family="Smith", given="Al", email="Us@example.org")
    assert profile.read(practice, jo).email_shared == 2
    assert lookalikes.warnings(practice, "us@example.org", jo)[0].sentence.startswith(
        "It is shared with 2 other patients"
    )
    assert lookalikes.warnings(practice, "us@example.org", child)[0].kind == "shared"
