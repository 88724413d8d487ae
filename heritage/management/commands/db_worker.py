"""Run the background worker: long jobs one after the other, and beside them mail and schedules.

See deploy/heritage-tasks.service. It ends after the step that it is at when it is told to.
"""

import gc
import logging
import os
import signal
import threading
from types import FrameType

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError, InterfaceError, OperationalError, connection
from django_tasks_db.management.commands import db_worker

from heritage.models import CommandRun, new_uid
from heritage.server.timeouts import is_lock_timeout
from heritage.services import jobs, outbox

logger = logging.getLogger(__name__)

SECONDS = 2  # between two looks at what is due
END_SECONDS = 15  # for which it may be at its last step once the server beside it has ended


class _Worker(db_worker.Worker):
    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        jobs.end_soon()
        super().shutdown(signum, frame)


class Command(BaseCommand):
    help = "Runs the background worker: jobs, mail, and what is done by schedule."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--batch", action="store_true", help="do what waits and is due now, then end"
        )
        parser.add_argument(
            "--interval", type=float, default=1, help="seconds between two looks at the queue"
        )
        parser.add_argument(
            "--beside", type=int, default=0, help="end when the parent process of this id does"
        )

    def handle(
        self, *args: object, batch: bool, interval: float, beside: int, **options: object
    ) -> None:
        gc.freeze()  # what the program itself consists of is not looked through again and again
        worker = _Worker(
            queue_names=["*"],
            interval=interval,
            batch=batch,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=new_uid(),
            excluded_queue_names=[],
        )
        CommandRun.objects.enter(CommandRun.WORKER)
        if batch:
            jobs.attend()
            outbox.send_due()
            with jobs.heartbeat(is_worker=True):
                worker.run()
            return
        worker.configure_signals()
        ended = threading.Event()
        errands = threading.Thread(
            target=_attend, args=(ended, beside), name="errands", daemon=True
        )
        errands.start()
        try:
            with jobs.heartbeat(is_worker=True):
                _run(worker)
        finally:
            ended.set()
            errands.join(timeout=10)


def _run(worker: db_worker.Worker) -> None:
    while True:
        try:
            worker.run()
            return
        except OperationalError as error:
            # Another writer had the database for longer than the queue waits.
            if not is_lock_timeout(error):
                raise
            connection.close()


def _attend(ended: threading.Event, parent: int) -> None:
    """What must not wait for a long job: mail, schedules, jobs whose process was killed."""
    while not ended.is_set():
        if parent and os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)
            if not ended.wait(END_SECONDS):
                os._exit(os.EX_SOFTWARE)
            break
        try:
            jobs.attend()
            outbox.send_due()
        except (DatabaseError, InterfaceError):
            logger.exception("What is done beside the jobs is tried again.")
            connection.close()
        ended.wait(SECONDS)
    connection.close()
