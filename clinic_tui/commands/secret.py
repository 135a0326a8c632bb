"""`clinic-tui secret`: the key that codes and reply tokens are made with."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked


@click.group("secret")
def command() -> None:
    """The key that codes are made with."""


@command.command("rotate")
@pass_asked
def rotate(asked: Asked) -> None:
    """Make a new key; for owners. Invitations that are out keep theirs, until they are closed."""
    config, viewer = asked.open()
    from clinic_tui.invitations import keys

    rotated = keys.rotate(viewer)
    if asked.json:
        output.document({"key": rotated.key_id, "kept": list(rotated.kept)})
        return
    output.line(f"New invitations are made with the key {rotated.key_id}.")
    if rotated.kept:
        output.line(f"{output.plural(len(rotated.kept), 'older key')} kept, until the invitations made with it close.")
    output.line(f"Back the key file up: {config.key_file}.")
    if not config.database.startswith("sqlite:"):
        output.line("Copy it to every other host of this practice now, before anybody invites.")
