"""Run asynchronous work from synchronous code: to its end, or until Ctrl-C."""

import asyncio
import signal
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine to its end; on Ctrl-C cancel it, then call the handler that was installed.

    The handler is not called inside the event loop: an error that it raises there could be
    swallowed by whatever runs just then.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        return asyncio.run(work)
    interrupted = False

    async def watched() -> T:
        task = asyncio.current_task()

        def cancel() -> None:
            nonlocal interrupted
            interrupted = True
            if task:
                task.cancel()

        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, cancel)
        return await work

    try:
        return asyncio.run(watched())
    finally:
        signal.signal(signal.SIGINT, before)
        if interrupted:
            signal.raise_signal(signal.SIGINT)
