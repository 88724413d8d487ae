"""See to the jobs of the background worker."""

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.models import CommandRun, Job, WrongJobState
from heritage.services import jobs

SHOWN = 20  # lines of a log
LONGEST = 200  # characters of a part of a result


class Command(BaseCommand):
    help = "Lists the jobs of the background worker; continues, stops or undoes one."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action")
        listed = actions.add_parser("list", help="the latest jobs, those that are open first")
        listed.add_argument("--limit", type=int, default=20)
        for name, text in (
            ("show", "one job with its log"),
            ("continue", "let it go on where it stopped"),
            ("stop", "let it stop after the step that it is at"),
            ("undo", "undo what it wrote, but for what was edited since"),
        ):
            parser = actions.add_parser(name, help=text)
            parser.add_argument("job", type=int, help="its number")
            if name in ("continue", "undo"):
                parser.add_argument(
                    "--here", action="store_true", help="in this process, without the worker"
                )

    def handle(
        self,
        *args: object,
        action: str | None,
        job: int = 0,
        limit: int = 20,
        here: bool = False,
        **options: object,
    ) -> None:
        if action in (None, "list"):
            self._list(limit)
            return
        found = Job.objects.filter(pk=job).first()
        if found is None:
            raise CommandError(f"There is no job {job}.")
        try:
            if action == "continue":
                found.continue_()
            elif action == "stop":
                found.stop()
            elif action == "undo":
                found.undo()
        except WrongJobState as error:
            raise CommandError(f"Job {job} is {error}: this cannot be done with it.") from error
        if here:
            found = jobs.continue_here(found)
        self._show(found)

    def _list(self, limit: int) -> None:
        seen = CommandRun.objects.worker_seen()
        runs = "runs" if CommandRun.objects.has_worker() else f"does not run, last seen: {seen}"
        self.stdout.write(f"The background worker {runs}.")
        is_open = (Job.State.WAITING, Job.State.RUNNING)
        latest = list(Job.objects.select_related("user").order_by("-pk")[:limit])
        earlier = Job.objects.filter(state__in=is_open).exclude(pk__in=[each.pk for each in latest])
        for each in [*earlier.select_related("user"), *latest]:
            self.stdout.write(self._line(each))

    def _line(self, job: Job) -> str:
        far = f"{job.done}/{'?' if job.total is None else job.total}"
        back = ", being undone" if job.is_undo and job.state != Job.State.UNDONE else ""
        who = job.user.username if job.user else "-"
        what = jobs.kind_of(job).title(job)
        return f"{job.pk:>6}  {job.shown_state}{back}  {far}  {who}  {what}  {job.says}".rstrip()

    def _show(self, job: Job) -> None:
        self.stdout.write(self._line(job))
        for name, value in job.result.items():
            self.stdout.write(f"        {name}: {str(value)[:LONGEST]}")
        for line in reversed(job.lines.order_by("-pk")[:SHOWN]):
            self.stdout.write(f"        {line.level}: {line}")
        if (more := job.lines.count() - SHOWN) > 0:
            self.stdout.write(f"        and {more} earlier lines")
