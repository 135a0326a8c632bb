"""Undoing imports that touch the same patients: in reverse order all is as it was; nothing is taken from anybody."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from clinic_tui.access import Viewer
from clinic_tui.aside import Left
from clinic_tui.db.models.patients import Contact, Patient
from clinic_tui.db.models.practice import ImportBatch, ImportChange, ImportSaid, Practitioner
from clinic_tui.errors import ClinicError, Refused
from clinic_tui.imports.batches import summary
from clinic_tui.imports.undo import undo
from clinic_tui.invitations import accounts, codes, inviting
from clinic_tui.patients import contacts, practitioners, records
from clinic_tui.staff import members
from tests.imports.test_patients_csv import whole
from tests.imports.test_synthea import importing
from tests.imports.undoing import batch_of, everything, imported

ANN = "u1,1,Ann,Lee,2015-03-12,ann@example.org,,Dr Wu,Eve Lee,eve@example.org,"
BOB = "u2,2,Bob,Lee,1980-03-12,bob@example.org,,,,,active"
SEEN = "a1,1,2026-01-05 10:00,attended\na2,2,2026-09-05 10:00,booked"
WU = "w,Dr Wu,wu@example.org,GP"
ANN_AGAIN = ANN.replace("Lee,2015", "Lea,2015").replace("eve@", "eva@").replace("Dr Wu", "Dr Fox")
BOB_AGAIN = BOB.replace("bob@", "rob@").replace(",active", ",disabled")
SEEN_AGAIN = "a1,2,2026-01-06 10:00,attended\na3,1,2026-09-07 10:00,booked"
WU_AGAIN = "w,Dr Wu-Li,li@example.org,GP"


def test_undone_in_reverse_order_all_is_as_it_was(practice: Viewer, tmp_path: Path) -> None:
    """Names, addresses, contacts, accounts, appointments, practitioners, and what was said last of each."""
    states = [everything()]
    files = (
        ((ANN, BOB), {"booked": SEEN, "treating": WU}),
        ((ANN_AGAIN, BOB_AGAIN), {"booked": SEEN_AGAIN, "treating": WU_AGAIN}),
        ((ANN, BOB, "u3,3,Cy,Lee,1980-03-12,,,Dr Gil,,,"), {"booked": SEEN, "treating": WU}),
        ((ANN_AGAIN,), {"complete": True}),
    )
    batches = []
    for patients, others in files:
        batches.append(batch_of(imported(practice, tmp_path, *patients, **others)))
        states.append(everything())
    for batch in reversed(batches):
        undo(practice, batch)
        states.pop()
        assert everything() == states[-1]
        assert whole()
    assert not ImportChange.select().exists()
    assert not ImportSaid.select().exists()
    again = imported(practice, tmp_path, ANN, BOB, booked=SEEN, treating=WU)
    assert (again.added, again.updated) == (5, 0)


@pytest.mark.parametrize(
    ("patients", "others"),
    [
        ((ANN.replace("ann@", "ana@"),), {}),
        ((ANN.replace("eve@", "eva@"),), {}),
        ((ANN.replace(",Eve Lee,eve@example.org", ",,") + "active",), {}),
        ((BOB.replace(",active", ",disabled"),), {}),
        ((ANN,), {"complete": True}),
        ((), {"booked": "a1,1,2026-01-05 11:00,attended"}),
        ((), {"booked": "a9,1,2026-01-05 11:00,attended"}),
        ((), {"booked": "a1,2,2026-01-05 10:00,attended"}),
        ((), {"treating": WU_AGAIN}),
        (("u3,3,Cy,Lee,1980-03-12,,,Dr Wu,,,",), {}),
        ((BOB.replace("org,,,", "org,,Dr Wu,"),), {}),
    ],
)
def test_what_a_later_import_stands_on_stays(
    practice: Viewer, tmp_path: Path, patients: tuple[str, ...], others: dict[str, Any]
) -> None:
    first = batch_of(imported(practice, tmp_path, ANN, BOB, booked=SEEN, treating=WU))
    between = everything()
    second = batch_of(imported(practice, tmp_path, *patients, **others))
    before = everything()
    with pytest.raises(
        Refused, match=rf"Import {first} cannot be undone: import {second} stands on it.*Undo import {second} first"
    ):
        undo(practice, first)
    assert everything() == before
    undo(practice, second)
    assert everything() == between
    undo(practice, first)
    assert not everything()


def test_the_same_file_twice_stands_on_nothing(practice: Viewer, tmp_path: Path) -> None:
    rows: dict[str, Any] = {"booked": SEEN, "treating": WU}
    first = batch_of(imported(practice, tmp_path, ANN, BOB, **rows))
    before = everything()
    second = batch_of(imported(practice, tmp_path, ANN, BOB, **rows))
    assert undo(practice, second)[:2] == (0, 0)
    assert everything() == before
    third = batch_of(imported(practice, tmp_path, ANN, BOB, **rows))
    undo(practice, first)
    assert not everything()
    undo(practice, third)
    assert not everything()


def _edit(viewer: Viewer, ann: int) -> None:
    records.change(viewer, ann, suburb="Perth")


def _edit_and_back(viewer: Viewer, ann: int) -> None:
    records.change(viewer, ann, suburb="Perth")
    records.change(viewer, ann, suburb="")


def _invite(viewer: Viewer, ann: int) -> None:
    bob = Patient.get(Patient.number == "2").id
    accounts.put(viewer, bob, "none")
    inviting.invite(viewer, bob)


def _contact_changed(viewer: Viewer, ann: int) -> None:
    contacts.change(viewer, Contact.get(Contact.patient == ann).id, phone="0412 345 678")


def _contact_removed(viewer: Viewer, ann: int) -> None:
    contacts.remove(viewer, Contact.get(Contact.patient == ann).id)


def _contact_added(viewer: Viewer, ann: int) -> None:
    contacts.add(viewer, ann, name="Di Lee")


def _account(viewer: Viewer, ann: int) -> None:
    accounts.put(viewer, Patient.get(Patient.number == "2").id, "disabled")


def _revoked(viewer: Viewer, ann: int) -> None:
    members.add(viewer, "gil", name="Gil", role="front-desk")
    members.change(viewer, "gil", revoke=[ann])


def _number_taken(viewer: Viewer, ann: int) -> None:
    records.add(viewer, family="Hand", number="11")


USES: list[tuple[Callable[[Viewer, int], None], str]] = [
    (_edit, "patient 1 was used since (patient changed by "),
    (_edit_and_back, "patient 1 was used since"),
    (_invite, "patient 2 was used since (portal account set by "),
    (_contact_changed, "patient 1 was used since (contact changed by "),
    (_contact_removed, "patient 1 was used since (contact removed by "), (_contact_added, "(contact added by "),
    (_account, "patient 2 was used since (portal account set by "), (_revoked, "(relationship revoked by "),
    (_number_taken, "the number or id that patient 1 had is patient 11's by now"),
]  # fmt: skip


@pytest.mark.parametrize(("use", "said"), USES, ids=[use.__name__ for use, _ in USES])
def test_who_was_used_is_named_with_why(
    practice: Viewer, tmp_path: Path, use: Callable[[Viewer, int], None], said: str
) -> None:
    codes.use_key_file(tmp_path / "clinic.key")
    imported(practice, tmp_path, ANN.replace("u1,1,", "u1,11,"), BOB)
    batch = batch_of(imported(practice, tmp_path, ANN_AGAIN, BOB_AGAIN, booked=SEEN))
    use(practice, Patient.get(Patient.number == "1").id)
    before = everything()
    with pytest.raises(Refused) as refused:
        undo(practice, batch)
    assert said in str(refused.value)
    assert everything() == before
    assert summary(practice, batch).undone_at is None


def test_who_had_an_appointment_that_went_to_another_is_one_of_its_patients(practice: Viewer, tmp_path: Path) -> None:
    imported(practice, tmp_path, ANN, BOB, booked="a1,2,2026-01-05 10:00,attended")
    batch = batch_of(imported(practice, tmp_path, booked="a1,1,2026-01-05 10:00,attended"))
    records.change(practice, Patient.get(Patient.number == "2").id, suburb="Perth")
    with pytest.raises(Refused, match=r"patient 2 was used since \(patient changed by "):
        undo(practice, batch)


def test_what_was_done_before_the_import_is_no_use_of_it(practice: Viewer, tmp_path: Path) -> None:
    """An edit from before comes back with what the source had said of it."""
    imported(practice, tmp_path, ANN)
    records.change(practice, Patient.get().id, email="mine@example.org", family="Leigh")
    contacts.change(practice, Contact.get().id, email="mine@example.org")
    before = everything()
    batch = batch_of(imported(practice, tmp_path, ANN_AGAIN.replace("ann@", "ana@")))
    assert (Patient.get().email, Patient.get().family) == ("ana@example.org", "Lea")
    undo(practice, batch)
    assert everything() == before
    assert imported(practice, tmp_path, ANN).unchanged == 1
    assert everything() == before


def test_a_practitioner_whom_somebody_changed_is_named(practice: Viewer, tmp_path: Path) -> None:
    batch = batch_of(imported(practice, tmp_path, treating=WU))
    practitioners.change(practice, Practitioner.get().id, email="mine@example.org")
    with pytest.raises(Refused, match=r"practitioner Dr Wu was used since \(practitioner changed by "):
        undo(practice, batch)


def test_numbers_that_went_from_one_to_another_go_back(practice: Viewer, tmp_path: Path) -> None:
    imported(practice, tmp_path, ANN, BOB)
    before = everything()
    imported(practice, tmp_path, BOB.replace("u2,2,", "u2,3,"))
    imported(practice, tmp_path, ANN.replace("u1,1,", "u1,2,"), "u4,1,Di,Lee,1980-03-12,,,,,,")
    for batch in (3, 2):
        undo(practice, batch)
    assert everything() == before
    assert whole()


def test_numbers_that_went_round_in_one_import_go_back_together(practice: Viewer, tmp_path: Path) -> None:
    """The first one's number is the last one's by now, of more than are put back at a time."""
    header, count = "uuid,number,given,family,dob", 2_100
    files = [tmp_path / f"{name}.csv" for name in ("all", "changed", "last")]
    rows = [f"u{n},{n},Ann,Lee {n},1980-03-12" for n in range(1, count + 1)]
    changed = ["u1,9999,Ann,Lee 1,1980-03-12", *(row.replace("Ann", "Di") for row in rows[1:])]
    last = f"u{count},1,Di,Lee {count},1980-03-12"
    for path, lines in zip(files, (rows, changed, [last]), strict=True):
        path.write_text("\n".join((header, *lines)) + "\n")
    importing(practice, files[0])
    before = everything()
    batch = batch_of(importing(practice, files[1], files[2]))
    assert Patient.get(Patient.number == "1").source_id == f"u{count}"
    undo(practice, batch)
    assert everything() == before


MANY = 5_000
KILLED = """
import os, signal, sys
from clinic_tui.db.connection import open_database
from clinic_tui.imports.undo import undo
from clinic_tui.staff import at_the_keyboard

