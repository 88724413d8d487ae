"""The scheduled jobs of the background worker, which call functions of all packages.

Kinds of jobs that users start are declared beside their functions. The app imports this module when
all models are loaded, and thereby all kinds of jobs.
"""

import io
import time as clock
from collections.abc import Generator
from datetime import time, timedelta
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from heritage.exchange import commons, importing, pictures  # noqa: F401 (declare jobs)
from heritage.formats.downloads import Download, TooMany, editions
from heritage.management import verifying
from heritage.models import PendingRefresh, PreparedFile
from heritage.services import finish_pending, jobs, prepared, review
from heritage.web.media import previews

MINUTE = timedelta(minutes=1)


@jobs.declare("publish_due", _("Scheduled publishing"), every=MINUTE, is_quick=True)
def _publish_due(run: jobs.Run) -> jobs.Steps:
    published, refused = review.publish_due()
    says = _("{published} published, {refused} could not be published.")
    yield jobs.Progress(
        published + refused,
        published + refused,
        format_lazy(says, published=published, refused=refused),
    )
    return {"published": published, "refused": refused}


@jobs.declare(
    "refresh",
    _("Refreshing sites after a change of a term"),
    every=MINUTE,
    is_needed=PendingRefresh.objects.exists,
)
def _refresh(run: jobs.Run) -> jobs.Steps:
    left = PendingRefresh.objects.sites_left()

    def pause(seconds: float) -> None:
        run.note_alive()
        clock.sleep(max(0.2, seconds))  # editors write in between

    yield jobs.Progress(0, left)
    finish_pending(pause)
    yield jobs.Progress(left, left)
    return None


@jobs.declare("tidy", _("Tidying up"), daily_at=time(3, 30))
def _tidy(run: jobs.Run) -> jobs.Steps:
    yield jobs.Progress(0)
    output = io.StringIO()
    call_command("tidy", stdout=output)
    for line in output.getvalue().splitlines():
        run.log(line)
    yield jobs.Progress(1, 1)
    return None


@jobs.declare("previews", _("Drawing link previews"), daily_at=time(4))
def _draw_previews(run: jobs.Run) -> jobs.Steps:
    yield from previews.draw_missing()
    return None


@jobs.declare("downloads", _("Preparing the files of all sites"), daily_at=time(2, 30))
def _prepare_downloads(run: jobs.Run) -> jobs.Steps:
    """Ask for all files: each is a job of its own, which runs after those of editors."""
    asked = editions.all_files()
    for done, download in enumerate(asked, 1):
        editions.ask(download)
        yield jobs.Progress(done, len(asked))
    return {"files": len(asked)}


@prepared.maker(editions.MAKER)
def _make_download(run: jobs.Run, path: Path) -> Generator[jobs.Progress, None, Any]:
    file = PreparedFile.objects.get(pk=run.parameters["file"])
    try:
        yield from Download(**file.parameters).write(path)
    except TooMany as error:
        text = _("A file in this format has at most {most} rows.")
        raise jobs.JobRefused(format_lazy(text, most=f"{error.most:,}")) from error


@jobs.declare(
    "sweep_prepared", _("Deleting old prepared files"), every=timedelta(hours=1), is_quick=True
)
def _sweep_prepared(run: jobs.Run) -> jobs.Steps:
    editions.forget_earlier()
    files, size = prepared.sweep()
    yield jobs.Progress(files, files)
    return {"files": files, "bytes": size}


@jobs.declare(
    verifying.COMMAND,
    _("Verification of all counts"),
    permission="heritage.change_user",
    daily_at=time(5),
)
def _verify(run: jobs.Run) -> jobs.Steps:
    return verifying.verify_in_steps(run)
