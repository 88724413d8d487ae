"""Form fields and filters for text, rows, years, areas and days.

The message for an invalid value says what to write instead.
"""

import re
import unicodedata
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

import django_filters as filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model, QuerySet
from django.forms import MultipleHiddenInput
from django.utils.translation import gettext as _

from heritage.search.index.columns import BoundingBox
from heritage.search.timeline import Left
from heritage.values import coordinates, edtf
from heritage.values.date_parser import parse_date
from heritage.values.query_strings import span_in_address

MAX_TEXT = 200  # characters of a search
NOT = "not"  # the filter that leaves out what others find
MAX_VALUES = 50  # of one filter


def unknown_value_error(value: str) -> ValidationError:
    """The error for a well-formed value that does not exist."""
    shown = edtf.printable(value)[:60]
    message = _("“%(value)s” is not known here.")
    return ValidationError(message, code="invalid_choice", params={"value": shown})


class SharedFilters(OrderedDict[str, filters.Filter]):
    """Filters by name, shared by all requests; django-filter would copy them for each. It sets
    their `parent`, which is not used here; nothing else in them changes."""

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self


class OneOfFilter(filters.ChoiceFilter):
    """One of a few values."""


# --- text -----------------------------------------------------------------------------------


class SearchTextField(forms.CharField):
    """Text to search for. Any string is valid; a long one is cut."""

    def to_python(self, value: object) -> str:
        return super().to_python(str(value or "").replace("\0", " ")[:MAX_TEXT]) or ""


class SearchTextFilter(filters.CharFilter):
    field_class = SearchTextField


# --- one value, or several -------------------------------------------------------------------


class ValueField[V](forms.Field):
    """One value, read by `parse()`."""

    widget = forms.TextInput

    def to_python(self, value: object) -> V | None:
        text = str(value or "").strip()
        return self.parse(text) if text else None

    def parse(self, text: str) -> V:
        raise NotImplementedError


class ItemError(ValidationError):
    """The error of one of several values; `raw` is its text."""

    def __init__(self, error: ValidationError, raw: str):
        super().__init__(error.message, error.code, error.params)
        self.raw = raw


class ValuesField[V](forms.Field):
    """Several values, read by `parse_all()`; invalid ones are reported, the others are used."""

    widget = MultipleHiddenInput
    valid: list[V]

    def to_python(self, value: Iterable[object] | None) -> list[V]:
        every = dict.fromkeys(str(text).strip() for text in value or ())
        texts = [text for text in every if text]
        self.valid, errors = self.parse_all(texts[:MAX_VALUES])
        if len(texts) > MAX_VALUES:
            message = _("At most %(most)s values can be asked for at once.")
            errors.append(ValidationError(message, code="many", params={"most": MAX_VALUES}))
        if errors:
            raise ValidationError(errors)
        return self.valid

    def parse_all(self, texts: list[str]) -> tuple[list[V], list[ValidationError]]:
        """The values of the texts, and an `ItemError` for each invalid one."""
        found: list[V] = []
        errors: list[ValidationError] = []
        for text in texts:
            try:
                found.append(self.parse(text))
            except ValidationError as error:
                errors.append(ItemError(error, text))
        return found, errors

    def parse(self, text: str) -> V:
        raise NotImplementedError


class RowsField[M: Model](ValuesField[M]):
    """Rows by their slugs or references, looked up in the database."""

    def __init__(self, *, rows: Callable[[], QuerySet[M]], key: str = "slug", **options: Any):
        self.rows, self.key = rows, key
        super().__init__(**options)

    def parse_all(self, texts: list[str]) -> tuple[list[M], list[ValidationError]]:
        # No database may be asked for a NUL, and with nothing to ask for none need be asked.
        asked = [text for text in texts if "\0" not in text]
        found: dict[str, list[M]] = {}  # several where registers share a reference
        for row in self.rows().filter(**{f"{self.key}__in": asked}) if asked else ():
            found.setdefault(getattr(row, self.key), []).append(row)
        rows = [row for text in texts for row in found.get(text, ())]
        return rows, [
            ItemError(unknown_value_error(text), text) for text in texts if text not in found
        ]


class RowsFilter(filters.Filter):
    field_class = RowsField


# --- years -----------------------------------------------------------------------------------


