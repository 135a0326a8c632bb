"""Ticks in the case load itself, by keys: any order of sorting, narrowing, ticking, other filters and further runs."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from textual.pilot import Pilot

from clinic_tui.access import Viewer
from clinic_tui.case_load import query
from clinic_tui.case_load.filters import Filters, find_practitioner
from clinic_tui.case_load.orders import Sort
from clinic_tui.config import Config
from clinic_tui.db.connection import session, transaction
from clinic_tui.db.models.patients import Appointment, Patient
from screens.app import ClinicApp
from screens.reports.case_columns import COLUMNS
from tests.screens import caseload, people
from tests.screens.conftest import DARK, settle, until
from tests.screens.story import press, read
from tests.screens.tick_model import TickModel

MANY = 14
PLACES = st.integers(0, 7)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(["a", "n", "t"])),
        st.tuples(st.just("space"), PLACES),
        st.tuples(st.just("v"), PLACES, PLACES),
        st.tuples(st.just("sort"), st.integers(1, len(COLUMNS))),
        st.tuples(st.just("narrow"), st.sampled_from(["", "abb", "brook", "nobody"])),
        st.tuples(st.just("comes"), st.sampled_from(["Abbott", "Brooker"])),
        st.tuples(st.just("goes"), PLACES),
        st.tuples(st.just("filters"), st.sampled_from(["", "okafor", "chen"])),
    ),
    min_size=4,
    max_size=9,
)


class Model(TickModel):
    """What the screen should show. The order of a sort is that of the rules; who is meant is worked out here."""

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self.doctor = self.narrow = ""
        self.sort = Sort()
        super().__init__([])
        self._list()

    def do(self, step: tuple[Any, ...]) -> None:
        self.tick(step)
        match step:
            case ("sort", by):
                keys = [column.key for column in COLUMNS]
                column = COLUMNS[(keys.index(self.sort.column) + by) % len(COLUMNS)]
                again = column.key == self.sort.column
                self.sort = Sort(column.key, not self.sort.descending if again else column.down_first)
            case ("narrow", word):
                self.narrow = word
            case ("comes", family):
                newest = Patient.select().order_by(Patient.id.desc()).first()
                people.patient(f"9{newest.id if newest else 0}", "Zed", family, practitioner=people.practitioner())
            case ("goes", at) if self.listed:
                with transaction():
                    Patient.delete().where(Patient.id == self.listed[min(at, len(self.listed) - 1)]).execute()
            case ("filters", doctor):
                self.doctor = doctor
        self._list()

    def _list(self) -> None:
        with session():
            who = find_practitioner(self.doctor) if self.doctor else None
            meant = {
                row.id
                for row in Patient.select()
                if row.family.lower().startswith(self.narrow) and (who is None or row.practitioner_id == who.id)
            }
            ordered = query.all_ids(self._viewer, Filters(practitioners=(who,) if who else ()), self.sort)
        self.listed = [id for id in ordered if id in meant]


def keys(step: tuple[Any, ...], listed: int) -> list[str]:
    """What is pressed for a step."""

    def to(at: int) -> list[str]:
        return ["home"] + ["down"] * min(at, max(0, listed - 1))

    match step:
        case ("space", at):
            return [*to(at), "space"]
        case ("v", start, end):
            return [*to(start), "v", *to(end), "v"]
        case ("sort", by):
            return ["right"] * by + ["s"]
        case ("narrow", ""):
            return ["slash", "escape"]
        case ("narrow", word):
            return ["slash", "end", "ctrl+u", *word, "enter"]
        case ("comes" | "goes", _):
            return ["ctrl+r"]
        case ("filters", doctor):
            return ["f", "end", "ctrl+u", *doctor, "ctrl+r"]
    return [step[0]]


async def _on_the_screen(viewer: Viewer, config: Config, steps: list[tuple[Any, ...]]) -> None:
    app = ClinicApp(config, "alice", look=DARK, poll_seconds=None)
    async with app.run_test(size=(120, 30)) as pilot:
        await settle(pilot)
        table = (await caseload.run_all(pilot)).table
        model = Model(viewer)
        for step in steps:
            pressed = keys(step, len(model.listed))
            model.do(step)
            await press(pilot, *pressed)
            await until(pilot, lambda: table._work is None and table.unseen is not None)
            assert list(table.ids) == model.listed, step
            assert set(table.ticks) == model.ticks, step
            _says(pilot, model)


def _says(pilot: Pilot[int], model: Model) -> None:
    said = read(pilot)
    if not model.listed and not model.ticks and not model.narrow:
        assert "No patient is in this report." in said
        return
    assert f"{len(model.ticks)} ticked" in said
    assert (f"{model.unseen} of them not listed" in said) == (model.unseen > 0)


# Not shrunk: each example is an app that is opened, and the steps are few.
@settings(
    max_examples=5,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(steps=STEPS)
def test_any_order_of_everything(practice: Viewer, tmp_path: Path, steps: list[tuple[Any, ...]]) -> None:
    with transaction():
        for table in (Appointment, Patient):
            table.delete().execute()
        caseload.fill(MANY)
    asyncio.run(_on_the_screen(practice, Config(f"sqlite:///{tmp_path}/clinic.db", tmp_path / "clinic.key"), steps))
