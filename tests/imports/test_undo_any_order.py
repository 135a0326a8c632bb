"""Any order of imports, edits and undoing: what is undone is as it was, and what somebody has used stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui.access import Viewer
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.patients import Contact, Patient
from clinic_tui.db.models.practice import ImportBatch, ImportChange, ImportedValue, ImportSaid, Practitioner
from clinic_tui.errors import Refused
from clinic_tui.imports.undo import undo
from clinic_tui.invitations import accounts
from clinic_tui.patients import contacts, records
from tests.imports.test_patients_csv import whole
from tests.imports.undoing import batch_of, everything, imported

WHO = ("u1", "u2", "u3")
ROW = st.tuples(
    st.sampled_from(("1", "2", "3", "4")), st.sampled_from(("Lee", "Łoś", "O'Neill Lee")),
    st.sampled_from(("", "a@example.org", "b@example.org")), st.sampled_from(("", "current", "archived")),
    st.sampled_from(("", "Dr Wu", "Dr Fox")), st.sampled_from(("", "Eve Lee", "Eva Lee")),
    st.sampled_from(("", "eve@example.org", "eva@example.org")), st.sampled_from(("", "active", "disabled", "none")),
)  # fmt: skip
BOOKED = st.tuples(st.sampled_from(WHO), st.sampled_from(("10:00", "11:00")), st.sampled_from(("attended", "booked")))
IMPORT = st.fixed_dictionaries(
    {
        "rows": st.dictionaries(st.sampled_from(WHO), ROW, max_size=3),
        "booked": st.dictionaries(st.sampled_from(("a1", "a2")), BOOKED, max_size=2),
        "treating": st.sampled_from(("", "", "", "w,Dr Wu,wu@example.org,GP", "w,Dr Wu-Li,li@example.org,GP")),
        "complete": st.booleans(),
    }
).filter(lambda said: bool(said["rows"] or said["booked"] or said["treating"]))
USE = st.tuples(st.sampled_from(("edit", "contact", "no contact", "account")), st.integers(0, 2))
STEP = st.one_of(
    st.tuples(st.just("import"), IMPORT), st.tuples(st.just("import"), IMPORT), st.tuples(st.just("use"), USE),
    st.tuples(st.just("undo"), st.integers(0, 3)),
)  # fmt: skip
State = dict[str, Any]


class Story:
    """What was imported, what stood before each import, and whom somebody has used after it."""

    def __init__(self, viewer: Viewer, folder: Path) -> None:
        self.viewer, self.folder = viewer, folder
        self.standing: list[int] = []
        self.before: dict[int, State] = {}
        self.touched: dict[int, set[str]] = {}
        self.used: dict[int, set[str]] = {}

    def do_import(self, said: dict[str, Any]) -> None:
        """Import these rows."""
        before = everything()
        rows = [
            f"{who},{number},Ann,{family},1980-03-12,{','.join(rest)}"
            for who, (number, family, *rest) in said["rows"].items()
        ]
        booked = "\n".join(
            f"{key},{self._number(who)},2026-01-05 {at},{status}" for key, (who, at, status) in said["booked"].items()
        )
        batch = batch_of(imported(
            self.viewer, self.folder, *rows, booked=booked, treating=said["treating"],
            complete=said["complete"] and bool(rows),
        ))  # fmt: skip
        self.standing.append(batch)
        after = everything()
        self.before[batch], self.used[batch] = before, set()
        self.touched[batch] = {whom for whom in before.keys() | after.keys() if before.get(whom) != after.get(whom)}

    @staticmethod
    def _number(who: str) -> str:
        row = Patient.get_or_none(Patient.source_id == who)
        return row.number if row else "99"

    def do_use(self, use: tuple[str, int]) -> None:
        """The desk works on a patient."""
        what, which = use
        patients = list(Patient.select().order_by(Patient.id))
        if not patients:
            return
        patient = patients[which % len(patients)].id
        theirs = Contact.get_or_none(Contact.patient == patient)
        if what == "edit":
            done = records.change(self.viewer, patient, family="Hand", email="hand@example.org")
        elif what == "account":
            was = accounts.of(self.viewer, patient)
            done = was != accounts.put(self.viewer, patient, "disabled", known_from="the desk")
        elif theirs is None:
            return
        elif what == "contact":
            done = theirs.phone is None
            contacts.change(self.viewer, theirs.id, phone="0412 345 678")
        else:
            done = bool(contacts.remove(self.viewer, theirs.id))
        if done:
            for whom in self.used.values():
                whom.add(f"patient {patient}")

    def do_undo(self, which: int) -> None:
        """Undo one of the imports, whether it is the last or not."""
        if not self.standing:
            return
        batch = self.standing[which % len(self.standing)]
        present = everything()
        before, touched = self.before[batch], self.touched[batch]
        used = touched & self.used[batch]
        is_last = batch == self.standing[-1]
        try:
            done = undo(self.viewer, batch)
        except Refused as refused:
            assert everything() == present
            assert used or self.used[batch] or not is_last, refused
            return
        assert not used
        assert not done.left
        self.standing.remove(batch)
        now = everything()
        if is_last:
            for whom in touched:
                assert now.get(whom) == before.get(whom)
        for whom in now.keys() | present.keys():
            if whom not in touched and now.get(whom) != present.get(whom):
                assert not whom.startswith("patient"), whom
        # What stood before the later ones stands there no more.
        for later in self.standing:
            if later > batch:
                self.before[later] = _with(self.before[later], touched, now, before)


def _with(state: State, whom: set[str], now: State, before: State) -> State:
    """That state, had those never been touched by the one that is undone."""
    kept = {one: rows for one, rows in state.items() if one not in whom}
    return kept | {one: before[one] for one in whom if one in before}


@settings(max_examples=12)
@given(steps=st.lists(STEP, min_size=2, max_size=9))
def test_any_order_of_imports_edits_and_undoing(practice: Viewer, tmp_path: Path, steps: list[tuple[str, Any]]) -> None:
    with session(), transaction():
        for table in (Patient, ImportBatch, Practitioner, ImportedValue):
            table.delete().execute()
    assert not everything()
    story = Story(practice, tmp_path)
    ways: dict[str, Callable[[Any], None]]
    ways = {"import": story.do_import, "use": story.do_use, "undo": story.do_undo}
    for what, how in steps:
        ways[what](how)
        assert whole()
    was_used = any(what == "use" for what, _ in steps)
    for at in reversed(range(len(story.standing))):
        story.do_undo(at)
    if not was_used:
        assert not story.standing
        assert not everything()
        assert not ImportChange.select().exists()
        assert not ImportSaid.select().exists()
