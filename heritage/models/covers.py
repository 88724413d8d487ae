"""The cover fields of a record: the name of a scene or a palette, or that it has a plate."""

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from heritage.media.covers import palettes, scene_files

COVER_LENGTH = 60
# Instead of a scene: the name of the site, with a globe in colour, or in stone.
PLATE, SOLEMN = "plate", "solemn"


def validate_scene(value: str) -> None:
    if value not in scene_files.names():
        raise ValidationError(
            _("There is no scene “%(name)s”."), code="scene", params={"name": value}
        )


def validate_cover(value: str) -> None:
    if value not in (PLATE, SOLEMN):
        validate_scene(value)


def validate_palette(value: str) -> None:
    if value not in palettes.PALETTES:
        raise ValidationError(
            _("There is no palette “%(name)s”."), code="palette", params={"name": value}
        )
