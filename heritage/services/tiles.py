"""The tiles of published photographs, which a web server hands out without asking the catalogue.

They are stored under the digest of the picture's content, and are not deleted as long as the
picture can be restored. The served folder has a link to them, under the public name of the picture,
only while the picture is published. So tiles of a withdrawn picture are not served, and available
at once when it is published again.
"""

import os
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Substr

from heritage.media import tiles as encoder
from heritage.models import Image, Rendition

_TILES = Rendition.Form.TILES
_FOLDER = "tiles"
_LINKS = "iiif/3"  # as in the address


def is_needed(image: Image) -> bool:
    """Whether the picture is published and has no tiles yet."""
    has_tiles = Rendition.objects.filter(source=image.source, form=_TILES).exists()
    return settings.IIIF and image.width > 0 and not has_tiles and _is_public(image)


def make(image: Image) -> int:
    """Make all tiles of a picture; returns how many. Raises OSError if the file of the picture is
    missing.

    The row, which marks the pyramid as complete, is written last, so that an interrupted one is
    made again.
    """
    row = Rendition(source=image.source, form=_TILES, width=image.width, height=image.height)
    count = row.bytes = 0
    with image.file.open("rb") as file:
        for name, content in encoder.pyramid(cast(BinaryIO, file)):
            path = f"{row.path}/{name}"
            default_storage.delete(path)
            default_storage.save(path, ContentFile(content))
            count += 1
            row.bytes += len(content)
    Rendition.objects.bulk_create([row], ignore_conflicts=True)
    if folder := _links():
        for each in Image.objects.published().filter(sha256=image.sha256):
            _link(folder / each.tiles_id, each)
    return count


def is_complete(row: Rendition) -> bool:
    """Whether all files of a pyramid are there."""
    names = encoder.tile_names(encoder.PixelSize(row.width, row.height))
    return all(default_storage.exists(f"{row.path}/{name}") for name in names)


# --- what is served --------------------------------------------------------------------------


def update_links() -> None:
    """Link the tiles of all pictures that are published, and of no others.

    None are linked if IIIF is switched off. In a bucket there are no links: workers serve the
    tiles.
    """
    folder = _links()
    if folder is None:
        return
    wanted = {image.tiles_id: image for image in _tiled()} if settings.IIIF else {}
    there = {each.name for each in folder.iterdir()} if folder.is_dir() else set()
    for name in there - wanted.keys():
        (folder / name).unlink(missing_ok=True)
    for name in wanted.keys() - there:
        _link(folder / name, wanted[name])


def _link(link: Path, image: Image) -> None:
    target = Path(default_storage.path(Rendition(source=image.source, form=_TILES).path))
    link.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        link.symlink_to(os.path.relpath(target, link.parent))
    # Whoever has withdrawn it meanwhile did not find the link.
    if not _is_public(image):
        link.unlink(missing_ok=True)


def _is_public(image: Image) -> bool:
    return Image.objects.published().filter(pk=image.pk).exists()


def _tiled() -> QuerySet[Image]:
    source = Substr(OuterRef("sha256"), 1, Rendition.SOURCE_LENGTH)
    complete = Rendition.objects.filter(source=source, form=_TILES)
    return Image.objects.published().filter(Exists(complete)).only("uid", "sha256").order_by()


def _links() -> Path | None:
    try:
        return Path(default_storage.path(_LINKS))
    except NotImplementedError:  # a bucket
        return None


# --- what goes -------------------------------------------------------------------------------


def delete_folder(path: str) -> None:
    """Delete a folder with all that it holds, in whatever storage."""
    with suppress(FileNotFoundError):
        folders, files = default_storage.listdir(path)
        for name in folders:
            delete_folder(f"{path}/{name}")
        for name in files:
            default_storage.delete(f"{path}/{name}")
        default_storage.delete(path)


def sweep_unfinished(pending: Collection[str]) -> None:
    """Delete folders of tiles without a row, except those of pictures in `pending`."""
    rows = set(Rendition.objects.filter(form=_TILES).values_list("source", flat=True))
    with suppress(FileNotFoundError):
        for folder in default_storage.listdir(_FOLDER)[0]:
            for source in default_storage.listdir(f"{_FOLDER}/{folder}")[0]:
                if source not in rows and source not in pending:
                    delete_folder(f"{_FOLDER}/{folder}/{source}")
