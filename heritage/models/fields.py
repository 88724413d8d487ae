"""Model fields: language maps, EDTF dates, coordinates, sort keys, re-encoded pictures, names of
covers."""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

import orjson
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Expression
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import gettext_lazy as _

from heritage.media import ImageRefused, make_safe
from heritage.media.covers import scene_files
from heritage.values import date_parser, edtf
from heritage.values.language import LanguageMap, with_plain_line_ends


def new_uid() -> str:
    return uuid.uuid4().hex


class LanguageMapAttribute(DeferredAttribute):
    """Converts an assigned dict to a LanguageMap."""

    def __set__(self, instance: models.Model, value: object) -> None:
        if isinstance(value, dict) and not isinstance(value, LanguageMap):
            value = LanguageMap(value)
        instance.__dict__[self.field.attname] = value


class LanguageMapField(models.JSONField):
    """`{"en": …, "zh-hans": …}`: reads and writes `values.language.LanguageMap`."""

    descriptor_class = LanguageMapAttribute

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("default", LanguageMap)
        super().__init__(*args, **kwargs)

    def from_db_value(
        self, value: Any, expression: Expression, connection: BaseDatabaseWrapper
    ) -> Any:
        # Stored maps are clean already; anything else is left to those who can tell what it is.
        if isinstance(value, str) and value.startswith("{"):
            return LanguageMap(orjson.loads(value))
        value = super().from_db_value(value, expression, connection)
        return LanguageMap(value) if isinstance(value, dict) else value

    def to_python(self, value: Any) -> LanguageMap:
        try:
            return LanguageMap.clean(value if value is not None else {})
        except ValueError as error:
            raise ValidationError(str(error), code="invalid") from error

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if isinstance(value, dict):  # not an expression
            return LanguageMap(
                {
                    code: with_plain_line_ends(text) if isinstance(text, str) else text
                    for code, text in value.items()
                }
            )
        return value


