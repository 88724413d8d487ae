"""Files that a job puts together, since a request must not take so long: downloads, archives.

`PreparedFile.objects.ask()` gives the file of a maker for parameters, and starts its job if it is
not there; who asks for the same gets the same file. Nobody sees it before it is complete: at its
address, `media:prepared` with uid and name, is the file or a page that says that it is prepared.
`sweep()` deletes what nobody asked for within `HERITAGE_PREPARED_DAYS`, and the least lately used
beyond `HERITAGE_PREPARED_MAX_BYTES`.
"""

import hashlib
import shutil
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heritage.models import PreparedFile
from heritage.services import jobs

State = PreparedFile.State


# Writes a file to a path, and yields how far it is. It is run again from its start after a kill.
type Maker = Callable[[jobs.Run, Path], Generator[jobs.Progress, None, Any]]

_makers: dict[str, Maker] = {}


def maker(name: str) -> Callable[[Maker], Maker]:
    """Declare the function that makes the files of `PreparedFile.objects.ask(name, ...)`."""

    def with_function(make: Maker) -> Maker:
        _makers[name] = make
        return make

    return with_function


@jobs.declare(
    "prepare",
    _("Preparing a file"),
    describe=lambda given: gettext("Preparing %(name)s") % {"name": given.get("name", "")},
    continues_itself=True,
)
def _prepare(run: jobs.Run) -> jobs.Steps:
    file = PreparedFile.objects.filter(pk=run.parameters["file"]).first()
    make = _makers.get(file.maker) if file is not None else None
    if file is None or make is None:
        raise jobs.JobRefused(_("This file is no longer asked for."))
    folder = Path(settings.PREPARED_ROOT)
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    name = f"{file.uid}-{run.token[:8]}"
    part = folder / f"{name}.part"
    try:
        yield from make(run, part)
        part.replace(folder / name)
        size = (folder / name).stat().st_size
        run.note_alive()
        with (folder / name).open("rb") as content:
            sha256 = hashlib.file_digest(content, "sha256").hexdigest()
        with run.step():
            former = file.path
            values = {"state": State.READY, "path": name, "size": size, "sha256": sha256}
            values["made_at"] = timezone.now()
            PreparedFile.objects.filter(pk=file.pk).update(**values)
        if former:
            (folder / former).unlink(missing_ok=True)
    except Exception:
        (folder / name).unlink(missing_ok=True)
        if run.is_ours():
            PreparedFile.objects.filter(pk=file.pk).update(state=State.FAILED)
        raise
    finally:
        part.unlink(missing_ok=True)
    return {"bytes": size}


def sweep() -> tuple[int, int]:
    """Delete files that are too old or too many; says how many, and of how many bytes."""
    before = timezone.now() - timedelta(days=settings.PREPARED_DAYS)
    old = PreparedFile.objects.filter(used_at__lt=before).exclude(state=State.PREPARING)
    gone = list(old)
    ready = PreparedFile.objects.filter(state=State.READY).exclude(pk__in=[f.pk for f in gone])
    size = ready.aggregate(size=Sum("size"))["size"] or 0
    for file in ready.order_by("used_at", "pk"):
        if size <= settings.PREPARED_MAX_BYTES:
            break
        gone.append(file)
        size -= file.size
    for file in gone:
        file.delete()
        if file.path:
            file.full_path.unlink(missing_ok=True)
    _sweep_strays()
    return len(gone), sum(file.size for file in gone)


def _sweep_strays() -> None:
    """Delete files without a row: parts that a killed job left, and those of another database."""
    folder = Path(settings.PREPARED_ROOT)
    named = set(PreparedFile.objects.values_list("path", flat=True))
    day_ago = timezone.now().timestamp() - 24 * 3600
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in named and path.stat().st_mtime < day_ago:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
