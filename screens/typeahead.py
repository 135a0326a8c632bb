"""Type-ahead: a key is handled only when the one before it has done its work.

Without it a fast typist, a slow line that delivers keys in a burst, or a script loses keys to the wrong place: Tab
moves the focus a moment after the next letters were given to the old field, and letters meant for a dialog are
commands of the screen under it. Keys wait here, in order, until what the last one started stands on the screen.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual.events import Key, Paste
from textual.message_pump import MessagePump

from screens.base import Room

if TYPE_CHECKING:
    from screens.app import ClinicApp

PATIENCE = 5.0  # seconds that a screen may hold keys back for, before they are let through all the same
_BARRIER = 0.5  # seconds for the messages of one widget
_LOOK = 0.005


class TypeAhead:
    """The keys that wait, and whether one is being handled."""

    def __init__(self, app: ClinicApp) -> None:
        self._app = app
        self._keys: deque[Key | Paste] = deque()
        self._handling: asyncio.Task[None] | None = None
        self._passed: set[int] = set()

    @property
    def waiting(self) -> bool:
        """Whether keys wait, or the last one has not done its work yet."""
        return self._handling is not None

    def admits(self, event: Key | Paste) -> bool:
        """Whether the key may be handled now; else it is kept, and comes again in its turn."""
        if id(event) in self._passed:
            self._passed.discard(id(event))
            return True
        if self._handling is not None:
            self._keys.append(event)
            return False
        self._handling = asyncio.create_task(self._hand_on())
        return True

    async def _hand_on(self) -> None:
        """Wait for the key at hand, then pass the next one, until none is left."""
        try:
            await self._done()
            while self._keys:
                event = self._keys.popleft()
                self._passed.add(id(event))
                self._app.post_message(event)
                await self._done()
        finally:
            self._handling = None

    async def _done(self) -> None:
        """Wait until what a key started has arrived: its messages handled, and no screen holds keys back."""
        for _ in range(2):
            for pump in self._path():
                await _barrier(pump)
        end = asyncio.get_running_loop().time() + PATIENCE
        while self._held() and asyncio.get_running_loop().time() < end:
            await asyncio.sleep(_LOOK)
            for pump in self._path():
                await _barrier(pump)

    def _held(self) -> bool:
        stack = self._app.screen_stack
        return not self._app.keys_read or (bool(stack) and isinstance(stack[-1], Room) and stack[-1].holds_keys)

    def _path(self) -> Iterator[MessagePump]:
        """Where a key travels: the app, what has the focus and what that is in, and the app again for its bindings."""
        yield self._app
        if self._app.screen_stack:
            for node in (self._app.focused or self._app.screen).ancestors_with_self:
                if node is not self._app:
                    yield node
        yield self._app


async def _barrier(pump: MessagePump) -> None:
    """Wait until `pump` has handled what it has been sent so far."""
    reached = asyncio.Event()
    if pump.call_later(reached.set):
        try:
            async with asyncio.timeout(_BARRIER):
                await reached.wait()
        except TimeoutError:
            return
