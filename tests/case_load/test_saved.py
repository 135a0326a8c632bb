from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui.access import Viewer
from clinic_tui.case_load import query, saved
from clinic_tui.case_load.filters import Filters
from clinic_tui.case_load.orders import COLUMNS, Sort
from clinic_tui.db.connection import transaction
from clinic_tui.db.models.practice import Practitioner, SavedReport
from clinic_tui.errors import FieldError, NotAllowed, NotFound
from tests.case_load import practice as made
from tests.case_load.practice import DOCTORS, GONE, fill
from tests.case_load.test_query import someone

some = settings(max_examples=40)
OKAFOR, LEE, _ = DOCTORS


@some
@given(filters=made.filters(), sort=st.builds(Sort, st.sampled_from(COLUMNS), st.booleans()))
def test_a_report_comes_back_as_it_was_saved(practice: Viewer, filters: Filters, sort: Sort) -> None:
    fill([])
    saved.save(practice, "recall", filters, sort, replace=True)
    opened = saved.open_report(practice, "RECALL")
    assert (opened.filters, opened.sort) == (filters, sort)
    gone = GONE in (*filters.practitioners, *filters.seen_by)
    assert bool(opened.notes) == gone


def test_a_report_whose_practitioner_is_gone_opens_finds_nobody_by_them_and_says_so(practice: Viewer) -> None:
    fill([someone("1", practitioner=1), someone("2", practitioner=2)])
    saved.save(practice, "Okafor's", Filters(practitioners=(OKAFOR,)), Sort())
    saved.save(practice, "both", Filters(practitioners=(OKAFOR, LEE)), Sort())
    with transaction():
        Practitioner.delete().where(Practitioner.id == OKAFOR.id).execute()
        Practitioner.update(name="Dr Ann Lee-Smith").where(Practitioner.id == LEE.id).execute()
    alone, both = saved.open_report(practice, "okafor's"), saved.open_report(practice, "both")
    assert query.count(practice, alone.filters) == 0
    assert query.count(practice, both.filters) == 1
    for opened in (alone, both):
        (note,) = opened.notes
        assert note.startswith("Dr Okafor is no longer")
    assert [row.says for row in saved.listing(practice)] == [
        "patients of Dr Okafor or Dr Ann Lee-Smith",
        "patients of Dr Okafor",
    ]


def test_a_name_is_taken_once_unless_it_is_replaced(practice: Viewer) -> None:
    assert saved.save(practice, "  Recall\n2026 ", Filters(age_min=65), Sort("age")) == "Recall 2026"
    with pytest.raises(FieldError, match="already") as taken:
        saved.save(practice, "RECALL 2026", Filters(), Sort())
    assert taken.value.field == "name"
    assert saved.open_report(practice, "recall 2026").filters == Filters(age_min=65)
    saved.save(practice, "Recall 2026", Filters(age_min=70), Sort(), replace=True)
    (row,) = saved.listing(practice)
    assert (row.says, row.saved_by) == ("aged 70 or more", practice.login)


@pytest.mark.parametrize("name", ["", "  ", "\x1b\u202e", "x" * 81])
def test_a_name_that_cannot_stand_is_a_sentence(practice: Viewer, name: str) -> None:
    with pytest.raises(FieldError) as refused:
        saved.save(practice, name, Filters(), Sort())
    assert refused.value.field == "name"
    assert saved.listing(practice) == []


def test_a_report_is_forgotten(practice: Viewer) -> None:
    saved.save(practice, "recall", Filters(), Sort())
    saved.remove(practice, "Recall")
    for ask in (saved.open_report, saved.remove):
        with pytest.raises(NotFound, match="'recall'"):
            ask(practice, "recall")


def test_a_report_of_another_version_opens_without_what_is_not_known(practice: Viewer) -> None:
    saved.save(practice, "recall", Filters(age_min=65), Sort())
    with transaction():
        SavedReport.update(filters={"age_min": 65, "blood_type": "A"}, sort="blood_type").execute()
    opened = saved.open_report(practice, "recall")
    assert (opened.filters, opened.sort) == (Filters(age_min=65), Sort())
    assert "blood_type" in opened.notes[0]


def test_who_sees_no_names_may_not_run_what_asks_for_them(practice: Viewer) -> None:
    saved.save(practice, "mailable", Filters(has_email=True), Sort("email"))
    hidden = Viewer("temp", "front-desk", names_hidden=True)
    opened = saved.open_report(hidden, "mailable")
    with pytest.raises(NotAllowed):
        query.first_rows(hidden, opened.filters, opened.sort)
