from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic_tui.errors import ConfigError
from clinic_tui.invitations import codes

DIGITS = st.text("0123456789", min_size=9, max_size=9)


def whole(number: str) -> str:
    return number + str(codes._check_digit(number))


@given(DIGITS, st.integers(0, 9), st.integers(1, 9))
def test_one_misheard_digit_is_caught(number: str, place: int, off: int) -> None:
    code = whole(number)
    misheard = code[:place] + str((int(code[place]) + off) % 10) + code[place + 1 :]
    assert codes.read_code(code) == code
    assert codes.read_code(misheard) is None


@given(DIGITS, st.integers(0, 8))
def test_two_neighbours_swapped_are_caught(number: str, place: int) -> None:
    code = whole(number)
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]
    assert (codes.read_code(swapped) is None) == (swapped != code)


def test_a_code_is_typed_as_it_is_said() -> None:
    ref, key_id = codes.new_ref(), codes.current_key_id()
    code = codes.code(ref, key_id)
    assert codes.matches(code, ref, key_id)
    assert codes.matches(code.replace(" ", "-"), ref, key_id)
    assert codes.matches(code.replace(" ", ""), ref, key_id)
    assert not codes.matches("", ref, key_id)


def test_a_rotated_key_keeps_the_codes_that_are_out(key_file: Path) -> None:
    ref, old = codes.new_ref(), codes.current_key_id()
    before = codes.code(ref, old), codes.token(ref, old)
    new = codes.rotate()
    assert new != old
    codes.use_key_file(key_file)
    assert (codes.code(ref, old), codes.token(ref, old)) == before
    assert codes.code(ref, new) != before[0]


def test_a_key_file_open_to_others_is_refused(key_file: Path) -> None:
    assert key_file.stat().st_mode & 0o777 == 0o600
    key_file.chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        codes.use_key_file(key_file)
