"""Add free photographs from Wikimedia Commons as drafts; see `exchange.commons`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from heritage.exchange import commons
from heritage.models import Identifier, Job, Site, User
from heritage.services import jobs


class Command(BaseCommand):
    help = "Adds free photographs from Wikimedia Commons to sites, as drafts."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("titles", nargs="*", help="of files, such as “File:Longmen.jpg”")
        parser.add_argument("--site", default="", help="the slug of the site that they are of")
        parser.add_argument("--category", default="", help="all files of a category")
        parser.add_argument("--wikidata", default="", help="the pictures (P18) of an item")
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--suggested",
            action="store_true",
            help="for each site with a Wikidata item and without a picture, that of the item",
        )
        what.add_argument(
            "--check", action="store_true", help="withdraw pictures that were deleted there"
        )
        parser.add_argument("--user", default="", help="the account that adds them")

    def handle(self, *args: object, user: str, **options: Any) -> None:
        by = User.objects.filter(username=user).first()
        if user and by is None:
            raise CommandError(f"There is no account {user}.")
        if options["check"]:
            job = jobs.run_here(commons.CHECK, by)
        elif options["suggested"]:
            job = jobs.run_here(commons.FETCH, by, suggested=True)
        else:
            job = jobs.run_here(commons.FETCH, by, **_asked_for(**options))
        for line in job.lines.all():
            self.stdout.write(str(line))
        if job.state != Job.State.DONE:
            raise CommandError(
                f"{job.says} Job {job.pk}: `manage.py jobs continue {job.pk}` goes on."
            )
        found = job.result
        if options["check"]:
            self.stdout.write(
                f"{found['checked']} checked: {found['withdrawn']} withdrawn, "
                f"{found['renamed']} renamed there, {found['other_licence']} with another licence."
            )
            return
        self.stdout.write(
            f"{found['added']} photographs added as drafts; {found['questions']} questions, "
            f"{found['refused']} not taken, {found['there']} there already."
        )
        if found["added"]:
            self.stdout.write(f"`manage.py jobs undo {job.pk}` removes them all.")


def _asked_for(
    titles: list[str], site: str, category: str, wikidata: str, **options: object
) -> dict[str, Any]:
    """The parameters of the job."""
    if not (titles or category or wikidata):
        raise CommandError("Name files, a --category or an item of --wikidata.")
    if site:
        found = list(Site.objects.filter(slug=site))
    else:
        items = Identifier.objects.filter(scheme__slug="wikidata", value=wikidata)
        found = list(Site.objects.filter(pk__in=items.values("site")))
    if len(found) != 1:
        raise CommandError(f"Name the site with --site SLUG: {len(found)} were found.")
    return {"site": found[0].pk, "titles": titles, "category": category, "item": wikidata}
