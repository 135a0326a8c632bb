"""An event loop in a thread of its own, for servers that a blocking test talks to."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

START_SECONDS = 60.0


class LoopThread:
    """Runs coroutines in another thread; stopping it leaves no task, no executor and no thread behind."""

    def __init__(self, name: str) -> None:
        self._ready = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        # A daemon, so that a test run that dies half-way does not wait for its servers.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(START_SECONDS):
            raise RuntimeError(f"the event loop of {self._thread.name} did not start")

    def run(self, work: Coroutine[Any, Any, T], seconds: float = START_SECONDS) -> T:
        """Runs `work` in the loop and hands back what it returned."""
        if self._loop is None or self._loop.is_closed():
            work.close()
            raise RuntimeError(f"{self._thread.name} is not running")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)

    def stop(self) -> None:
        if self._loop is not None and self._stopping is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(START_SECONDS)
        if self._thread.is_alive():
            raise RuntimeError(f"{self._thread.name} did not stop")

    def _run(self) -> None:
        # asyncio.run cancels what is still running, and closes generators, executor and loop.
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stopping = asyncio.Event()
        self._ready.set()
        await self._stopping.wait()
