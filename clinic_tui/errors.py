"""Errors that a user can meet: each says what happened, to what, and what to do."""

from __future__ import annotations

from typing import Any


class ClinicError(Exception):
    """A sentence for a person: `title` says what happened to what, `advice` what to do about it."""

    def __init__(self, title: str, advice: str = "") -> None:
        super().__init__(title)
        self.title = title
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.title} {self.advice}".strip()

    def __reduce__(self) -> tuple[Any, ...]:
        """As it is, whatever it was made from: it may come from another process."""
        return _unmade, (type(self),), vars(self)


def _unmade(kind: type[ClinicError]) -> ClinicError:
    return kind.__new__(kind)


class NotFound(ClinicError):
    """There is no such record, or the viewer may not see it: the two cannot be told apart."""


class NotAllowed(ClinicError):
    """The viewer may not do this."""


class Refused(ClinicError):
    """A rule says no; `reason` is its word in the command line's JSON (design, section 5)."""

    def __init__(self, reason: str, title: str, advice: str = "") -> None:
        super().__init__(title, advice)
        self.reason = reason


class FieldError(ClinicError):
    """What was typed in one field cannot stand; `field` names it so that a screen can say so beside it."""

    def __init__(self, field: str, title: str, advice: str = "") -> None:
        super().__init__(title, advice)
        self.field = field


class Stale(ClinicError):
    """Somebody else changed it since it was read; nothing is stored, nothing lost. `theirs`: it as they left it."""

    def __init__(self, title: str, advice: str = "", theirs: Any = None) -> None:
        super().__init__(title, advice)
        self.theirs = theirs


class ConfigError(ClinicError):
    """The config file is missing, open to others, or says something that cannot be."""


class KeyMissing(ConfigError):
    """The key that an invitation was made with is not at hand: nothing of it can be made until it is restored."""


class DatabaseLost(ClinicError):
    """The database does not answer, is locked, full, or read-only."""


class MailError(ClinicError):
    """The mail server or the mailbox does not answer, or refuses us."""


class MailAway(MailError):
    """It may answer another time: whoever works the post tries again. `once`: the words for who asks but once."""

    def __init__(self, title: str) -> None:
        super().__init__(title, "It is tried again later.")

    @property
    def once(self) -> str:
        """What happened, and what to do where nothing is tried again."""
        return f"{self.title} Check host and port in the config, or ask whoever runs it."
