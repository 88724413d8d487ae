"""The active filters of a list in words, and the values that are invalid."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from django.core.exceptions import ValidationError
from django.forms import BaseForm
from django.http import QueryDict
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django_filters import Filter

from heritage.models import WEEKDAYS, Event, Place
from heritage.search import timeline
from heritage.search.facets.facet_list import FACETS
from heritage.search.filter_fields import NOT, ItemError, unknown_value_error
from heritage.search.index.snapshot import HoursGroup
from heritage.values import edtf
from heritage.values.coordinates import format_point
from heritage.values.date_format import phrase, span_phrase, year_phrase
from heritage.values.language import Text, join_sentences
from heritage.values.query_strings import query_without


@dataclass(frozen=True, slots=True)
class ActiveFilter:
    """One value of an active filter, with the query string that removes it."""

    name: str
    label: str
    value: Text | str
    without: str
    alone: Text | str  # the value as it is said without the label, in titles


@dataclass(frozen=True, slots=True)
class InvalidValue:
    """What is wrong with one value of a filter; without `value`, with the whole filter."""

    name: str
    label: str
    message: str
    value: str | None = None


class FilteredList(Protocol):
    """What these functions read of a `SiteFilter`."""

    data: QueryDict

    @property
    def filters(self) -> Mapping[str, Filter]: ...

    @property
    def form(self) -> BaseForm: ...

    @property
    def span(self) -> tuple[int | None, int | None]: ...

    @property
    def within_km(self) -> float: ...

    @property
    def town_as_a_whole(self) -> Place | None: ...

    def is_valid(self) -> bool: ...

    def chosen(self, name: str) -> Any: ...


def invalid_values(filtered: FilteredList) -> list[InvalidValue]:
    filtered.is_valid()
    return [
        InvalidValue(
            name,
            _label(filtered, name),
            _message(error),
            error.raw if isinstance(error, ItemError) else None,
        )
        for name, errors in filtered.form.errors.as_data().items()
        if name in filtered.filters
        for error in errors
    ]


def _message(error: ValidationError) -> str:
    value = (error.params or {}).get("value")
    if error.code == "invalid_choice" and value:
        error = unknown_value_error(str(value))
    return join_sentences(error.messages)


def active_filters(filtered: FilteredList) -> list[ActiveFilter]:
    """The search text first, then the facets in the order of the form, then the other filters."""
    return [*_text(filtered), *_facets(filtered), *_others(filtered)]


def _label(filtered: FilteredList, name: str) -> str:
    return str(filtered.filters[name].label)


def _text(filtered: FilteredList) -> Iterator[ActiveFilter]:
    if text := filtered.chosen("q"):
        yield _active(filtered, "q", text, together=["literal"])


def _facets(filtered: FilteredList) -> Iterator[ActiveFilter]:
    for facet in FACETS:
        if chosen := filtered.chosen(facet.name):
            label = facet.active_label(filtered.chosen("role"))
            for value in dict.fromkeys(chosen):
                yield _active(
                    filtered, facet.name, facet.describe(value), facet.slug(value), label=label
                )


def _others(filtered: FilteredList) -> Iterator[ActiveFilter]:
    for denied in filtered.chosen(NOT) or ():
        words = _("without %(value)s") % {"value": denied.facet.describe(denied.value)}
        yield _active(filtered, NOT, words, str(denied), label=str(denied.facet.label))
    if filtered.span != (None, None):
        label, role = _("Years"), dict(Event.Role.choices).get(filtered.chosen("role"))
        if role:
            label = pgettext("years (of what)", "%(label)s (%(role)s)") % {
                "label": label,
                "role": role,
            }
        yield _active(filtered, "from", span_phrase(*filtered.span), together=["to"], label=label)
    for name in timeline.ROLES:
        if years := filtered.chosen(name):
            is_dated = years.first is not None
            words = span_phrase(years.first, years.last) if is_dated else _("no year recorded")
            label = _label(filtered, name)
            alone = pgettext("a label and its value", "%(label)s: %(value)s") % {
                "label": label,
                "value": words,
            }
            yield _active(filtered, name, words, label=label, alone=alone)
    if asked := filtered.chosen("stood"):
        words = year_phrase(asked.year)
        if asked.left:
            words = pgettext("a label and its value", "%(label)s: %(value)s") % {
                "label": words,
                "value": timeline.Left(asked.left).label,
            }
        yield _active(filtered, "stood", words)
    if box := filtered.chosen("bbox"):
        corners = {
            "first": format_point(box.south, box.west),
            "last": format_point(box.north, box.east),
        }
        words = pgettext("corners of a map", "%(first)s to %(last)s") % corners
        yield _active(filtered, "bbox", words)
    if centre := filtered.chosen("near"):
        where = centre.in_words()
        words = _("Within %(km)s km of %(where)s")
        if filtered.town_as_a_whole:
            words = _("In %(where)s or within %(km)s km")
        words %= {"km": _km(filtered.within_km), "where": where}
        yield _active(filtered, "near", words, together=["within"], label=_("Distance"))
    for entry in filtered.chosen("property") or ():
        words = entry.name.best() or entry.reference
        yield _active(filtered, "property", words, entry.reference)
    for source in filtered.chosen("source") or ():
        yield _active(filtered, "source", source.citation.best(), source.uid)
    for site in filtered.chosen("part_of") or ():
        yield _active(filtered, "part_of", site.shown_name.best(), site.slug)
    if day := filtered.chosen("open"):
        yield from _day(filtered, day)


def _day(filtered: FilteredList, day: date) -> Iterator[ActiveFilter]:
    """The day that is asked for, and the group of sites by what is known of it, if one was
    chosen."""
    words = pgettext("a weekday and its date", "%(weekday)s, %(date)s") % {
        "weekday": WEEKDAYS[day.weekday()],
        "date": phrase(edtf.parse(day.isoformat())),
    }
    if group := filtered.chosen("hours"):
        yield _active(filtered, "open", words, together=["hours"], label=_("Day"))
        yield _active(filtered, "hours", str(HoursGroup(group).label))
        return
    alone = _("open on %(day)s by official or reported hours") % {"day": words}
    yield _active(filtered, "open", words, together=["hours"], alone=alone)


def _active(
    filtered: FilteredList,
    name: str,
    words: Text | str,
    value: str | None = None,
    together: list[str] | None = None,
    label: str | None = None,
    alone: str = "",
) -> ActiveFilter:
    """Without `value` the whole filter is removed, together with the filters in `together`."""
    without = query_without(filtered.data, name, value, together or ())
    return ActiveFilter(name, label or _label(filtered, name), words, without, alone or words)


def _km(km: float) -> str:
    return number_format(int(km) if km == int(km) else km, force_grouping=True)