class NamesField(models.JSONField):
    """Other names that people search by, in any language: a list of unique texts."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("verbose_name", _("other names"))
        kwargs.setdefault("help_text", _("One a line: what people call it when they search."))
        super().__init__(*args, **kwargs | {"default": list, "blank": True})

    def to_python(self, value: object) -> list[str]:
        if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
            raise ValidationError(_("Write a list of names."), code="invalid")
        return list(dict.fromkeys(filter(None, (" ".join(name.split()) for name in value))))


class PlainTextField(models.TextField):
    """Text of several lines with LF line ends and without U+0000, whatever the browser sent."""

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        return with_plain_line_ends(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> Any:
        value = self.to_python(super().get_prep_value(value))
        # PostgreSQL does not store it. Forms refuse it, but not every text comes by a form.
        return value.replace("\0", "") if isinstance(value, str) else value


class EDTFField(models.CharField):
    """A date in EDTF (ISO 8601-2), kept as text in its normal form: what `edtf.parse()` accepts."""

    def __init__(self, *args: Any, **kwargs: Any):
        kwargs.setdefault("max_length", 60)
        super().__init__(*args, **kwargs)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)
        if not value:
            return value
        try:
            date = edtf.parse(value)
            for year in (date.first_year, date.last_year):
                if year is not None:
                    edtf.check_range(year)
        except ValueError as error:
            raise ValidationError(_with_remedy(value, error), code="invalid") from error
        return date.text


def _with_remedy(text: str, error: ValueError) -> str:
    """The error; for a text that can be read as a date, instead how to write it in EDTF."""
    try:
        edtf_text = date_parser.parse_date(text)
    except edtf.EDTFError:
        return str(error)
    words = {"text": edtf.printable(text), "edtf": edtf_text}
    return _("“%(text)s” is stored as EDTF: write %(edtf)s.") % words


@lru_cache(4096)
def edtf_bounds(text: str) -> tuple[int | None, int | None]:
    """First and last year of a stored date (astronomical); None if open, unknown or invalid.

    A fixture can store invalid text: check_catalogue reports it, but a save must not fail.
    """
    try:
        date = edtf.parse(text)
    except edtf.EDTFError:
        return None, None
    return date.first_year, date.last_year


class DegreesField(models.FloatField):
    """A latitude (`limit` 90) or a longitude (180) in WGS 84; north and east are positive."""

    def __init__(self, *args: Any, limit: int = 180, **kwargs: Any):
        self.limit = limit
        super().__init__(*args, **kwargs)

    @property
    def validators(self) -> list[Callable[[Any], None]]:
        bounds = [MinValueValidator(-self.limit), MaxValueValidator(self.limit)]
        return [*super().validators, *bounds]

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, {**kwargs, "limit": self.limit}


def complete_point(name: str) -> models.CheckConstraint:
    """The constraint that a row has both a latitude and a longitude, or neither."""
    return models.CheckConstraint(
        condition=models.Q(latitude__isnull=True, longitude__isnull=True)
        | models.Q(latitude__isnull=False, longitude__isnull=False),
        name=name,
        violation_error_message=_("Give latitude and longitude together, or neither."),
        violation_error_code=name,
    )


class SortKeyField(models.CharField):
    """A key that sorts by code point, whatever the collation of the database."""

    def db_parameters(self, connection: BaseDatabaseWrapper) -> dict[str, str | None]:
        plain = {"postgresql": "C", "sqlite": "BINARY"}.get(connection.vendor)
        return {**super().db_parameters(connection), "collation": plain}


class PictureField(models.FileField):
    """An uploaded picture.

    What is served is never the upload itself: it is decoded, stripped of metadata and encoded
    again. Width, height and sha256 of the row are set from the result; a row with a field
    `original` keeps the upload there, and how the picture looks in `look` and `placeholder`.
    """

    def clean(self, value: Any, instance: models.Model | None) -> Any:
        value = super().clean(value, instance)
        if value:
            try:
                self._make_safe(value, instance)
            except ImageRefused as error:
                raise ValidationError(str(error), code="invalid_image") from error
        return value

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        value = getattr(instance, self.attname)
        if value:
            self._make_safe(value, instance)
        return super().pre_save(instance, add)

    def _make_safe(self, value: Any, instance: Any) -> None:
        # Django tells a stored file from a new one by this attribute alone.
        if value._committed or getattr(value.file, "is_safe", False):
            return
        safe = make_safe(
            value.file, max_bytes=settings.IMAGE_MAX_BYTES, max_pixels=settings.IMAGE_MAX_PIXELS
        )
        if hasattr(instance, "original"):
            digest = hashlib.sha256(safe.original).hexdigest()
            instance.original = ContentFile(safe.original, f"{digest}.{safe.original_extension}")
            instance.look, instance.placeholder = safe.look, safe.placeholder
        # Named by content: nothing of the uploader's file name is kept.
        value.file = ContentFile(safe.content, name=f"{safe.sha256[:24]}.{safe.extension}")
        value.file.is_safe = True
        value.name = value.file.name
        instance.width, instance.height, instance.sha256 = safe.width, safe.height, safe.sha256


class OriginalField(models.FileField):
    """An upload as it was sent, named by its content; the same upload is stored once."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **{"max_length": 80, **kwargs})

    @property
    def storage(self) -> Storage:
        """The storage of originals, which are never served."""
        return storages["originals"]

    @storage.setter
    def storage(self, value: object) -> None:
        """Ignores the storage of pictures that Django sets."""

    def deconstruct(self) -> tuple[str, str, Sequence[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("storage", None)
        return name, path, args, kwargs

    def pre_save(self, instance: models.Model, add: bool) -> Any:
        value = getattr(instance, self.attname)
        if value and not value._committed:
            name = self.generate_filename(instance, value.name)
            if self.storage.exists(name):
                if self.storage.size(name) == value.size:
                    value.name, value._committed = name, True
                else:  # a process was killed while it wrote the file
                    self.storage.delete(name)
        return super().pre_save(instance, add)


def quick_display(name: str, choices: type[models.TextChoices]) -> Callable[[Any], str]:
    """A `get_…_display()` in place of Django's, which translates all choices to find one."""
    labels = dict(choices.choices)

    def display(row: models.Model) -> str:
        value = getattr(row, name)
        return str(labels.get(value, value))

    return display


# --- covers: the name of a scene or a palette, or that a record has a plate --------------------

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
    if value not in scene_files.PALETTES:
        raise ValidationError(
            _("There is no palette “%(name)s”."), code="palette", params={"name": value}
        )
