"""A background worker that a test kills: `python -m tests.worker_process <database>`.

For each line on the standard input it forks a worker, whose process id it prints, and prints
"ended" once that has ended: so that each begins at once, without importing all anew.
"""

import os
import sys

BATCH = 3  # sites of a step


def mark_sites(run):
    """A job of a test: an event and a name for each site, three sites in a transaction."""
    from heritage.models import Event, Name, Site
    from heritage.services.jobs import Progress

    ids = list(Site.objects.order_by("pk").values_list("pk", flat=True))
    done = [pk for pk in ids if pk <= run.cursor.get("last", 0)]
    rest = ids[len(done) :]
    while rest:
        batch, rest = rest[:BATCH], rest[BATCH:]
        with run.batch("import", "marked"):
            Event.objects.bulk_create(Event(site_id=pk, kind="built", date="1400") for pk in batch)
            for pk in batch:
                Name.objects.create(site_id=pk, text="Marked", language="en", kind="alternative")
            run.cursor["last"] = batch[-1]
        yield Progress(len(ids) - len(rest), len(ids), "Marking")
    return {"marked": len(ids)}


def kind(**more):
    from heritage.services import jobs

    return jobs.JobKind("mark", "Marking", mark_sites, **more)


def main(database: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from heritage.exchange import importing, wikimedia
    from heritage.services import jobs

    importing.applying.AT_ONCE = importing.applying.BATCH = BATCH
    connection.settings_dict["NAME"] = database
    settings.COMMONS_API = os.environ.get("HERITAGE_TEST_COMMONS", "")
    settings.CONTACT, wikimedia.PAUSE = "mailto:heritage@example.org", 0
    jobs.declare("mark", "Marking")(mark_sites)
    jobs.HEARTBEAT = 0.05
    for _order in sys.stdin:
        child = os.fork()
        if child == 0:
            call_command("db_worker", interval=0.01)
            os._exit(0)
        print(child, flush=True)  # noqa: T201
        os.waitpid(child, 0)
        print("ended", flush=True)  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1])