def read_years(text: str) -> tuple[int | None, int | None]:
    """First and last astronomical year of a date as people write it: "500 BCE", "公元前500年", "c.
    493", "5th century".

    A bare number is historical: -500 is 500 BCE, and there is no year 0.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\N{MINUS SIGN}", "-").strip()
    try:
        if re.fullmatch(r"[-+]?[0-9]{1,7}", plain):
            year = edtf.check_range(edtf.from_historical(int(plain)))
            return year, year
        date = edtf.parse(parse_date(text))
    except ValueError as error:
        raise ValidationError(str(error), code="invalid") from error
    return date.first_year, date.last_year


class YearField(ValueField[int]):
    """One end of a span of years; for a century, its outer end."""

    def __init__(self, *, end: int, **options: Any):
        self.end = end  # 0: the first year, 1: the last
        super().__init__(**options)

    def parse(self, text: str) -> int:
        year = read_years(text)[self.end]
        if year is None:
            raise ValidationError(
                _("“%(value)s” is open at this end. Write a year such as 493 or 500 BCE."),
                code="invalid",
                params={"value": edtf.printable(text)},
            )
        return year


class YearFilter(filters.Filter):
    field_class = YearField


@dataclass(frozen=True, slots=True)
class YearSpan:
    """A span of years as written and as understood; None is an open end."""

    text: str
    first: int | None
    last: int | None

    def __contains__(self, year: int) -> bool:
        return (self.first is None or self.first <= year) and (
            self.last is None or year <= self.last
        )


UNDATED = "none"  # in the place of years: no year is recorded


class EarliestYearField(ValueField[YearSpan]):
    """Reads 618..907, or "none" for sites without a year."""

    def parse(self, text: str) -> YearSpan:
        if text == UNDATED:
            return YearSpan(text, None, None)
        span = span_in_address(text)
        if span is None:
            raise ValidationError(
                _("Write two years, such as 618..907 or -1046..-771, or “none”."), code="invalid"
            )
        return YearSpan(text, *span)


class EarliestYearFilter(filters.Filter):
    """Filters by the earliest year of a site: it lies in a span, or is not known."""

    field_class = EarliestYearField


@dataclass(frozen=True, slots=True)
class InYear:
    """An astronomical year, and a value of `Left` as text; empty for all sites that were there in
    the year."""

    year: int
    left: str


class InYearField(ValueField[InYear]):
    """A year alone (676), or with a value of `Left`: 676.kept."""

    def parse(self, text: str) -> InYear:
        found = re.fullmatch(r"(-?[1-9][0-9]{0,6})(?:\.([a-z]+))?", text)
        year = edtf.from_historical(int(found[1])) if found else edtf.LATEST + 1
        left = (found[2] or "") if found else ""
        if not edtf.EARLIEST <= year <= edtf.LATEST or (left and left not in set(Left)):
            raise ValidationError(_("Write a year, such as 676 or -1046."), code="invalid")
        return InYear(year, left)


class InYearFilter(filters.Filter):
    field_class = InYearField


# --- where -----------------------------------------------------------------------------------


def read_degrees(text: str, judge: Callable[[str], float]) -> float:
    try:
        return judge(text.strip())
    except ValueError as error:
        raise ValidationError(str(error), code="invalid") from error


class BoundingBoxField(ValueField[BoundingBox]):
    def parse(self, text: str) -> BoundingBox:
        parts = text.replace("，", ",").split(",")
        if len(parts) != 4:
            raise ValidationError(
                _("Write four numbers of degrees: west,south,east,north, such as 110,31,117,36."),
                code="invalid",
            )
        judges = (coordinates.validate_longitude, coordinates.validate_latitude) * 2
        west, south, east, north = map(read_degrees, parts, judges)
        if south > north:
            raise ValidationError(
                _("The south of a box lies below its north; the order is west,south,east,north."),
                code="invalid",
            )
        return BoundingBox(west, south, east, north)


class BoundingBoxFilter(filters.Filter):
    field_class = BoundingBoxField


# --- days ----------------------------------------------------------------------


class DayField(ValueField[date]):
    def parse(self, text: str) -> date:
        try:
            if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        raise ValidationError(
            _("“%(value)s” is no day. Write year, month and day, such as 2026-05-01."),
            code="invalid",
            params={"value": edtf.printable(text)[:40]},
        )


class DayFilter(filters.Filter):
    field_class = DayField
