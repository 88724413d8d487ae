"""Files that a job puts together, since a request must not take so long: downloads, archives.

A maker is declared with `register(Maker(...))`. `ask()` gives the file of a maker for parameters,
and starts its job if it is not there; who asks for the same gets the same file. At its address,
`media:prepared` with uid and name, is the file or a page that says that it is being prepared.
`sweep()` deletes what nobody asked for within `HERITAGE_PREPARED_DAYS`, and the least lately used
beyond `HERITAGE_PREPARED_MAX_BYTES`.
"""

import hashlib
import json
import shutil
from collections.abc import Callable, Generator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from heritage.models import Job, PreparedFile, User
from heritage.models.base import new_uid
from heritage.services import jobs
from heritage.values.language import LazyText

State = PreparedFile.State


@dataclass(frozen=True)
class Maker:
    """What puts a file together: `make` writes it to a path, and yields how far it is.

    It is run again from its start after a kill; nobody sees the file before it is complete.
    """

    name: str
    label: str | LazyText
    make: Callable[[jobs.Run, Path], Generator[jobs.Progress, None, Any]]
    file_name: Callable[[dict[str, Any]], str]  # under which it is saved, from its parameters
    content_type: str = "application/octet-stream"


_makers: dict[str, Maker] = {}


def register(maker: Maker) -> None:
    _makers[maker.name] = maker


def ask(name: str, user: User | None = None, **parameters: Any) -> PreparedFile:
    """The file, ready or being prepared; with a user it is for this user alone.

    A file that failed or whose job was lost is begun anew.
    """
    maker = _makers[name]
    asked = json.dumps([name, parameters, user and user.pk], cls=DjangoJSONEncoder, sort_keys=True)
    with transaction.atomic():
        file, _is_new = PreparedFile.objects.select_for_update().get_or_create(
            key=hashlib.sha256(asked.encode()).hexdigest(),
            defaults={
                "uid": new_uid(),
                "maker": name,
                "parameters": parameters,
                "user": user,
                "name": maker.file_name(parameters),
                "content_type": maker.content_type,
            },
        )
        file.used_at = timezone.now()
        if not _is_there(file) and not _is_being_made(file):
            file.state, file.asked_at = State.PREPARING, timezone.now()
            file.job = jobs.start("prepare", user, file=file.pk, name=file.name)
        file.save()
    return file


def path_of(file: PreparedFile) -> Path:
    return Path(settings.PREPARED_ROOT) / file.path


def _is_there(file: PreparedFile) -> bool:
    return file.state == State.READY and path_of(file).is_file()


def _is_being_made(file: PreparedFile) -> bool:
    running = (Job.State.WAITING, Job.State.RUNNING)
    return (
        file.state == State.PREPARING and file.job is not None and file.job.shown_state in running
    )


def _prepare(run: jobs.Run) -> jobs.Steps:
    file = PreparedFile.objects.filter(pk=run.parameters["file"]).first()
    maker = _makers.get(file.maker) if file is not None else None
    if file is None or maker is None:
        raise jobs.JobRefused(_("This file is no longer asked for."))
    folder = Path(settings.PREPARED_ROOT)
    folder.mkdir(mode=0o750, parents=True, exist_ok=True)
    name = f"{file.uid}-{run.token[:8]}"
    part = folder / f"{name}.part"
    try:
        yield from maker.make(run, part)
        part.replace(folder / name)
        size = (folder / name).stat().st_size
        with run.step():
            former = file.path
            values = {"state": State.READY, "path": name, "size": size, "made_at": timezone.now()}
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


jobs.register(
    jobs.JobKind(
        "prepare",
        _("Preparing a file"),
        _prepare,
        describe=lambda given: gettext("Preparing %(name)s") % {"name": given.get("name", "")},
        continues_itself=True,
    )
)


def sweep() -> tuple[int, int]:
    """Delete files that are too old or too many; says how many, and of how many bytes."""
    before = timezone.now() - timedelta(days=settings.PREPARED_DAYS)
    old = PreparedFile.objects.filter(used_at__lt=before).exclude(state=State.PREPARING)
    gone = list(old)
    kept = PreparedFile.objects.filter(state=State.READY).exclude(pk__in=[f.pk for f in gone])
    size = kept.aggregate(size=Sum("size"))["size"] or 0
    for file in kept.order_by("used_at", "pk"):
        if size <= settings.PREPARED_MAX_BYTES:
            break
        gone.append(file)
        size -= file.size
    for file in gone:
        file.delete()
        if file.path:
            path_of(file).unlink(missing_ok=True)
    _sweep_strays()
    return len(gone), sum(file.size for file in gone)


def _sweep_strays() -> None:
    """Files of no row: parts that a killed job left, and those of another database."""
    folder = Path(settings.PREPARED_ROOT)
    named = set(PreparedFile.objects.values_list("path", flat=True))
    day_ago = timezone.now().timestamp() - 24 * 3600
    for path in folder.iterdir() if folder.is_dir() else ():
        if path.name not in named and path.stat().st_mtime < day_ago:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
