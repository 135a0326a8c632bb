"""What the app says outside its screens: one toast at a time, and a sentence where it has to stop."""

from __future__ import annotations

import os
import sys
from typing import Any, Literal

from textual.app import App
from textual.content import Content
from textual.notifications import Notify

from screens import clipboard
from screens.asking import log


class TellingApp(App[int]):
    """An app that says a thing once, never as markup, and never as a traceback; and copies clean text alone."""

    copies = True  # whether the terminal's clipboard may be written to

    def copy_to_clipboard(self, text: str) -> None:
        """Copy, cleaned and capped. Where the terminal's clipboard is not to be used, what fields copy stays here."""
        self._clipboard = clipboard.safe(text)
        if self._driver is not None and self.copies:
            for sequence in clipboard.sequences(self._clipboard, os.environ):
                self._driver.write(sequence)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: Literal["information", "warning", "error"] = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """A toast; never markup."""
        super().notify(message, title=title, severity=severity, timeout=timeout, markup=False)

    def on_notify(self, _event: Notify) -> None:
        """One toast at a time: a newer one takes the place of the older."""
        self.clear_notifications()

    def panic(self, *renderables: Any) -> None:
        """What nobody foresaw ends the app with a sentence; the log has the rest."""
        log.error("the app ended: %s", type(renderables[0]).__name__ if renderables else "")
        if not self._exit_renderables:
            super().panic(Content("The app had to stop. Its log file says why; nothing that was queued is lost.").plain)
        self._close_messages_no_wait()

    def _fatal_error(self) -> None:
        log.critical("the app ended", exc_info=sys.exc_info())
        self.panic()
