"""Asynchronous work from a program that is not: run to its end, or until Ctrl-C."""

import asyncio
import signal
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run some work to its end. Ctrl-C closes its connections, then does what it did before.

    A handler that raises inside the loop could be swallowed by whatever runs there just then.
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        return asyncio.run(work)
    pressed = False

    async def watched() -> T:
        task = asyncio.current_task()

        def cancel() -> None:
            nonlocal pressed
            pressed = True
            if task:
                task.cancel()

        asyncio.get_running_loop().add_signal_handler(signal.SIGINT, cancel)
        return await work

    try:
        return asyncio.run(watched())
    finally:
        signal.signal(signal.SIGINT, before)
        if pressed:
            signal.raise_signal(signal.SIGINT)
