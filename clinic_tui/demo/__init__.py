"""The sample practice: invented patients, a database and a mail server of its own. Nothing leaves the machine.

    with open_demo() as sample:
        play(sample, print)          # the story, without a screen
        with sample.syncing():       # or the app, while mail is sent and read
            run(sample.config, sample.login, demo=True)

Nothing of it is imported before it is called: the rest of the program runs without it.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from clinic_tui.demo.opening import Demo


def open_demo(
    patients: int | None = None,
    directory: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> AbstractContextManager[Demo]:
    """The sample practice in `directory`, or in a folder that is removed at the end; see `opening.open_demo`."""
    from clinic_tui.demo import opening

    return opening.open_demo(patients, directory, progress)


def play(demo: Demo, say: Callable[[str], object], *, symbols: bool = True) -> None:
    """Tell the story with `say`, line by line, without a screen; see `playing.play`."""
    from clinic_tui.demo import playing

    playing.play(demo, say, symbols=symbols)
