"""Style sheets: each is parsed once for each theme, however many screens are opened."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from textual.css.parse import parse

from screens.stylesheet import ParsedOnce
from tests.screens.conftest import Desk
from tests.screens.story import press


async def test_a_screen_that_brings_its_own_has_no_other_parsed_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed: Counter[tuple[object, ...]] = Counter()
    really = parse

    def recording(*part: Any, **more: Any) -> Any:
        parsed[*part, *map(str, more.values())] += 1
        return really(*part, **more)

    monkeypatch.setattr("textual.css.stylesheet.parse", recording)
    monkeypatch.setattr("screens.stylesheet._parsed", {})
    for _ in range(2):
        async with desk.open() as pilot:
            sheet = pilot.app.stylesheet
            assert isinstance(sheet, ParsedOnce)
            dark = pilot.app.screen.styles.background
            before = len(sheet.source)
            await press(pilot, "f3", "f4")
            assert len(sheet.source) > before
            await pilot.app.run_action("lights")
            await press(pilot, "f2")
            assert pilot.app.screen.styles.background != dark
            await pilot.app.run_action("lights")
            await press(pilot, "f2")
            assert pilot.app.screen.styles.background == dark
    assert len(parsed) > 20
    assert {part[2]: times for part, times in parsed.items() if times > 1} == {}