def progress(done):
    if done > int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

open_database(sys.argv[1])
undo(at_the_keyboard(), 2, progress)
"""


def _many(viewer: Viewer, folder: Path) -> None:
    """Two imports: the second changes half of the patients of the first, and adds as many."""
    rows = [f"u{n},{n},Ann,Lee {n},1980-03-12,a{n}@example.org,,,,," for n in range(MANY)]
    imported(viewer, folder, *rows[: MANY // 2])
    rows = [row.replace("Lee", "Lea").replace("@", "@mail.") for row in rows]
    imported(viewer, folder, *rows)


def test_killed_midway_it_is_finished_by_the_same_again(practice: Viewer, database_url: str, tmp_path: Path) -> None:
    _many(practice, tmp_path)
    known = everything()
    ended = subprocess.run([sys.executable, "-c", KILLED, database_url, str(MANY // 2 - 100)], timeout=60, check=False)
    assert ended.returncode == -signal.SIGKILL
    half = everything()
    assert half != known
    kept = summary(practice, 2)
    assert (kept.undoing, kept.undone_at) == (True, None)
    assert any("undo it again" in note for note in kept.notes)
    for refused in (lambda: imported(practice, tmp_path, ANN), lambda: undo(practice, 1)):
        with pytest.raises(Refused, match=r"Import 2 is being undone.*import --undo 2"):
            refused()
    # Somebody uses a patient who has not come to it yet.
    last = Patient.get(Patient.number == str(MANY - 1))
    records.change(practice, last.id, suburb="Perth")
    kept_as_it_is = everything()[f"patient {last.id}"]
    done = undo(practice, 2)
    assert (done.removed, done.restored, done.left) == (MANY // 2 - 1, MANY // 2, [str(MANY - 1)])
    assert everything()[f"patient {last.id}"] == kept_as_it_is
    assert Patient.select().count() == MANY // 2 + 1
    assert not Patient.select().where((Patient.id != last.id) & Patient.email.contains("@mail.")).exists()
    assert whole()
    batch = ImportBatch.get_by_id(2)
    assert (batch.undoing, batch.undone_at is None) == (None, False)
    assert not ImportChange.select().exists()
    with pytest.raises(ClinicError, match="undone already"):
        undo(practice, 2)


def test_left_midway_it_goes_on(practice: Viewer, tmp_path: Path) -> None:
    _many(practice, tmp_path)
    first = everything()

    def leave(done: int) -> None:
        if done > MANY - 2_000:
            raise Left

    with pytest.raises(Left):
        undo(practice, 2, leave)
    assert everything() != first
    undo(practice, 2)
    undo(practice, 1)
    assert not everything()
