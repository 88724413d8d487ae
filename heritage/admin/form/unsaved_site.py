"""Gives a site and its rows the values typed into the form, instead of the stored ones.

Nothing is written. The form sends the columns of the site, the chosen terms, and the open rows; all
other rows are as stored. A new picture has no file yet and is left out.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db.models import BooleanField, Field, Model
from django.http import QueryDict
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from heritage.models import Coverage, Designation, EDTFField, Event, Image, LanguageMapField, Site
from heritage.search import page_rows
from heritage.services import read_date
from heritage.values.coordinates import read_point
from heritage.values.date_parser import parse_date
from heritage.values.edtf import EDTFError

# Columns that the page does not show, and those that the box of the point says.
_LEFT_OUT = (
    *("id", "slug", "state", "featured", "prominence"),
    *("latitude", "longitude", "boundary"),
)
_DIGITS = re.compile(r"[0-9]{1,18}", re.ASCII)

# What a form holds by the names of its fields.
type Typed = Mapping[str, str]


def apply_columns(site: Site, data: Mapping[str, str]) -> list[str]:
    """Set the columns of a site from its form; returns the labels of invalid fields."""
    unread = []
    for column in Site._meta.concrete_fields:
        if column.editable and column.name not in _LEFT_OUT:
            try:
                apply_value(site, column, data)
            except ValidationError:
                unread.append(capfirst(str(column.verbose_name)))
    text = data.get("coordinates", "").strip()
    if text != data.get("coordinates_initial", "").strip():
        try:
            is_shifted = bool(data.get("coordinates_gcj02"))
            point = read_point(text, is_shifted) if text else (None, None)
            site.latitude, site.longitude = point
        except ValueError:
            unread.append(capfirst(_("point")))
    site.derive()
    return unread


def apply_value(row: Model, column: Field, typed: Typed) -> None:
    """Set a column from what is typed, if its field was sent. Raises ValidationError."""
    if isinstance(column, LanguageMapField):
        start = f"{column.name}__"
        texts = {name.removeprefix(start): typed[name] for name in typed if name.startswith(start)}
        if texts:
            setattr(row, column.name, column.to_python(texts))
    elif isinstance(column, BooleanField):
        setattr(row, column.name, column.name in typed)  # a box that is not ticked is not sent
    elif column.is_relation and _is_chosen(row, column, typed.get(column.name)):
        pass  # as it is: no query asks whether that row is there
    elif column.name in typed:
        text = typed[column.name] or (None if column.null else "")
        if text and isinstance(column, EDTFField):
            try:
                text = parse_date(text)
            except EDTFError as error:
                raise ValidationError(str(error)) from error
        setattr(row, column.attname, column.clean(text, row))


def _is_chosen(row: Model, column: Field, text: str | None) -> bool:
    key = getattr(row, column.attname)
    return key is not None and text == str(key)


def apply_rows(site: Site, data: QueryDict, found: dict[str, list[Any]]) -> Iterator[str]:
    """Change the rows found of a site; yields the labels of invalid fields."""
    for name in found:
        if name in page_rows.LINKS:
            found[name] = _chosen(name, data)
        else:
            yield from _apply_open_rows(site, name, data, found)


def _chosen(name: str, data: QueryDict) -> list[int]:
    """The ids that are chosen in a field, without those that do not exist."""
    ids = list(filter(_DIGITS.fullmatch, map(str, data.getlist(name))))
    target = cast(type[Model], Site._meta.get_field(name).related_model)
    return list(target._default_manager.filter(pk__in=ids).values_list("pk", flat=True))


def _apply_open_rows(
    site: Site, name: str, data: QueryDict, found: dict[str, list[Any]]
) -> Iterator[str]:
    model, owner = page_rows.RELATIONS[name]
    stored = {str(row.pk): row for row in found[name]}
    changed = dict(stored)
    places = _places(name, data)
    for place in places:
        start = f"{place}-"
        typed = {  # without what no database stores
            key.removeprefix(start): str(data[key]).replace("\0", "")
            for key in data
            if key.startswith(start)
        }
        key = typed.pop("id", "")
        typed.pop(owner.removesuffix("_id"), None)
        if key not in stored and (key or model is Image or _is_blank(model, typed)):
            continue  # deleted by somebody else, or nothing yet
        if typed.pop("DELETE", ""):
            changed.pop(key, None)
            continue
        row = stored.get(key) or model(**{owner: site.pk})
        unread = list(_apply_row(row, owner, _completed(model, typed)))
        words = pgettext("a label and its value", "%(label)s: %(value)s")
        row_label = capfirst(str(model._meta.verbose_name))
        yield from (words % {"label": row_label, "value": label} for label in unread)
        if key or not unread:
            changed[key or place] = row
    if places:
        found[name] = page_rows.in_order(model, changed.values())


def _places(name: str, data: QueryDict) -> list[str]:
    """The prefixes of the open rows of a set, as in names-0."""
    shape = re.compile(rf"({name}-[0-9]{{1,4}})-.")
    return list(dict.fromkeys(found[1] for found in map(shape.match, data) if found))


def _is_blank(model: type[Model], typed: Typed) -> bool:
    """Whether a new row has only its initial values."""
    begun = {column.name: str(column.get_default()) for column in model._meta.concrete_fields}
    return not any(text.strip() and text != begun.get(name) for name, text in typed.items())


def _completed(model: type[Model], typed: Typed) -> Typed:
    """The typed values with those that the form derives: eras from a date, an entry from its
    reference."""
    if model is Event:
        return _with_date_read(typed)
    if model is Coverage and not typed.get("designation"):
        register, reference = typed.get("register", ""), typed.get("reference", "")
        if _DIGITS.fullmatch(register) and reference:
            entry = Designation.objects.filter(register=int(register), reference=reference).first()
            return {**typed, "designation": str(entry.pk) if entry else ""}
    return typed


def _with_date_read(typed: Typed) -> Typed:
    """The typed values with the date and the eras that its date field means."""
    try:
        reading = read_date(typed.get("date", ""), typed.get("kind", ""))
    except EDTFError:
        return typed  # the date is refused by its column
    if typed.get("first_era") or typed.get("last_era"):
        return {**typed, "date": reading.date} if reading.date else typed
    first, last = (str(era.pk) if era else "" for era in (reading.first, reading.last))
    return {**typed, "date": reading.date, "first_era": first, "last_era": last}


def _apply_row(row: Any, owner: str, typed: Typed) -> Iterator[str]:
    for column in row._meta.concrete_fields:
        if column.editable and not column.primary_key and column.attname != owner:
            try:
                apply_value(row, column, typed)
            except ValidationError:
                yield str(column.verbose_name)
    row.derive()
    if isinstance(row, Event):
        row.first_year, row.last_year = row.bounds()
