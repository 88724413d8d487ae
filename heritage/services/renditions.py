"""The sizes in which pictures are served. The small ones are made at once, the others and the tiles
of published pictures (`tiles`) by the worker.

They depend only on the file of a picture, and may be deleted and made again at any time. A row
means that its file is complete; pages only refer to files with a row.
"""

import logging
from collections.abc import Collection, Iterable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from heritage.media import renditions as encoder
from heritage.models import Image, IndexChange, Job, JobLine, Rendition
from heritage.models.base import chunks
from heritage.services import jobs, tiles

logger = logging.getLogger(__name__)

KIND = "renditions"
_FOLDER = "renditions"
_SWEPT_AFTER = timedelta(days=1)


def missing() -> QuerySet[Image]:
    """Pictures without some of their sizes, and published ones without tiles."""
    made = Rendition.objects.filter(source=Substr(OuterRef("sha256"), 1, Rendition.SOURCE_LENGTH))
    lacking = Q(~Exists(made.filter(form=Rendition.Form.ALL)))
    if settings.IIIF:
        tiled = Exists(made.filter(form=Rendition.Form.TILES))
        lacking |= Q(~tiled, published=True, site__state="published", width__gt=0)
    return Image.objects.exclude(sha256="").filter(lacking).order_by("pk")


def after_write(sites: Collection[int]) -> None:
    """Make the small sizes of the pictures of these sites, and leave the others to the worker;
    called when they are stored.

    Links to the tiles of withdrawn pictures are removed.
    """
    tiles.update_links()
    rest = False
    for chunk in chunks(sorted(sites)):
        for image in missing().filter(site__in=chunk):
            try:
                make(image, most=encoder.AT_ONCE)
            except OSError:
                logger.exception("Picture %s cannot be read.", image.pk)
            rest = True
    if rest:
        _ask()


def after_publishing(sites: Collection[int]) -> None:
    """Make tiles for sites that were published, and remove links to those of withdrawn ones."""
    tiles.update_links()
    lacking = missing().filter(published=True, site__state="published")
    if any(lacking.filter(site__in=chunk).exists() for chunk in chunks(sorted(sites))):
        _ask()


def _ask() -> None:
    """Let the worker make what is missing."""
    if not Job.objects.filter(kind=KIND, state=Job.State.WAITING).exists():
        jobs.start(KIND)


def make(image: Image, most: int = encoder.WIDTHS[-1]) -> int:
    """Make the missing sizes up to the width `most`; returns how many. Raises OSError if the file
    is missing."""
    widths = encoder.widths_of(image.width, image.height, most)
    source = image.source
    there = Rendition.objects.filter(source=source)
    have = set(there.values_list("form", "width"))
    todo = [width for width in widths if (Rendition.Form.AVIF, width) not in have]
    made = 0
    if todo:
        with image.file.open("rb") as file:
            # AVIF comes last of each width: its row says that both are there.
            for each in sorted(
                encoder.encode(cast(BinaryIO, file), todo), key=lambda each: each.form == "avif"
            ):
                # One that a run before this one stored may differ: it was made of a wider one.
                if (each.form, each.width) not in have:
                    _store(source, each)
                    made += 1
    if most >= encoder.WIDTHS[-1]:
        Rendition.objects.get_or_create(
            source=source,
            form=Rendition.Form.ALL,
            width=image.width,
            defaults={"height": image.height, "bytes": 0},
        )
        if tiles.is_needed(image):
            made += tiles.make(image)
    return made


def _store(source: str, made: encoder.Encoded) -> None:
    row = Rendition(
        source=source,
        form=made.form,
        width=made.width,
        height=made.height,
        bytes=len(made.content),
    )
    # A file without a row was perhaps written in part.
    default_storage.delete(row.path)
    default_storage.save(row.path, ContentFile(made.content))
    Rendition.objects.bulk_create([row], ignore_conflicts=True)


def make_missing() -> Iterator[tuple[Image, str]]:
    """Make all that is missing; yields each picture, and why it cannot be read, if so.

    Pages that show it are built again, with the new sizes.
    """
    tiles.update_links()
    last = 0
    while image := missing().filter(pk__gt=last).select_related("site").first():
        last, why = image.pk, ""
        try:
            make(image)
        except OSError as error:
            why = error.strerror or str(error)
        else:
            with IndexChange.objects.locked():
                IndexChange.objects.enter([image.site_id])
        yield image, why


def forget_lost() -> int:
    """Delete rows whose files are gone, so that they are made again; returns how many."""
    lost = []
    for row in Rendition.objects.exclude(form=Rendition.Form.ALL).iterator():
        is_pyramid = row.form == Rendition.Form.TILES
        if not (tiles.is_complete(row) if is_pyramid else default_storage.exists(row.path)):
            lost.append(row.pk)
    sources = Rendition.objects.filter(pk__in=lost).values_list("source", flat=True)
    Rendition.objects.filter(source__in=set(sources), form=Rendition.Form.ALL).delete()
    return Rendition.objects.filter(pk__in=lost).delete()[0]


def _is_needed() -> bool:
    tiles.update_links()  # which a process that was killed may have left as they were
    return missing().exists()


@jobs.declare(
    KIND,
    _("Making the sizes of pictures"),
    permission="heritage.change_image",
    every=timedelta(hours=1),
    is_needed=_is_needed,
)
def _job(run: jobs.Run) -> jobs.Steps:
    total, done, unread = missing().count(), 0, 0
    for image, why in make_missing():
        done += 1
        if why:
            unread += 1
            text = _("The file of this picture cannot be read: {why}")
            run.log(format_lazy(text, why=why), JobLine.Level.WARNING, (Image, image.pk))
        yield jobs.Progress(done, max(done, total), format_lazy(_("{count} pictures"), count=done))
    return {"pictures": done, "unread": unread}


def sweep(pending: Collection[str], dry_run: bool = False) -> Iterable[int]:
    """Delete renditions of pictures that can no longer be restored, and files without a row; yields
    their sizes in bytes.

    `pending` are the sources of pictures that rows have, or had until recently.
    """
    named = set()
    for row in Rendition.objects.iterator():
        if row.source in pending:
            named.add(row.path)
        else:
            yield row.bytes
            if not dry_run:
                row.delete()
                if row.form == Rendition.Form.TILES:
                    tiles.delete_folder(row.path)
                elif row.form != Rendition.Form.ALL:
                    default_storage.delete(row.path)
    before = timezone.now() - _SWEPT_AFTER
    folders: list[str] = []
    with suppress(FileNotFoundError):  # there are none yet; a bucket knows no folders
        folders = default_storage.listdir(_FOLDER)[0]
    for folder in folders:
        for name in default_storage.listdir(f"{_FOLDER}/{folder}")[1]:
            path = str(PurePosixPath(_FOLDER, folder, name))
            if path not in named and default_storage.get_modified_time(path) < before:
                yield default_storage.size(path)
                if not dry_run:
                    default_storage.delete(path)
    if not dry_run:
        tiles.sweep_unfinished(pending)
