"""`clinic-tui demo`: the sample practice, with its own mail server; nothing leaves this machine."""

from __future__ import annotations

from pathlib import Path

import click

from clinic_tui.commands.asked import Asked, pass_asked


@click.command("demo")
@click.option("--patients", type=click.IntRange(1, 5_000_000), help="How many patients; else the sample's 300.")
@click.option(
    "--dir", "directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), help="Where to keep it."
)
@click.option("--play", is_flag=True, help="Play the story without a screen, and print each step.")
@pass_asked
def command(asked: Asked, patients: int | None, directory: Path | None, play: bool) -> int | None:
    """Open the sample practice. Without a terminal it plays its story and prints each step."""
    raise NotImplementedError
