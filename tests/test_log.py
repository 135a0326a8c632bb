from __future__ import annotations

import logging
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from clinic_tui import log


@pytest.fixture(autouse=True)
def _no_handler_left() -> Iterator[None]:
    yield
    for name in log.LOGGERS:
        logger = logging.getLogger(name)
        for handler in logger.handlers[:]:
            logger.removeHandler(handler)
            handler.close()
        logger.propagate = True


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert log.start()
    return log.path()


def fail(name: str) -> None:
    try:
        raise KeyError(name)
    except KeyError as error:
        raise ValueError(f"no {name} <jo@example.com>") from error


def test_an_error_is_kept_by_type_and_place_and_never_by_what_it_says(file: Path) -> None:
    try:
        fail("Joanna Smith")
    except ValueError as error:
        log.trouble(error, "import")
    text = file.read_text(encoding="utf-8")
    assert "builtins.KeyError" in text
    assert "builtins.ValueError" in text
    assert f"{__file__}:" in text
    assert "import: ValueError" in text
    assert "Joanna" not in text
    assert "example.com" not in text


def test_the_log_is_its_owners_alone_and_so_are_the_rotated_ones(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handler = next(h for h in logging.getLogger("clinic_tui").handlers if isinstance(h, log._PrivateFile))
    handler.maxBytes = 200
    for number in range(30):
        logging.getLogger("clinic_tui.mail").info("pass %d", number)
    files = list(file.parent.iterdir())
    assert 1 < len(files) <= log.KEPT + 1
    assert {stat.S_IMODE(each.stat().st_mode) for each in files} == {0o600}


def test_a_log_that_was_open_to_others_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    file = log.path()
    file.parent.mkdir()
    file.touch(mode=0o644)
    file.chmod(0o644)
    assert log.start()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_libraries_write_nothing_into_it(file: Path) -> None:
    logging.getLogger("yagmail").error("mail to jo@example.com failed")
    assert file.read_text() == ""


def test_without_a_place_to_write_it_says_so_and_nothing_breaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert not log.start()
    log.trouble(ValueError("x"), "test")


def test_lines_that_are_too_old_are_taken_out_in_their_place(file: Path) -> None:
    older = file.with_name(file.name + ".1")
    older.write_text("2026-01-01 10:00:00,000 1 ERROR x: one\n")
    file.write_text(
        "  a place of a line that is gone\n2026-11-20 09:00:00,000 1 ERROR x: two\n  its place\n"
        "2026-11-21 09:00:00,000 1 ERROR x: three\n  its place\n"
    )
    inode = file.stat().st_ino
    log.forget(None)
    assert "two" in file.read_text()
    log.forget(datetime(2026, 11, 21, 23, tzinfo=UTC))
    assert file.read_text() == "2026-11-21 09:00:00,000 1 ERROR x: three\n  its place\n"
    assert older.read_text() == ""
    assert file.stat().st_ino == inode
    logging.getLogger("clinic_tui").error("four")
    assert file.read_text().splitlines()[-1].endswith("four")
    log.forget(datetime(2036, 1, 1, tzinfo=UTC))
    assert file.read_text() == ""
