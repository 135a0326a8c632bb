"""What the global options said, and how a command gets from there to its practice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from clinic_tui.drivers import only_for

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.config import Config


@dataclass
class Asked:
    """The global options of one call; they stand before or after the command."""

    config: Path | None = None
    database: str | None = None
    login: str | None = None
    json: bool = False

    def load(self) -> Config:
        """The config. Raises ConfigError."""
        from clinic_tui import config

        if self.database is not None:
            config.refuse_password(self.database)
        return config.load(self.config, self.database)

    def open(self) -> tuple[Config, Viewer]:
        """The config, and its practice opened for whoever is at the keyboard. Raises ClinicError."""
        config = self.load()
        only_for(config.database)
        from clinic_tui.practice import open_practice

        return config, open_practice(config, self.login)

    def viewer(self) -> Viewer:
        """Whoever is at the keyboard, their practice opened. Raises ClinicError."""
        return self.open()[1]


pass_asked = click.make_pass_decorator(Asked)
ROW_ID = click.IntRange(1, 2**63 - 1)
