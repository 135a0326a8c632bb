"""`clinic-tui demo`: the sample practice, with its own mail server; nothing leaves this machine."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, FileName, pass_asked

SAMPLE = 300


@click.command("demo")
@click.option("--patients", metavar="N", type=click.IntRange(1, 5_000_000), help=f"How many patients; else {SAMPLE}.")
@click.option("--dir", "directory", metavar="DIR", type=FileName(), help="Where to keep it; else it is forgotten.")
@click.option("--play", is_flag=True, help="Play the story without a screen, and print each step.")
@click.option("--training", is_flag=True, hidden=True)
@pass_asked
def command(asked: Asked, patients: int | None, directory: Path | None, play: bool, training: bool) -> int:
    """Open the sample practice. Without a terminal it plays its story and prints each step."""
    if asked.config is not None or asked.database is not None or asked.login is not None:
        raise click.UsageError("The demo has a config, a database and a desk of its own; name a folder with --dir.")
    from clinic_tui import demo

    if training:
        output.aside("Training: a sample practice is made for you. Nothing of your own practice is in it.")
    without_screen = play or asked.json or not (sys.stdin.isatty() and sys.stdout.isatty())
    with _bar(patients or SAMPLE) as progress, demo.open_demo(patients, directory, progress) as sample:
        if not without_screen:
            from clinic_tui.commands.open import run_app

            with sample.syncing():
                return run_app(sample.config, sample.login, demo=True, training=training)
        steps: list[str] = []
        symbols = asked.json or (sys.stdout.encoding or "").lower().startswith("utf")
        demo.play(sample, steps.append if asked.json else _print, symbols=symbols)
    if asked.json:
        output.document({"steps": "\n".join(steps).splitlines()})
    return 0


def _print(line: str) -> None:
    # The story is clean and in columns already: `output.line` would fold its runs of spaces.
    click.echo(line)


@contextmanager
def _bar(patients: int) -> Iterator[Callable[[int], None] | None]:
    """A progress bar on standard error while the patients are made, where somebody would see it."""
    if not output.progress_is_seen():
        yield None
        return
    with ExitStack() as stack:
        bars: list[Any] = []  # made when the first patients are in: a practice that is there already needs none

        def progress(done: int) -> None:
            if not bars:
                bar = click.progressbar(length=patients, label="Sample practice", file=sys.stderr)
                bars.append(stack.enter_context(bar))
            bars[0].update(min(done, patients) - bars[0].pos)
            if done >= patients:
                stack.close()

        yield progress
