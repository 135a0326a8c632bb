"""Opening the practice and reading what waits: done in threads, answered by messages to the app."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from clinic_tui.drivers import only_for
from clinic_tui.errors import ClinicError, NotAllowed
from clinic_tui.log import in_words
from screens.idle import Limits

if TYPE_CHECKING:
    from clinic_tui.access import Viewer
    from clinic_tui.config import Config
    from clinic_tui.pulse import Pulse


class Opened(Message):
    """The practice is open."""

    def __init__(self, viewer: Viewer, practice: str, *, copy: bool = False) -> None:
        """`copy`: the database is a copy that was put back, and nobody went on in it yet."""
        super().__init__()
        self.viewer = viewer
        self.practice = practice
        self.copy = copy


class Closed(Message):
    """The practice could not be opened."""

    def __init__(self, error: ClinicError) -> None:
        super().__init__()
        self.error = error


class Beat(Message):
    """What waits, or that the database did not say (None); the viewer by the rights that they have now; how long the
    screen may stand without a key.

    `gone`: they are no staff member any more.
    """

    def __init__(
        self,
        pulse: Pulse | None,
        viewer: Viewer | None = None,
        limits: Limits | None = None,
        gone: ClinicError | None = None,
    ) -> None:
        super().__init__()
        self.pulse = pulse
        self.viewer = viewer
        self.limits = limits
        self.gone = gone


def open_in_thread(config: Config, login: str | None) -> Message:
    """Open the practice: `Opened`, or `Closed` and why. It loads the database: never before the first frame."""
    try:
        only_for(config.database)
        from clinic_tui import settings
        from clinic_tui.outbox import is_copy
        from clinic_tui.practice import open_practice

        viewer = open_practice(config, login)
        return Opened(viewer, settings.load(viewer).text("practice.name"), copy=is_copy())
    except Exception as error:
        return Closed(in_words(error))


def read_pulse(viewer: Viewer) -> Beat:
    """What waits, for the viewer as an owner may have changed them meanwhile."""
    from clinic_tui import pulse, settings, staff

    try:
        now = staff.again(viewer)
        known = settings.load(now)
        limits = Limits(known.number("desk.blank_minutes"), known.number("desk.leave_minutes"))
        return Beat(pulse.read(now), now, limits)
    except NotAllowed as error:
        return Beat(None, gone=error)
    except ClinicError:
        return Beat(None)
    except Exception as error:
        in_words(error)
        return Beat(None)
