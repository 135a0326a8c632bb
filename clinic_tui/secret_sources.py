"""Where a password comes from: a command's first line, or a file that is its owner's alone. Never the config itself."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

from clinic_tui.errors import ConfigError

COMMAND_SECONDS = 60  # a password manager may ask its owner for a passphrase
LONGEST = 10_000


@dataclass(frozen=True, slots=True)
class Secret:
    """A command (its words, never given to a shell) or a file to read one password from."""

    command: tuple[str, ...] = ()
    file: Path | None = None

    def read(self) -> str:
        """The password: the first line. Raises ConfigError in words that hold nothing of it."""
        text = self._of_command() if self.command else self._of_file()
        password = text.partition("\n")[0].rstrip("\r")
        if not password:
            raise ConfigError(f"{self} gives no password: its first line is empty.", "Mend what the config names.")
        return password

    def __str__(self) -> str:
        return f"The password command {self.command[0]!r}" if self.command else f"The password file {self.file}"

    def _of_command(self) -> str:
        try:
            done = subprocess.run(
                self.command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=COMMAND_SECONDS, check=False
            )
        except FileNotFoundError as error:
            raise ConfigError(f"{self} is not on this host.", "Install it, or name another in the config.") from error
        except subprocess.TimeoutExpired:
            # Not chained: the exception carries what the command had written.
            raise ConfigError(
                f"{self} took longer than {COMMAND_SECONDS} seconds.", "Run it by hand to see why."
            ) from None
        except OSError as error:
            raise ConfigError(f"{self} cannot be run: {error.strerror}.", "Run it by hand to see why.") from error
        if done.returncode:
            raise ConfigError(f"{self} failed (status {done.returncode}).", "Run it by hand to see why.")
        return done.stdout[:LONGEST].decode("utf-8", errors="surrogateescape")

    def _of_file(self) -> str:
        if self.file is None:
            raise ConfigError("No password is named.", "Set password_command or password_file.")
        try:
            if self.file.stat().st_mode & 0o077:
                raise ConfigError(f"{self} is open to others.", f"Close it with: chmod 600 {self.file}")
            with self.file.open(encoding="utf-8", errors="surrogateescape") as lines:
                return lines.read(LONGEST)
        except OSError as error:
            raise ConfigError(
                f"{self} cannot be read: {error.strerror}.", "Mend password_file in the config."
            ) from error
