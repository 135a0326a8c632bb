"""`clinic-tui keys`: what the config's [keys] may name, and the keys that are bound."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked
from clinic_tui.text import clean


@click.command("keys")
@click.option("--changed", is_flag=True, help="Only those that the config changes.")
@pass_asked
def command(asked: Asked, changed: bool) -> None:
    """List every command of the app by the name that [keys] in the config knows it by, with its keys.

    What of [keys] cannot be is said on standard error; the app does without it too.
    """
    said = asked.load().keys
    from screens.keymap import wanted
    from screens.places import places

    keymap, refused = wanted(said)
    rows = [
        (place.id, bound.spoken_keys, bound.name)
        for place in places().values()
        for bound in keymap.of([place.command], place.rooms[0])
        if not changed or bound.spoken_keys != place.command.spoken_keys
    ]
    if asked.json:
        output.document(
            {
                "keys": [{"id": id, "keys": keys, "name": name} for id, keys, name in rows],
                "refused": [str(error) for error in refused],
            }
        )
        return
    output.table(("in the config", "key", "does"), [(id, " or ".join(keys), name) for id, keys, name in rows])
    for error in refused:
        click.echo(clean(str(error)), err=True)
