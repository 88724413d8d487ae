"""Add the pictures of a folder to their sites, as drafts; see `exchange.pictures`."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.exchange import pictures
from heritage.models import Licence, User
from heritage.services import jobs


class Command(BaseCommand):
    help = "Adds the pictures of a folder to the sites that their names mean, as drafts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", help="with the pictures, also in folders within")
        parser.add_argument(
            "table", nargs="?", default="", help="a CSV: file, site, author, licence, alt_en …"
        )
        parser.add_argument("--author", default="", help="of all pictures")
        parser.add_argument("--licence", default="", help="of all pictures: the code of a licence")
        parser.add_argument("--user", default="", help="the account that adds them")

    def handle(
        self,
        *args: object,
        folder: str,
        table: str,
        author: str,
        licence: str,
        user: str,
        **options: object,
    ) -> None:
        if licence and not Licence.objects.filter(code=licence).exists():
            known = ", ".join(Licence.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"There is no licence {licence}; there are {known}.")
        by = User.objects.filter(username=user).first()
        if user and by is None:
            raise CommandError(f"There is no account {user}.")
        job = jobs.run_here(
            pictures.KIND,
            by,
            folder=str(Path(folder).resolve()),
            table=str(Path(table).resolve()) if table else "",
            author=author,
            licence=licence,
        )
        for line in pictures.questions_of(job):
            self.stdout.write(line)
        if job.state != jobs.Job.State.DONE:
            raise CommandError(
                f"{job.says} Job {job.pk}: `manage.py jobs continue {job.pk}` goes on, "
                f"`manage.py jobs undo {job.pk}` undoes what it added."
            )
        found = job.result
        self.stdout.write(
            f"{found['added']} pictures added as drafts; {found['questions']} questions, "
            f"{found['refused']} refused, {found['same']} there already, "
            f"{found['not_listed']} not in the table."
        )
        if found["added"]:
            self.stdout.write(f"`manage.py jobs undo {job.pk}` removes them all.")
