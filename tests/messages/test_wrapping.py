"""A code is read out: it stands on one line, whatever the width, masked or not."""

from __future__ import annotations

import pytest

from clinic_tui.messages.wrapping import wrapped


@pytest.mark.parametrize("code", ["482 913 706 5", "··· ··· ··· ·", "*** *** *** *"])
def test_a_code_is_on_one_line(code: str) -> None:
    line = f"Or ring us on 02 5550 0000 (Mon to Fri, 8 to 6) and read out this code: {code}."
    for width in range(20, 120):
        parts = wrapped(line, width, 0)
        assert " ".join(parts) == line
        assert sum(code in part for part in parts) == 1
        assert max(map(len, parts)) <= width
