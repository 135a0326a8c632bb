"""What the global options said, and how a command gets from there to its practice."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from clinic_tui.drivers import only_for
from clinic_tui.errors import NotAllowed

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.config import Config


@dataclass
class Asked:
    """The global options of one call; they stand before or after the command.

    `remote`: the command line is an SSH client's (see `commands.forced`).
    """

    config: Path | None = None
    database: str | None = None
    login: str | None = None
    json: bool = False
    remote: bool = False
    _opened: tuple[Config, Viewer] | None = field(default=None, repr=False)

    def load(self) -> Config:
        """The config. Raises ConfigError."""
        from clinic_tui import config

        if self.database is not None:
            config.refuse_password(self.database)
        return config.load(self.config, self.database)

    def open(self, *, new: bool = False) -> tuple[Config, Viewer]:
        """The config, and its practice opened for whoever is at the keyboard. Raises ClinicError.

        `new`: what is not there of it yet is made.
        """
        if self._opened is None:
            config = self.load()
            self.check_login(config)
            only_for(config.database)
            from clinic_tui.practice import open_practice

            self._opened = config, open_practice(config, self.login, new=new)
        return self._opened

    def check_login(self, config: Config) -> None:
        """`--as` counts only for the account that owns the config. Raises NotAllowed."""
        if self.login is not None and config.path is not None and config.path.stat().st_uid != os.geteuid():
            raise NotAllowed(
                "--as is for the account that owns the config.", "Everybody else comes by SSH: clinic-tui staff add."
            )

    def viewer(self) -> Viewer:
        """Whoever is at the keyboard, their practice opened. Raises ClinicError."""
        return self.open()[1]


class FileName(click.Path):
    """The name of a file, `-` for standard input or output: for every option and argument that is one.

    An SSH client names no file of the host.
    """

    def __init__(self, path_type: type[Any] = Path) -> None:
        super().__init__(allow_dash=True, readable=False, path_type=path_type)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The name; wrong usage for anything but `-` from an SSH client."""
        asked = None if ctx is None else ctx.find_object(Asked)
        if asked is not None and asked.remote and value != "-":
            self.fail("over SSH the only file is -, standard input or output.", param, ctx)
        return super().convert(value, param, ctx)


pass_asked = click.make_pass_decorator(Asked)
ROW_ID = click.IntRange(1, 2**63 - 1)
