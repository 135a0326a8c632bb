"""The chain: every line in it, whoever writes at the same time; whatever is done behind its back is found."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import peewee
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic_tui import history
from clinic_tui.access import Viewer
from clinic_tui.db import bulk, migrate
from clinic_tui.db.connection import close_database, database, open_database, session, transaction
from clinic_tui.errors import NotAllowed
from clinic_tui.staff import at_the_keyboard
from tests.history.behind import behind_its_back, run

COLUMNS = ("id", "at", "login", "action", "patient_id", "invitation_id", "detail", "salt", "digest", "hash")
NUMBERS = ("id", "at", "patient_id", "invitation_id")
FIRST = 12


@pytest.fixture
def told(practice: Viewer) -> Viewer:
    """A history of settings and of twelve lines more, with and without patient and detail."""
    for number in range(4):
        history.record(practice, "invite", patient=number % 2 + 1, invitation=number + 1)
        history.record(practice, "edit", patient=number % 2 + 1, email=f"jo{number}@example.org")
        history.record(practice, "setting", name="practice.name", before="", after=str(number))
    return practice


def ids() -> list[int]:
    return [row[0] for row in bulk.fetch("SELECT id FROM history ORDER BY id")]


def test_every_line_is_chained_and_a_head_of_earlier_is_in_it(told: Viewer) -> None:
    early = history.verify(told)
    assert early.ok
    assert early.lines == len(ids()) == FIRST
    history.record(told, "edit", patient=1, phone="1")
    late = history.verify(told, early.head)
    assert late.ok
    assert late.lines == early.lines + 1
    assert late.head != early.head


def test_what_is_rolled_back_is_in_no_chain(told: Viewer) -> None:
    with transaction():
        history.record(told, "kept", patient=1)
        with pytest.raises(RuntimeError), transaction():
            history.record(told, "dropped", patient=1)
            raise RuntimeError
        history.record_many(told, "kept", [(2, None, None), (3, None, {"a": "ł"})])
    with pytest.raises(RuntimeError), transaction():
        history.record(told, "dropped", patient=1)
        raise RuntimeError
    assert [event.action for event in history.latest(told, 4)] == ["kept", "kept", "kept", "setting"]
    assert history.verify(told).ok


def test_writers_at_the_same_time_make_one_chain(told: Viewer) -> None:
    both = threading.Barrier(4)

    def write(number: int) -> None:
        with session():
            for _ in range(5):
                with transaction():
                    history.record(told, f"writer {number}", patient=number)
                    history.record(told, f"writer {number}", patient=number, again="yes")

    def start(number: int) -> None:
        both.wait()
        write(number)

    threads = [threading.Thread(target=start, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = history.verify(told)
    assert (verdict.ok, verdict.lines) == (True, FIRST + 40)


def test_a_long_transaction_keeps_nobody_from_writing(told: Viewer, request: pytest.FixtureRequest) -> None:
    if "sqlite" in request.node.name:
        return  # one writer at a time is SQLite's own rule
    with transaction():
        history.record(told, "slow", patient=1)

        def quick() -> None:
            with session(), transaction():
                history.record(told, "quick", patient=2)

        other = threading.Thread(target=quick)
        other.start()
        other.join(20)
        assert not other.is_alive()
    assert [event.action for event in history.latest(told, 2)] == ["slow", "quick"]
    assert history.verify(told).ok


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE history SET login = 'bob' WHERE id = 3",
        "UPDATE history SET detail = '{}' WHERE id = 3",
        "UPDATE history SET detail = NULL, salt = NULL, action = 'x' WHERE id = 3",
        "UPDATE history SET patient_id = NULL, detail = NULL, salt = NULL WHERE id = 1",
        "DELETE FROM history",
    ],
)
def test_the_database_itself_only_adds(told: Viewer, statement: str) -> None:
    before = history.verify(told)
    with pytest.raises(peewee.IntegrityError), transaction():
        database.execute_sql(statement)
    assert history.verify(told) == before


def test_a_line_is_not_replaced(told: Viewer) -> None:
    values = "(1, 1, 'bob', 'x', '', '')"
    with pytest.raises(peewee.IntegrityError), transaction():
        database.execute_sql(f"INSERT INTO history (id, at, login, action, digest, hash) VALUES {values}")
    assert history.verify(told).ok


def _other(column: str, value: Any, number: int) -> Any:
    if column in NUMBERS:
        return (value or 0) + number
    return f"{value or ''}{number}"


@settings(max_examples=60)
@given(data=st.data())
def test_whatever_is_done_behind_its_back_is_found(told: Viewer, data: st.DataObject) -> None:
    head = history.verify(told).head
    there = ids()
    line = data.draw(st.sampled_from(there), "line")
    act = data.draw(st.sampled_from(("edit", "empty", "delete", "cut off", "swap", "insert")), "act")
    with behind_its_back():
        if act == "edit":
            column = data.draw(st.sampled_from(COLUMNS), "column")
            value = bulk.fetch(f"SELECT {column} FROM history WHERE id = ?", line)[0][0]
            low = len(there) + 1 if column == "id" else 1
            other = _other(column, value, data.draw(st.integers(low, 50), "by"))
            run(f"UPDATE history SET {column} = ? WHERE id = ?", other, line)
        elif act == "empty":
            run("UPDATE history SET detail = NULL, salt = NULL WHERE id = ? AND detail IS NOT NULL", line)
            if bulk.fetch("SELECT digest FROM history WHERE id = ?", line)[0][0] == "":
                return  # there was nothing to take away
        elif act == "delete":
            run("DELETE FROM history WHERE id = ?", line)
        elif act == "cut off":
            run("DELETE FROM history WHERE id >= ?", line)
        elif act == "swap":
            other = data.draw(st.sampled_from([one for one in there if one != line]), "with")
            run("UPDATE history SET id = -1 WHERE id = ?", line)
            run("UPDATE history SET id = ? WHERE id = ?", line, other)
            run("UPDATE history SET id = ? WHERE id = -1", other)
        else:
            run(
                "INSERT INTO history (id, at, login, action, digest, hash) VALUES (?, 1, 'bob', 'edit', '', ?)",
                there[-1] + data.draw(st.integers(1, 9), "after"), head,
            )  # fmt: skip
        verdict = history.verify(told, head)
        assert not verdict.ok
        assert verdict.broken[0].why
    assert history.verify(told, head).ok


def test_the_first_line_that_does_not_fit_is_told(told: Viewer) -> None:
    with behind_its_back():
        run("UPDATE history SET login = 'bob' WHERE id = 5")
        assert [misfit.line for misfit in history.verify(told).broken] == [5]
        run("DELETE FROM history WHERE id = 8")
        assert [misfit.line for misfit in history.verify(told).broken] == [5, 9]


def test_only_owners_check_it(told: Viewer) -> None:
    with pytest.raises(NotAllowed):
        history.verify(Viewer("bea", "front-desk"))


def test_the_lines_of_an_older_database_get_their_place(
    database_url: str, still_clock: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    older = tmp_path / "older"
    older.mkdir()
    for script in migrate.DIRECTORY.glob("000[1-5]_*.py"):
        shutil.copy(script, older)
    open_database(database_url)
    with monkeypatch.context() as patched:
        patched.setattr(migrate, "DIRECTORY", older)
        migrate.migrate()
    with transaction():
        for number, detail in enumerate((None, '{"a": "ł"}', '{"b": 1}'), 1):
            run(
                "INSERT INTO history (id, at, login, action, patient_id, detail) VALUES (?, ?, 'alice', 'edit', 1, ?)",
                number * 3, number, detail,
            )  # fmt: skip
    migrate.migrate()
    try:
        owner = at_the_keyboard()
        history.record(owner, "setting", name="x")
        verdict = history.verify(owner)
        assert (verdict.ok, verdict.lines) == (True, 4)
        with behind_its_back():
            run("UPDATE history SET detail = '{}' WHERE id = 6")
            assert [misfit.line for misfit in history.verify(owner).broken] == [6]
    finally:
        close_database()
