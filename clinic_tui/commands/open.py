"""`clinic-tui`: the app. With `keys` the only place in this package that knows of the screens."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from clinic_tui.commands.asked import Asked, pass_asked
from clinic_tui.errors import ClinicError

if TYPE_CHECKING:
    from clinic_tui.config import Config

AFTER_FIRST_FRAME = 2.0
LOOK_AGAIN = 60.0


@click.command("open")
@click.option("--no-mouse", is_flag=True, help="Leave the mouse to the terminal, to mark text with.")
@pass_asked
def command(asked: Asked, no_mouse: bool = False) -> int:
    """Open the app."""
    config = asked.load()
    asked.check_login(config)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise ClinicError(
            "The app needs a terminal.", "Over SSH use: ssh -t. For scripts there are commands: clinic-tui --help."
        )
    with _worked_in_the_background(config):
        return run_app(config, asked.login, mouse=not no_mouse)


def run_app(
    config: Config, login: str | None, *, demo: bool = False, training: bool = False, mouse: bool = True
) -> int:
    """Run the app until it is left; the exit status."""
    from screens.app import run

    return run(config, login, demo=demo, training=training, mouse=mouse)


@contextmanager
def _worked_in_the_background(config: Config) -> Iterator[None]:
    """While the block runs, one background process sends and reads: started where none is, and looked after."""
    from clinic_tui import log
    from clinic_tui.mail import worker

    left = threading.Event()

    def look_after() -> None:
        pause = AFTER_FIRST_FRAME
        while not left.wait(pause):
            pause = LOOK_AGAIN
            try:
                worker.ensure_worker(config)
            except Exception as error:  # the app goes on; a later look may do better
                log.trouble(error, "starting the background process")

    with worker.app_is_open(config):
        watcher = threading.Thread(target=look_after, name="looks-after-worker", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            left.set()
            watcher.join(1.0)
