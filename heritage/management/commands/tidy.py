"""Delete what nobody needs any more, as the background worker does every night."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db.models import Exists, OuterRef

from heritage.exchange import importing
from heritage.services import jobs, outbox

STATIC_DAYS = 30  # a page that is still open in a browser may name files of a former version


class Command(BaseCommand):
    help = "Deletes ended sessions, unused pictures, former static files, old mail, imports, jobs."

    def handle(self, *args: object, **options: object) -> None:
        call_command("clearsessions")
        living = Session.objects.filter(session_key=OuterRef("session_key"))
        ended, _models = UserSession.objects.exclude(Exists(living)).delete()
        self.stdout.write(f"Sessions: {ended} that have ended are no longer listed.")
        former = list(_former_static_files(time.time() - STATIC_DAYS * 24 * 3600))
        for path in former:
            path.unlink(missing_ok=True)
        self.stdout.write(f"Static files: {len(former)} of former versions deleted.")
        call_command("sweep_pictures", stdout=self.stdout)
        self.stdout.write(f"Mail: {outbox.forget_old()} of long ago deleted.")
        rows, files = importing.sweep()
        self.stdout.write(f"Imports: {rows} rows and {files} files of long ago deleted.")
        self.stdout.write(f"Jobs: {jobs.forget_old()} of long ago that wrote nothing deleted.")


def _former_static_files(before: float) -> Iterator[Path]:
    """Files older than this time that `collectstatic` made, and which no page names any more.

    The manifests of other releases are among them.
    """
    folder = Path(settings.STATIC_ROOT)
    own = folder / settings.STATIC_MANIFEST
    if not own.exists():
        return
    named = {own}
    for manifest in folder.glob("staticfiles*.json"):
        if manifest == own or manifest.stat().st_mtime >= before:
            names = json.loads(manifest.read_text("utf-8"))["paths"].values()
            named |= {manifest, *(folder / name for name in names)}
    for path in folder.rglob("*"):
        plain = path.with_suffix("") if path.suffix in (".gz", ".br") else path
        is_former = path.is_file() and plain not in named
        if is_former and path.stat().st_mtime < before:
            yield path
