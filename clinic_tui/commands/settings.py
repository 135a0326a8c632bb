"""`clinic-tui settings [NAME [VALUE]]`: the practice's settings."""

from __future__ import annotations

import click

from clinic_tui.commands import output
from clinic_tui.commands.asked import Asked, pass_asked
from clinic_tui.errors import ClinicError
from clinic_tui.text import clean


@click.command("settings")
@click.argument("name", required=False)
@click.argument("value", required=False)
@pass_asked
def command(asked: Asked, name: str | None, value: str | None) -> None:
    """Show all settings, one, or set one."""
    viewer = asked.viewer()
    from clinic_tui import settings

    if name is not None and name not in settings.BY_NAME:
        import difflib

        close = difflib.get_close_matches(name, settings.BY_NAME, 1, 0.5)
        hint = f"Did you mean {close[0]}?" if close else "clinic-tui settings lists them all."
        raise ClinicError(f"There is no setting {clean(name, 60)!r}.", hint)
    if name is not None and value is not None:
        settings.change(viewer, name, value)
    known = settings.load(viewer)
    names = list(settings.BY_NAME) if name is None else [name]
    if asked.json:
        output.document({each: known[each] for each in names})
    elif name is not None:
        output.line(_shown(known[name]))
    else:
        output.table(
            ("setting", "value", "what it is"), ((n, _shown(known[n]), settings.BY_NAME[n].about) for n in names)
        )


def _shown(value: object) -> str:
    return ("on" if value else "off") if isinstance(value, bool) else str(value)
