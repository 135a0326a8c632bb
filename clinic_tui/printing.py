"""Printing plain text on the host's own printer, through `lp`: by no shell, and nothing of it in a command line."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from clinic_tui.errors import ClinicError, Refused
from clinic_tui.text import clean

SECONDS = 20.0
JOB = "clinic-tui"  # what the queue shows of it, to everybody on the host
_LONGEST_WORD = 160

_never = False


@contextmanager
def never() -> Iterator[None]:
    """While the block runs, this process prints nothing: it has a sample practice open."""
    global _never  # noqa: PLW0603
    before, _never = _never, True
    try:
        yield
    finally:
        _never = before


def print_text(printer: str, text: str, seconds: float = SECONDS) -> None:
    """Print `text` on the `printer` with this name. Raises ClinicError: no `lp`, no such printer, no answer."""
    if _never:
        raise Refused("sample", "The sample practice prints nothing.", "Copy it from the screen.")
    try:
        done = subprocess.run(
            ["lp", "-s", "-d", printer, "-t", JOB],
            input=text.encode(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=seconds,
            check=False,
            start_new_session=True,
            env={**os.environ, "LC_ALL": "C.UTF-8"},  # lp tells the printer by it how the text is written
        )
    except FileNotFoundError as error:
        raise ClinicError(
            "This host has no lp: nothing was printed.", "Install CUPS on it, or copy it from the screen."
        ) from error
    except subprocess.TimeoutExpired as error:
        raise ClinicError(
            f"The printer did not answer within {seconds:g} seconds.",
            "Look whether it was printed before you try again.",
        ) from error
    except OSError as error:
        raise ClinicError(f"lp could not be started: {error.strerror}.", "Copy it from the screen.") from error
    if done.returncode != 0:
        said = clean(done.stderr.decode(errors="replace").strip().partition("\n")[0], _LONGEST_WORD)
        raise ClinicError(
            f"Nothing was printed: {said or f'lp ended with status {done.returncode}'}.".replace("..", "."),
            "lpstat -e lists the printers of this host; the setting desk.printer names ours.",
        )
