"""Argilla's background jobs, run when there are some.

Argilla queues work in Redis: the records' status when a dataset's `min_submitted` changes, and
webhooks. Its own workers keep two processes in memory for that; here a thread of the server looks
whether something waits and runs one worker until the queues are empty:
`python -m argilla_sqlite.jobs`.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time

from argilla_server.jobs.queues import DEFAULT_QUEUE, HIGH_QUEUE, REDIS_CONNECTION

QUEUES = (HIGH_QUEUE, DEFAULT_QUEUE)
PAUSE = 1.0  # seconds between looks


def waiting() -> int:
    """Count the jobs that wait, those included whose time to be tried again has come."""
    return sum(q.count + len(q.scheduled_job_registry.get_jobs_to_enqueue()) for q in QUEUES)


def _watch() -> None:
    while True:
        time.sleep(PAUSE)
        if waiting():
            _run()


def _run() -> None:
    """Run one worker; the pages that Argilla copies whenever it is imported go with it."""
    with tempfile.TemporaryDirectory() as folder:
        seen = {**os.environ, "TMPDIR": folder}
        subprocess.run([sys.executable, "-m", __spec__.name], check=False, env=seen)


def watch() -> None:
    """Look after the queues in a thread that ends with the process."""
    threading.Thread(target=_watch, name="jobs", daemon=True).start()


def main() -> None:
    """Run what waits, in this process, then end."""
    from rq import SimpleWorker

    from . import engine  # noqa: F401  registers itself

    SimpleWorker(QUEUES, connection=REDIS_CONNECTION).work(burst=True, with_scheduler=True)


if __name__ == "__main__":
    main()
